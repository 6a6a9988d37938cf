import type { JSX } from "preact";
import { isDone } from "../actions";
import { customerName, firstName } from "../formats";
import type { Conversation } from "../protocol";
import { go } from "../route";
import { strings } from "../strings";
import { drawerOpen } from "../ui";
import { Avatar } from "./Avatar";
import { useDesk } from "./context";
import { Icon } from "./icons";

export function ThreadHeader({ conversation }: { conversation: Conversation }): JSX.Element {
  const { store } = useDesk();
  const name = customerName(conversation.customer);
  const team = store.teams.value.find(({ id }) => id === conversation.team_id)?.name;
  const facts = [strings.channel[conversation.channel.type], team, `#${conversation.number}`].filter(Boolean);
  return (
    <header class="thread-header">
      <button class="button icon-only only-narrow" type="button" aria-label={strings.header.back} onClick={() => go({ conversation: null })}>
        <Icon name="back" />
      </button>
      <Avatar name={name} channel={conversation.channel.type} />
      <div class="thread-title">
        <h2>
          <bdi>{name}</bdi>
        </h2>
        <p class="quiet number">{facts.join(" · ")}</p>
      </div>
      <Viewers id={conversation.id} />
      <Assign conversation={conversation} />
      <Resolve conversation={conversation} />
      <button
        class="button icon-only only-drawer"
        type="button"
        aria-label={strings.header.details}
        aria-expanded={drawerOpen.value}
        onClick={() => (drawerOpen.value = !drawerOpen.peek())}
      >
        <Icon name="user" />
      </button>
    </header>
  );
}

function Viewers({ id }: { id: string }): JSX.Element | null {
  const viewing = useDesk().store.signs.viewing(id).value;
  if (viewing.length === 0) return null;
  const names = viewing.map(({ name }) => firstName(name ?? strings.events.somebody)).join(", ");
  return (
    <span class="viewers" title={strings.header.viewing(names)}>
      <Icon name="eye" size={16} />
      <span class="viewers-names">{strings.header.viewing(names)}</span>
    </span>
  );
}

function Assign({ conversation }: { conversation: Conversation }): JSX.Element | null {
  const { actions, user } = useDesk();
  if (isDone(conversation)) return null;
  if (conversation.assignee_id === user.id) return <span class="assigned quiet">{strings.header.yours}</span>;
  const theirs = conversation.assignee_id !== null;
  return (
    <>
      {theirs && <span class="assigned quiet">{strings.header.theirs(conversation.assignee_name ?? strings.header.someone)}</span>}
      <button class="button" type="button" onClick={() => void actions.takeOver(conversation.id)}>
        {theirs ? strings.header.assignToMe : strings.header.take}
        <kbd>I</kbd>
      </button>
    </>
  );
}

function Resolve({ conversation }: { conversation: Conversation }): JSX.Element | null {
  const { actions } = useDesk();
  if (conversation.status === "closed") return <span class="chip">{strings.status.closed}</span>;
  const done = isDone(conversation);
  return (
    <button class={`button ${done ? "" : "primary"}`} type="button" onClick={() => void actions.resolveOrReopen(conversation.id)}>
      {done ? strings.header.reopen : strings.header.resolve}
      <kbd>E</kbd>
    </button>
  );
}
