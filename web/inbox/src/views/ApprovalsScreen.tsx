import type { ComponentChildren, JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { supervises } from "../approvals";
import { minute } from "../clock";
import { agoInWords, customerName } from "../formats";
import { moneyText } from "../money";
import type { Approval } from "../protocol";
import { follow, go, route } from "../route";
import { strings } from "../strings";
import { WIDE } from "../ui";
import { ApprovalCard, StateChip } from "./ApprovalCard";
import { useDesk } from "./context";
import { Icon } from "./icons";
import { ListSkeleton, Problem, useDelayed } from "./States";

const words = strings.approvals;

/** All that waits for a supervisor, the largest amount first, and one of them with what is needed to decide it. */
export function ApprovalsScreen(): JSX.Element {
  const { user } = useDesk();
  return (
    <main class="work">
      <h1 class="visually-hidden">{words.title}</h1>
      {supervises(user) ? (
        <>
          <Requests />
          <section class="thread" id="request" aria-label={words.request}>
            <Chosen id={route.value.approval} />
          </section>
        </>
      ) : (
        <p class="empty approvals-forbidden">{words.forbidden}</p>
      )}
    </main>
  );
}

function Requests(): JSX.Element {
  const { approvals } = useDesk().store;
  const waiting = approvals.waiting.value;
  const oldest = waiting.map(({ requested_at: at }) => at).sort()[0];
  useEffect(() => {
    // Only on arrival: what one is about to decide is not changed under one's hands.
    if (WIDE.matches && waiting[0] && !route.peek().approval) go({ approval: waiting[0].id }, { replace: true });
  }, [approvals.state.value]);
  return (
    <section class="list" aria-label={words.list}>
      <header class="list-header">
        <h2 class="approvals-title">{words.title}</h2>
        {waiting.length > 0 && (
          <span class="quiet number">{words.waiting(waiting.length, oldest ? agoInWords(oldest, minute.value) : null)}</span>
        )}
      </header>
      <RequestsBody />
    </section>
  );
}

function RequestsBody(): JSX.Element {
  const { approver, store } = useDesk();
  const { waiting, decided, state, problem } = store.approvals;
  const loading = state.value === "loading" || state.value === "idle";
  const slow = useDelayed(loading);
  const rows = waiting.value.length + decided.value.length;
  if (state.value === "failed" && rows === 0) {
    return <Problem text={words.error} reference={problem.value?.request_id} onRetry={() => void approver.load()} />;
  }
  if (loading && rows === 0) return slow ? <ListSkeleton /> : <div class="list-scroll" />;
  return (
    <div class="list-scroll">
      {state.value === "failed" && <Problem text={words.error} reference={problem.value?.request_id} onRetry={() => void approver.load()} />}
      {waiting.value.length > 0 ? <Rows label={words.state.pending} approvals={waiting.value} /> : <NothingWaits />}
      {decided.value.length > 0 && (
        <>
          <h3 class="approvals-group">{words.settled}</h3>
          <Rows label={words.settled} approvals={decided.value} />
        </>
      )}
    </div>
  );
}

function NothingWaits(): JSX.Element {
  return (
    <div class="empty">
      <p>{words.empty}</p>
      <a class="button" href="/inbox/mine" onClick={(event) => follow(event, { view: "mine", conversation: null })}>
        {words.emptyAction}
      </a>
    </div>
  );
}

function Rows({ label, approvals }: { label: string; approvals: readonly Approval[] }): JSX.Element {
  return (
    <ul aria-label={label}>
      {approvals.map((approval) => (
        <Row key={approval.id} approval={approval} />
      ))}
    </ul>
  );
}

function Row({ approval }: { approval: Approval }): JSX.Element {
  const chosen = route.value.approval === approval.id;
  return (
    <li>
      <a
        class={`request ${chosen ? "request-chosen" : ""}`}
        href={`/approvals/${approval.id}`}
        aria-current={chosen ? "true" : undefined}
        onClick={(event) => follow(event, { approval: approval.id })}
      >
        <strong class="number">
          {moneyText(approval)} <span class="approval-currency">{approval.currency}</span>
        </strong>
        <StateChip approval={approval} />
        <span class="request-who">
          <bdi>{customerName(approval.customer)}</bdi> · {words.ai}
        </span>
        <span class="quiet number">{agoInWords(approval.requested_at, minute.value)}</span>
      </a>
    </li>
  );
}

function Chosen({ id }: { id: string | null }): JSX.Element {
  const approval = useRequest(id);
  if (!id) return <Nothing title={words.none}>{words.noneHint}</Nothing>;
  if (approval === null) return <Nothing title={words.gone} />;
  return (
    <>
      <header class="thread-header">
        <button class="button icon-only only-narrow" type="button" aria-label={words.back} onClick={() => go({ screen: "approvals" })}>
          <Icon name="back" />
        </button>
        <h2 class="approvals-title">{approval && <bdi>{customerName(approval.customer)}</bdi>}</h2>
      </header>
      <div class="approval-scroll">{approval && <ApprovalCard key={id} approval={approval} />}</div>
    </>
  );
}

/** The request of a link, fetched when it is not held; null when there is none for this person. */
function useRequest(id: string | null): Approval | null | undefined {
  const { approver, store } = useDesk();
  const [missing, setMissing] = useState<string | null>(null);
  const held = id ? store.approvals.find(id) : undefined;
  const known = held !== undefined;
  const ready = store.approvals.state.value !== "loading";
  useEffect(() => {
    if (!id || known || !ready) return;
    approver.find(id).then(
      (found) => setMissing(found ? null : id),
      () => undefined,
    );
  }, [id, known, ready]);
  return held ?? (missing === id ? null : undefined);
}

function Nothing({ title, children }: { title: string; children?: ComponentChildren }): JSX.Element {
  return (
    <div class="empty empty-thread">
      <p class="empty-title">{title}</p>
      <p class="quiet keyboard-only">{children}</p>
    </div>
  );
}
