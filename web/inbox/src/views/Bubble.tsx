import type { ComponentChildren, JSX } from "preact";
import { minute } from "../clock";
import type { Conversation, Message, Quote } from "../protocol";
import { strings } from "../strings";
import { isByAi, isPrompt } from "../thread";
import { focusComposer } from "../ui";
import { Attachment } from "./Attachment";
import { useDesk } from "./context";
import { Delivery, SentAt } from "./Delivery";
import { Extras } from "./Extras";
import { Icon, type IconName } from "./icons";

/** A send whose answer was lost may be sent again by a person after this long. */
const UNKNOWN_SETTLES = 120_000;
const EMOJI = ["👍", "❤️", "😂", "😮", "😢", "🙏"] as const;

interface Props {
  message: Message;
  conversation: Conversation;
  joined: boolean;
}

export function Bubble({ message, conversation, joined }: Props): JSX.Element {
  const { user } = useDesk();
  const { direction, status, sender, content } = message;
  const mine = direction === "outbound" && sender.id === user.id;
  const machine = machineOf(message);
  const name = mine ? strings.thread.you : (sender.name ?? strings.thread.customer);
  const kind = direction === "inbound" ? "in" : `out ${status === "failed" ? "bubble-failed" : ""} ${machine ? "bubble-machine" : ""}`;
  const gone = message.deleted_at !== null && message.deleted_at !== undefined;
  return (
    <article class={`bubble-line line-${direction} ${joined ? "joined" : ""}`} aria-label={machine ? `${name}, ${machine.words}` : name}>
      <div class={`bubble bubble-${kind} ${content.metadata?.media?.sticker ? "bubble-bare" : ""}`}>
        {machine && !joined && (
          <p class="kind">
            <Icon name={machine.icon} size={14} /> {name} · {machine.words}
          </p>
        )}
        {message.reply_to && <Quoted quote={message.reply_to} />}
        {gone ? (
          <p class="text quiet">{strings.message.deleted}</p>
        ) : (
          <>
            <Attachment content={content} />
            <Extras content={content} />
          </>
        )}
        <p class="meta">
          {direction === "outbound" && !mine && !machine && !joined && <span>{name} · </span>}
          {message.edited_at && <span>{strings.message.edited} · </span>}
          {(message.attempt ?? 1) > 1 && <span>{strings.message.attempt(message.attempt!)} · </span>}
          <SentAt at={message.timestamp} />
          {status !== "failed" && <Delivery message={message} />}
        </p>
        {direction === "outbound" && <Trouble message={message} />}
        <Reactions message={message} />
      </div>
      {!gone && <BubbleActions message={message} conversation={conversation} name={name} />}
    </article>
  );
}

/** What to say of a message that no colleague wrote. */
function machineOf(message: Message): { icon: IconName; words: string } | null {
  if (isPrompt(message)) return { icon: "shield", words: strings.ai.prompt };
  if (isByAi(message)) return { icon: "spark", words: strings.ai.label };
  return message.sender.type === "system" ? { icon: "inbox", words: strings.ai.automatic } : null;
}

function Quoted({ quote }: { quote: Quote }): JSX.Element {
  return (
    <blockquote class="quote">
      <span class="quote-name">{quote.sender_name ?? strings.thread.customer}</span>
      <span class="quote-text" dir="auto">
        {quote.text ?? strings.kinds.text}
      </span>
    </blockquote>
  );
}

/** Why a message is not with the customer, and what can be done. */
function Trouble({ message }: { message: Message }): JSX.Element | null {
  const { actions } = useDesk();
  const again = (label: string): JSX.Element => (
    <button class="link" type="button" onClick={() => void actions.retry(message)}>
      {label}
    </button>
  );
  if (message.status === "failed") {
    return (
      <p class="trouble">
        <Icon name="alert" size={14} />
        {strings.message.notSent(message.error?.reason ?? strings.media.unknownReason)} {again(strings.message.retry)}
      </p>
    );
  }
  if (message.status !== "unknown") return null;
  const settled = minute.value - Date.parse(message.timestamp) >= UNKNOWN_SETTLES;
  return (
    <p class="trouble trouble-unknown">
      {strings.message.maybe} {settled && again(strings.message.resend)}
    </p>
  );
}

function Reactions({ message }: { message: Message }): JSX.Element | null {
  const reactions = message.reactions ?? [];
  if (reactions.length === 0) return null;
  const counts = new Map<string, number>();
  for (const { emoji } of reactions) counts.set(emoji, (counts.get(emoji) ?? 0) + 1);
  const all = [...counts].map(([emoji, count]) => (count > 1 ? `${emoji} ${count}` : emoji));
  return (
    <span class="reactions" role="img" aria-label={strings.message.reactions(all.join(", "))}>
      {all.join(" ")}
    </span>
  );
}

function BubbleActions({ message, conversation, name }: { message: Message; conversation: Conversation; name: string }): JSX.Element | null {
  const { drafts, actions } = useDesk();
  if (conversation.status === "closed" || (message.direction === "outbound" && !message.channel_message_id)) return null;
  const quote = (): void => {
    const text = message.content.text ?? strings.kinds[message.content.type];
    drafts.change(conversation.id, { quote: { message_id: message.message_id, text, sender_name: name } });
    focusComposer.value++;
  };
  return (
    <span class="bubble-actions">
      <button class="small" type="button" aria-label={strings.message.reply} title={strings.message.reply} onClick={quote}>
        <Icon name="reply" size={16} />
      </button>
      {message.direction === "inbound" && (
        <Popover id={`react-${message.message_id}`} label={strings.message.react}>
          {EMOJI.map((emoji) => (
            <button
              key={emoji}
              class="small emoji"
              type="button"
              aria-label={strings.message.reactWith(emoji)}
              onClick={(event) => {
                event.currentTarget.closest<HTMLElement>("[popover]")?.hidePopover();
                void actions.react(message, emoji);
              }}
            >
              {emoji}
            </button>
          ))}
        </Popover>
      )}
    </span>
  );
}

function Popover({ id, label, children }: { id: string; label: string; children: ComponentChildren }): JSX.Element {
  const place = (panel: HTMLElement): void => {
    const opener = panel.previousElementSibling?.getBoundingClientRect();
    if (!opener) return;
    panel.style.insetBlockStart = `${Math.max(8, opener.top - 48)}px`;
    panel.style.left = `${Math.min(opener.left, innerWidth - 236)}px`;
  };
  return (
    <>
      <button class="small" type="button" aria-label={label} title={label} popovertarget={id}>
        <Icon name="smile" size={16} />
      </button>
      <div id={id} class="emoji-panel" popover="auto" onBeforeToggle={(event) => place(event.currentTarget)}>
        {children}
      </div>
    </>
  );
}

