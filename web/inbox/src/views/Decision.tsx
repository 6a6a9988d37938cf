import type { JSX } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import type { Verdict } from "../approver";
import { customerName } from "../formats";
import { isTyped, moneyText } from "../money";
import type { Approval } from "../protocol";
import { strings } from "../strings";
import { toast } from "../toasts";
import { deciding } from "../ui";
import { useDesk } from "./context";

const words = strings.approvals;
const LONGEST_REASON = 500;

interface Props {
  approval: Approval;
  /** Hears why a decision was refused, in words; null when the next one is begun. */
  onRefused(why: string | null): void;
}

/** The two ways to decide. Either takes a second step: the amount typed, or a reason given. */
export function Decision({ approval, onRefused }: Props): JSX.Element {
  const verdict = deciding.value?.id === approval.id ? deciding.value.verdict : null;
  const buttons = useFocusBack(verdict);
  const choose = (chosen: Verdict): void => {
    deciding.value = { id: approval.id, verdict: chosen };
  };
  useEffect(() => {
    if (verdict) onRefused(null);
  }, [verdict]);
  // What was begun on other terms than these is not gone on with.
  useEffect(() => () => leave(approval.id), [approval.id, approval.draft_hash]);
  return (
    <div class="decision">
      {verdict ? (
        <Step key={verdict} approval={approval} verdict={verdict} onRefused={onRefused} />
      ) : (
        <div ref={buttons} class="decision-buttons">
          <button class="button primary" type="button" aria-keyshortcuts="a" onClick={() => choose("approve")}>
            {words.approve}
            <kbd aria-hidden="true">A</kbd>
          </button>
          <button class="button danger" type="button" aria-keyshortcuts="x" onClick={() => choose("reject")}>
            {words.reject}
            <kbd aria-hidden="true">X</kbd>
          </button>
        </div>
      )}
    </div>
  );
}

function leave(id: string): void {
  if (deciding.peek()?.id === id) deciding.value = null;
}

/** Whoever goes back from the second step is at the buttons again. */
function useFocusBack(verdict: Verdict | null): { current: HTMLDivElement | null } {
  const buttons = useRef<HTMLDivElement>(null);
  const before = useRef<Verdict | null>(null);
  useEffect(() => {
    if (before.current && !verdict) buttons.current?.querySelector("button")?.focus();
    before.current = verdict;
  }, [verdict]);
  return buttons;
}

interface StepProps extends Props {
  verdict: Verdict;
}

function Step({ approval, verdict, onRefused }: StepProps): JSX.Element {
  const { approver } = useDesk();
  const [text, setText] = useState("");
  const [busy, setBusy] = useState(false);
  const [hint, setHint] = useState<string | null>(null);
  const approving = verdict === "approve";
  const missing = approving ? !isTyped(text, approval) : text.trim() === "";

  const change = (typed: string): void => {
    setText(typed);
    setHint(null);
  };
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (busy) return;
    if (missing) return setHint(approving ? words.wrongAmount(approval.amount) : words.noReason);
    setBusy(true);
    const refused = await approver.decide(approval, verdict, approving ? null : text.trim());
    const done = approving ? words.approvedToast : words.rejectedToast;
    if (refused) onRefused(refused);
    else toast(done(moneyText(approval), customerName(approval.customer)));
    leave(approval.id);
  };
  return (
    <form class="decision-step" onSubmit={(event) => void submit(event)}>
      <label class="field">
        {approving ? words.type(approval.amount) : words.reason}
        {!approving && <span class="hint">{words.reasonHint}</span>}
        {approving ? <AmountField value={text} onInput={change} /> : <ReasonField value={text} onInput={change} />}
      </label>
      {hint && (
        <p class="decision-trouble" role="alert">
          {hint}
        </p>
      )}
      <div class="decision-buttons">
        <button class={`button ${approving ? "primary" : "danger"}`} type="submit" disabled={busy}>
          {approving ? words.approveNow(moneyText(approval)) : words.rejectNow}
        </button>
        <button class="button" type="button" onClick={() => leave(approval.id)}>
          {words.cancel}
        </button>
      </div>
    </form>
  );
}

interface FieldProps {
  value: string;
  onInput(value: string): void;
}

function AmountField({ value, onInput }: FieldProps): JSX.Element {
  const field = useFocused<HTMLInputElement>();
  return (
    <input
      ref={field}
      class="number"
      inputmode="decimal"
      autocomplete="off"
      spellcheck={false}
      value={value}
      onInput={(event) => onInput(event.currentTarget.value)}
    />
  );
}

function ReasonField({ value, onInput }: FieldProps): JSX.Element {
  const field = useFocused<HTMLTextAreaElement>();
  return (
    <textarea ref={field} rows={2} maxLength={LONGEST_REASON} dir="auto" value={value} onInput={(event) => onInput(event.currentTarget.value)} />
  );
}

/** Has the focus before the next key is pressed, which is meant for it already. */
function useFocused<Field extends HTMLElement>(): { current: Field | null } {
  const field = useRef<Field>(null);
  useLayoutEffect(() => field.current?.focus(), []);
  return field;
}
