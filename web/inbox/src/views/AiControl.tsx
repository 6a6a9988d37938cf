import type { JSX } from "preact";
import { isDone } from "../actions";
import type { Conversation } from "../protocol";
import { strings } from "../strings";
import { isByAi } from "../thread";
import { useDesk } from "./context";
import { Icon } from "./icons";

/**
 * Whether the AI agent may act in the conversation, with the way to change it. Every conversation may be its, also in a
 * hub that has none, so nothing is said before it has acted here.
 */
export function AiControl({ conversation }: { conversation: Conversation }): JSX.Element | null {
  const { actions, store } = useDesk();
  const state = store.threadState(conversation.id).value;
  const seen = state.state === "ready" && state.thread.filed.some(({ message }) => isByAi(message));
  if (!seen || isDone(conversation)) return null;
  const attached = conversation.ai_attached;
  return (
    <div class="ai-line" role="group" aria-label={strings.ai.label}>
      <Icon name="spark" size={16} />
      <span>{attached ? strings.ai.on : strings.ai.off}</span>
      <button class="link" type="button" title={attached ? strings.ai.takeHint : strings.ai.giveHint} onClick={() => void actions.attachAi(conversation.id, !attached)}>
        {attached ? strings.ai.take : strings.ai.give}
      </button>
    </div>
  );
}
