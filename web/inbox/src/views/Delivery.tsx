import type { JSX } from "preact";
import { fullTime, timeOfDay } from "../formats";
import type { Message, MessageStatus } from "../protocol";
import { strings } from "../strings";
import { Icon, type IconName } from "./icons";

const ICONS: Readonly<Partial<Record<MessageStatus, IconName>>> = {
  pending: "clock",
  sending: "clock",
  unknown: "question",
  sent: "check",
  delivered: "checks",
  read: "checks",
  failed: "alert",
};

/** How far an outbound message has come: a mark, its word, and the times of each step on hover. */
export function Delivery({ message }: { message: Message }): JSX.Element | null {
  const icon = ICONS[message.status];
  if (!icon) return null;
  const steps = Object.entries(message.status_at ?? {}) as [MessageStatus, string][];
  const times = steps.map(([step, at]) => strings.message.at(strings.message[step], fullTime(at))).join("\n");
  return (
    <span class={`delivery delivery-${message.status}`} title={times || undefined}>
      <Icon name={icon} size={14} />
      {strings.message[message.status]}
    </span>
  );
}

export function SentAt({ at }: { at: string }): JSX.Element {
  return (
    <time class="number" datetime={at} title={fullTime(at)}>
      {timeOfDay(at)}
    </time>
  );
}
