// A thread as rows on screen: day dividers, the unread line, bubbles, events, and what is still to be sent.

import { dayNumber } from "./formats";
import type { Letter } from "./outbox";
import type { HubEvent, Message } from "./protocol";
import type { Thread } from "./thread";

export type ThreadRow =
  | { readonly kind: "day"; readonly key: string; readonly at: string }
  | { readonly kind: "new"; readonly key: string; readonly count: number }
  | { readonly kind: "event"; readonly key: string; readonly event: HubEvent }
  | { readonly kind: "message"; readonly key: string; readonly message: Message; readonly joined: boolean }
  | { readonly kind: "letter"; readonly key: string; readonly letter: Letter };

/** Messages of one writer within this time are drawn as one group. */
const GROUPED_WITHIN = 3 * 60_000;

export const NEW_LINE_KEY = "new";

export function threadRows(thread: Thread, letters: readonly Letter[]): ThreadRow[] {
  const rows: ThreadRow[] = [];
  const sent = new Set<string>();
  const count = newCount(thread);
  let events = 0;
  let day = 0;
  let lined = count === 0;
  let previous: Message | null = null;
  for (const { message } of thread.filed) {
    for (; events < thread.events.length && isBefore(thread.events[events]!, message); events++) {
      rows.push(eventRow(thread.events[events]!));
      previous = null;
    }
    const number = dayNumber(message.timestamp);
    if (number !== day) {
      rows.push({ kind: "day", key: `day-${number}-${message.conversation_seq}`, at: message.timestamp });
      previous = null;
    }
    day = number;
    if (!lined && message.conversation_seq > thread.line!.after) {
      rows.push({ kind: "new", key: NEW_LINE_KEY, count });
      lined = true;
      previous = null;
    }
    rows.push({ kind: "message", key: keyOf(message), message, joined: isJoined(previous, message) });
    if (message.client_id) sent.add(message.client_id);
    previous = message;
  }
  rows.push(...thread.events.slice(events).map(eventRow));
  for (const letter of letters) {
    if (!sent.has(letter.clientId)) rows.push({ kind: "letter", key: letter.clientId, letter });
  }
  return rows;
}

/** A message keeps the key its letter had, so the bubble stays the same element when the hub answers. */
function keyOf(message: Message): string {
  return message.client_id ?? message.message_id;
}

function eventRow(event: HubEvent): ThreadRow {
  return { kind: "event", key: `event-${event.seq}`, event };
}

function isBefore(event: HubEvent, message: Message): boolean {
  if (event.conversation_seq) return event.conversation_seq < message.conversation_seq;
  return event.at < message.timestamp;
}

function isJoined(previous: Message | null, message: Message): boolean {
  if (!previous || previous.direction !== message.direction || previous.sender.id !== message.sender.id) return false;
  return Date.parse(message.timestamp) - Date.parse(previous.timestamp) < GROUPED_WITHIN;
}

function newCount({ line, filed }: Thread): number {
  if (!line) return 0;
  const isNew = ({ message }: (typeof filed)[number]): boolean =>
    message.direction === "inbound" && message.conversation_seq > line.after && message.conversation_seq <= line.through;
  return filed.filter(isNew).length;
}

/** Heights before a row has been drawn, in pixels; only how far the scroll bar is off depends on them. */
export function estimate(row: ThreadRow): number {
  if (row.kind === "message") return estimateMessage(row.message) + (row.joined ? 0 : 8);
  if (row.kind === "letter") return 72;
  return row.kind === "event" ? 32 : 44;
}

function estimateMessage({ content }: Message): number {
  const lines = Math.ceil((content.text?.length ?? 0) / 52) + (content.text?.split("\n").length ?? 1) - 1;
  const media = { text: 0, image: 240, video: 240, audio: 52, document: 60, interactive: 0 }[content.type];
  return 44 + media + Math.max(content.type === "text" ? 1 : 0, lines) * 21;
}
