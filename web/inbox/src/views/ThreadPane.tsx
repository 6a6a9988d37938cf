import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import { customerName, firstName } from "../formats";
import type { Conversation } from "../protocol";
import { route } from "../route";
import { strings } from "../strings";
import { cursor } from "../ui";
import { AiControl } from "./AiControl";
import { ApprovalStrip } from "./ApprovalStrip";
import { Composer } from "./Composer";
import { useDesk } from "./context";
import { MessageColumn } from "./MessageColumn";
import { Problem, ThreadSkeleton, useDelayed } from "./States";
import { ThreadHeader } from "./ThreadHeader";

export function ThreadPane(): JSX.Element {
  const id = route.value.conversation;
  return (
    <section class="thread" id="thread" aria-label={strings.customer.conversation}>
      {id ? <Conversing key={id} id={id} /> : <NothingChosen />}
    </section>
  );
}

function NothingChosen(): JSX.Element {
  return (
    <div class="empty empty-thread">
      <p class="empty-title">{strings.thread.none}</p>
      <p class="quiet keyboard-only">{strings.thread.noneHint}</p>
    </div>
  );
}

function Conversing({ id }: { id: string }): JSX.Element {
  const desk = useDesk();
  const conversation = desk.store.conversation(id);
  useEffect(() => {
    cursor.value = id;
    void desk.loader.open(id);
    return () => desk.store.changeThread(id, (thread) => ({ ...thread, line: null }));
  }, [desk, id]);
  return (
    <>
      {conversation && <ThreadHeader conversation={conversation} />}
      {conversation && <AiControl conversation={conversation} />}
      <ThreadBody id={id} conversation={conversation} />
      <ApprovalStrip id={id} />
      {conversation && <TypingLine conversation={conversation} />}
      {conversation && <Composer conversation={conversation} />}
    </>
  );
}

function ThreadBody({ id, conversation }: { id: string; conversation: Conversation | undefined }): JSX.Element {
  const desk = useDesk();
  const state = desk.store.threadState(id).value;
  const waiting = state.state === "absent" || state.state === "loading" || !conversation;
  const slow = useDelayed(waiting);
  if (state.state === "failed") {
    const gone = state.problem?.status === 404 || state.problem?.status === 403;
    return (
      <Problem
        text={gone ? strings.thread.gone : strings.thread.error}
        reference={state.problem?.request_id}
        {...(!gone && { onRetry: () => void desk.loader.open(id) })}
      />
    );
  }
  if (waiting) return slow ? <ThreadSkeleton /> : <div class="thread-scroll" />;
  return <MessageColumn thread={state.thread} conversation={conversation} />;
}

function TypingLine({ conversation }: { conversation: Conversation }): JSX.Element {
  const typing = useDesk().store.signs.typing(conversation.id).value;
  const customer = firstName(customerName(conversation.customer));
  const words = typing.map(({ customer: isCustomer, name }) =>
    isCustomer ? strings.thread.typing(customer) : strings.thread.replying(name ?? strings.events.somebody),
  );
  return (
    <p class="typing-line" aria-live="off">
      {words.join(" ")}
    </p>
  );
}
