// One conversation's messages as the page holds them: an unbroken run from the oldest page loaded up to now.

import type { HubEvent, Message, MessagePage } from "./protocol";

/** A message and the feed position it is exact at, so that a late page never undoes a newer event. */
export interface Filed {
  readonly message: Message;
  readonly asOf: number;
}

/** Where "3 new" is drawn: inbound messages with `after < conversation_seq <= through` were unread on arrival. */
export interface NewLine {
  readonly after: number;
  readonly through: number;
}

export interface Thread {
  readonly id: string;
  readonly filed: readonly Filed[];
  /** Passed back as `before=` for the next older page; null at the first message. */
  readonly cursor: string | number | null;
  readonly readSeq: number;
  readonly line: NewLine | null;
  /** Assignments and status changes seen while the thread is held. */
  readonly events: readonly HubEvent[];
}

export function openThread(id: string, page: MessagePage): Thread {
  const readSeq = page.read_seq ?? 0;
  const filed = page.data.map((message) => ({ message, asOf: page.seq }));
  const unread = page.data.filter((message) => message.direction === "inbound" && message.conversation_seq > readSeq);
  const last = unread.at(-1);
  return {
    id,
    filed,
    cursor: page.next_cursor,
    readSeq,
    line: last ? { after: readSeq, through: last.conversation_seq } : null,
    events: [],
  };
}

export function withOlderPage(thread: Thread, page: MessagePage): Thread {
  const oldest = thread.filed[0]?.message.conversation_seq ?? Infinity;
  const older = page.data
    .filter((message) => message.conversation_seq < oldest)
    .map((message) => ({ message, asOf: page.seq }));
  return { ...thread, filed: [...older, ...thread.filed], cursor: page.next_cursor };
}

/** The index of the first message at or after `seq`. */
export function position(filed: readonly Filed[], seq: number): number {
  let low = 0;
  let high = filed.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (filed[middle]!.message.conversation_seq < seq) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Files a message in its place, or in place of its older self. A message above the loaded run is left to its page. */
export function withMessage(thread: Thread, message: Message, asOf: number): Thread {
  const index = position(thread.filed, message.conversation_seq);
  const held = thread.filed[index];
  const same = held?.message.message_id === message.message_id;
  if (same && held.asOf > asOf) return thread;
  if (!same && index === 0 && thread.cursor !== null) return thread;
  const filed = thread.filed.slice();
  filed.splice(index, same ? 1 : 0, { message, asOf });
  return { ...thread, filed };
}

/** Written by the AI agent, or by the hub on its behalf: a question to the customer about a transaction. */
export function isByAi(message: Message): boolean {
  return message.metadata?.ai === true || isPrompt(message);
}

/** The hub's own question to the customer, whether a transaction may be made. */
export function isPrompt({ sender, metadata }: Message): boolean {
  return sender.type === "system" && metadata?.transaction_draft !== undefined;
}

export function findMessage(thread: Thread, messageId: string): Message | undefined {
  return thread.filed.find(({ message }) => message.message_id === messageId)?.message;
}

/** Unread inbound messages move the line's end; the line starts where reading stopped and stays until you leave. */
export function withUnread(thread: Thread, seq: number): Thread {
  const line = thread.line ? { ...thread.line, through: seq } : { after: Math.max(thread.readSeq, seq - 1), through: seq };
  return { ...thread, line };
}

export function withRead(thread: Thread, seq: number): Thread {
  return seq > thread.readSeq ? { ...thread, readSeq: seq } : thread;
}

export function withEvent(thread: Thread, event: HubEvent): Thread {
  return { ...thread, events: [...thread.events, event] };
}

export function unreadCount(thread: Thread): number {
  const start = position(thread.filed, thread.readSeq + 1);
  return thread.filed.slice(start).filter(({ message }) => message.direction === "inbound").length;
}

export function lastSeq(thread: Thread): number {
  return thread.filed.at(-1)?.message.conversation_seq ?? 0;
}
