import type { JSX } from "preact";
import { isDone } from "../actions";
import { minute } from "../clock";
import { ago, agoInWords, customerName, firstName, timeLeft } from "../formats";
import { plainText } from "../marks";
import type { Conversation, LastMessage } from "../protocol";
import { go, route } from "../route";
import { strings } from "../strings";
import { cursor } from "../ui";
import { activity } from "../view";
import { Avatar } from "./Avatar";
import { useDesk } from "./context";
import { Icon, type IconName } from "./icons";

/** The window is mentioned in the list when less than this is left of it. */
const WINDOW_SOON = 2 * 3_600_000;

interface Props {
  id: string;
  top: number;
  position: number;
  total: number;
}

export const optionId = (id: string): string => `conversation-${id}`;

/** One row; redrawn by its own conversation's signal and by nobody else's. */
export function ConversationRow({ id, top, position, total }: Props): JSX.Element | null {
  const conversation = useDesk().store.conversation(id);
  if (!conversation) return null;
  const selected = route.value.conversation === id;
  const state = `${selected ? "row-selected" : ""} ${cursor.value === id ? "row-cursor" : ""}`;
  return (
    <div
      id={optionId(id)}
      class={`row ${state} ${conversation.unread > 0 ? "row-unread" : ""}`}
      role="option"
      aria-selected={selected}
      aria-setsize={total}
      aria-posinset={position}
      style={{ transform: `translateY(${top}px)` }}
      onClick={() => {
        cursor.value = id;
        go({ conversation: id });
      }}
    >
      <Avatar name={customerName(conversation.customer)} channel={conversation.channel.type} />
      <span class="row-name">
        <bdi>{customerName(conversation.customer)}</bdi>
      </span>
      <Spoken>{strings.channel[conversation.channel.type]}</Spoken>
      <time class="row-time number" aria-hidden="true">
        {ago(activity(conversation), minute.value)}
      </time>
      <Preview conversation={conversation} />
      {conversation.unread > 0 && <Unread count={conversation.unread} />}
      <Spoken>{agoInWords(activity(conversation), minute.value)}</Spoken>
      <Chips conversation={conversation} />
    </div>
  );
}

/** Part of the option's name, which is read from its content. */
function Spoken({ children }: { children: string }): JSX.Element {
  return <span class="visually-hidden">{`, ${children}, `}</span>;
}

function Unread({ count }: { count: number }): JSX.Element {
  return (
    <>
      <span class="badge number" aria-hidden="true">
        {strings.list.badge(count)}
      </span>
      <Spoken>{strings.list.unread(count)}</Spoken>
    </>
  );
}

/** The last word: someone typing, else the draft, else the last message with who said it and how it fared. */
function Preview({ conversation }: { conversation: Conversation }): JSX.Element {
  const desk = useDesk();
  const typing = desk.store.signs.typing(conversation.id).value;
  const draft = desk.drafts.of(conversation.id).value.text;
  const last = conversation.last_message;
  if (typing.length > 0) {
    const who = typing[0]!.customer ? "" : `${firstName(typing[0]!.name ?? strings.events.somebody)}: `;
    return <span class="row-preview row-typing">{who + strings.list.typing}</span>;
  }
  if (draft.trim() && route.value.conversation !== conversation.id) {
    return (
      <span class="row-preview">
        <b class="row-draft">{strings.list.draft}</b>
        <span class="row-preview-text" dir="auto">
          {draft}
        </span>
      </span>
    );
  }
  if (!last) return <span class="row-preview" />;
  return (
    <span class={`row-preview ${last.status === "failed" ? "row-failed" : ""}`}>
      {last.direction === "outbound" && <Ours failed={last.status === "failed"} />}
      {KIND_ICONS[last.type] && <Icon name={KIND_ICONS[last.type]!} size={14} />}
      <span class="row-preview-text" dir="auto">
        {lastText(last)}
      </span>
    </span>
  );
}

function Ours({ failed }: { failed: boolean }): JSX.Element {
  return (
    <>
      <Icon name={failed ? "alert" : "reply"} size={14} />
      <span class="visually-hidden">{failed ? strings.list.failed : strings.list.reply}</span>
    </>
  );
}

const KIND_ICONS: Readonly<Record<string, IconName>> = { image: "image", video: "video", audio: "mic", document: "clip" };

function lastText(last: LastMessage): string {
  return last.text ? plainText(last.text) : strings.kinds[last.type];
}

function Chips({ conversation }: { conversation: Conversation }): JSX.Element {
  const { store, user } = useDesk();
  const team = store.teams.value.find(({ id }) => id === conversation.team_id);
  const view = route.value.view;
  const assigned = conversation.assignee_id !== null && conversation.assignee_id !== user.id;
  return (
    <span class="chips">
      {conversation.failed > 0 && <span class="chip danger">{strings.list.failedChip(conversation.failed)}</span>}
      <WindowChip conversation={conversation} />
      {conversation.status !== "open" && <span class="chip">{strings.status[conversation.status]}</span>}
      {team && view !== `team-${team.id}` && <span class="chip">{team.name}</span>}
      {assigned && <span class="chip">{firstName(conversation.assignee_name ?? strings.header.someone)}</span>}
      {conversation.tags.slice(0, 2).map((tag) => (
        <span key={tag} class="chip">
          {tag}
        </span>
      ))}
    </span>
  );
}

function WindowChip({ conversation }: { conversation: Conversation }): JSX.Element | null {
  const { channel, window_expires_at: expires } = conversation;
  if (channel.type !== "whatsapp" || !expires || isDone(conversation)) return null;
  const left = Date.parse(expires) - minute.value;
  if (left > WINDOW_SOON) return null;
  if (left <= 0) return <span class="chip">{strings.list.windowClosed}</span>;
  return <span class="chip warning">{strings.list.windowLeft(timeLeft(Math.max(left, 120_000)))}</span>;
}
