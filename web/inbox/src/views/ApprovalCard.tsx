import { useComputed } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { isWaiting, supervises } from "../approvals";
import { hubNow, minute, second } from "../clock";
import { ageInWords, agoInWords, customerName, fullTime, timeLeft } from "../formats";
import { moneyText } from "../money";
import type { Approval } from "../protocol";
import { follow } from "../route";
import { strings } from "../strings";
import { toast } from "../toasts";
import { useDesk } from "./context";
import { Decision } from "./Decision";
import { Fact } from "./Fact";
import { Icon } from "./icons";

const words = strings.approvals;
/** Characters of the hash that are shown: enough to compare two by eye. */
const HASH_SHOWN = 12;
const SOON = 2 * 60_000;

interface Props {
  approval: Approval;
  /** In the thread of its conversation, under a line that says the amount and the time left. */
  here?: boolean;
}

/** A request with the facts of the draft, what the AI wrote of it set apart, and the decision or what became of it. */
export function ApprovalCard({ approval, here = false }: Props): JSX.Element {
  const { user } = useDesk();
  const waiting = useWaiting(approval);
  const [trouble, setTrouble] = useState<string | null>(null);
  const card = useFocusKept(waiting);
  const refused = (why: string | null): void => {
    setTrouble(why);
    // In a thread the card is gone with the request.
    if (here && why) toast(why, "danger");
  };
  return (
    <article ref={card} class="approval" tabindex={-1} aria-label={`${words.request}: ${moneyText(approval)}`}>
      {!here && <Head approval={approval} />}
      <Facts approval={approval} here={here} />
      <Description text={approval.ai_description.untrusted_text} />
      {trouble && (
        <p class="decision-trouble" role="alert">
          {trouble}
        </p>
      )}
      {!waiting && <Outcome approval={approval} />}
      {waiting && (supervises(user) ? <Decision approval={approval} onRefused={refused} /> : <p class="quiet">{words.waitsForOthers}</p>)}
    </article>
  );
}

function Head({ approval }: { approval: Approval }): JSX.Element {
  return (
    <header class="approval-head">
      <p class="approval-amount number">
        {moneyText(approval)} <span class="approval-currency">{approval.currency}</span>
      </p>
      <StateChip approval={approval} />
    </header>
  );
}

/** Redraws when the time is over, and not at each tick before. */
function useWaiting(approval: Approval): boolean {
  const waits = isWaiting(approval, hubNow());
  useComputed(() => (waits ? isWaiting(approval, second.value) : false)).value;
  return waits;
}

/** What was decided takes the form away, and the focus with it: the card has it then. */
function useFocusKept(waiting: boolean): { current: HTMLElement | null } {
  const card = useRef<HTMLElement>(null);
  const waited = useRef(waiting);
  useEffect(() => {
    if (waited.current && !waiting && document.activeElement === document.body) card.current?.focus();
    waited.current = waiting;
  }, [waiting]);
  return card;
}

function Facts({ approval, here }: Required<Props>): JSX.Element {
  const { customer, conversation_number: number, conversation_id: conversation, draft_hash: hash } = approval;
  return (
    <dl class="facts">
      {!here && (
        <Fact name={words.customer}>
          <bdi>{customerName(customer)}</bdi>
        </Fact>
      )}
      <Fact name={words.asker}>
        <span title={fullTime(approval.requested_at)}>{words.asked(words.ai, agoInWords(approval.requested_at, minute.value))}</span>
      </Fact>
      <Fact name={words.why}>
        <ul>
          {approval.risk.map((risk) => (
            <li key={risk}>{words.risk[risk] ?? words.otherRisk(risk)}</li>
          ))}
        </ul>
      </Fact>
      <Fact name={words.consent}>{words.consented}</Fact>
      {!here && (
        <Fact name={words.conversation}>
          <a class="link" href={`/inbox/open/${conversation}`} onClick={(event) => follow(event, { view: "open", conversation })}>
            {words.open(number)}
          </a>
        </Fact>
      )}
      <Fact name={words.draft}>
        <code title={hash}>{words.hash(hash.slice(0, HASH_SHOWN))}</code>
      </Fact>
    </dl>
  );
}

/** The AI's own words: nothing on the card depends on them. */
function Description({ text }: { text: string }): JSX.Element {
  return (
    <figure class="untrusted">
      <figcaption>
        <Icon name="alert" size={14} />
        <span>
          <strong>{words.description}</strong> · {words.untrusted}
        </span>
      </figcaption>
      {text.trim() ? (
        <blockquote class="text" dir="auto">
          {text}
        </blockquote>
      ) : (
        <p class="quiet">{words.noDescription}</p>
      )}
    </figure>
  );
}

/** How it stands: the time that is left while it waits, a word for what became of it after. */
export function StateChip({ approval }: { approval: Approval }): JSX.Element {
  const soon = useComputed(() => leftOf(approval) < SOON).value;
  const left = useComputed(() => (leftOf(approval) > 0 ? timeLeft(leftOf(approval)) : null)).value;
  if (approval.state !== "pending") return <span class={`chip ${TONES[approval.state]}`}>{words.state[approval.state]}</span>;
  if (left === null) return <span class="chip">{words.state.expired}</span>;
  return (
    <span class={`chip ${soon ? "danger" : "warning"}`} title={fullTime(approval.expires_at)}>
      {words.lapses(left)}
    </span>
  );
}

function leftOf({ expires_at: expires }: Approval): number {
  return Date.parse(expires) - second.value;
}

const TONES = { approved: "success", rejected: "danger", expired: "", withdrawn: "" } as const;

function Outcome({ approval }: { approval: Approval }): JSX.Element {
  const { reason } = approval;
  return (
    <div class={`outcome outcome-${approval.state}`} role="status">
      <p>{useOutcome(approval)}</p>
      {reason && <p dir="auto">{words.because(reason)}</p>}
    </div>
  );
}

/** What became of it, and by whom as far as this person may know. */
function useOutcome({ state, decided_by: by, decided_at: at }: Approval): string {
  const { user, store } = useDesk();
  const age = useComputed(() => (at ? ageInWords(at, second.value) : "")).value;
  if (state === "pending") return words.decided.expired;
  if ((state !== "approved" && state !== "rejected") || !at) return words.decided[state as "expired"];
  const who = by === user.id ? words.you : (store.names.value.get(by ?? "") ?? words.colleague);
  return words.by(words.decided[state], who, age);
}
