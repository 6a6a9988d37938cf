// What one event of the feed changes. Pure: looks at the inbox, says what is new, touches nothing.

import type { Approval, Circuit, Conversation, ConversationPart, HubEvent, Message, PresenceState } from "./protocol";
import { type Thread, unreadCount, withEvent, withMessage, withRead, withUnread } from "./thread";

/** A conversation and the feed position it is exact at. */
export interface Held {
  readonly conversation: Conversation;
  readonly asOf: number;
  /** Fetched by itself: exact at `asOf` or later, so its last message may be one whose event is still to come. */
  readonly loose?: boolean;
}

/** What `apply` may look at. */
export interface Inbox {
  /** The last event applied; anything at or before it is a repeat. */
  readonly seq: number;
  readonly me: string;
  /** The conversation on screen in a focused tab: its new messages are read as they come. */
  readonly attended: string | null;
  held(id: string): Held | undefined;
  thread(id: string): Thread | undefined;
}

export interface QueueCount {
  readonly teamId: string | null;
  readonly open: number;
  readonly unassigned: number;
}

export type Sign =
  | { readonly kind: "typing"; readonly conversationId: string; readonly who: string; readonly name: string | null; readonly customer: boolean }
  | { readonly kind: "presence"; readonly userId: string; readonly state: PresenceState }
  | { readonly kind: "viewing"; readonly conversationId: string; readonly who: string; readonly name: string | null; readonly looks: boolean };

/** What an event changes; everything absent stays as it is. */
export interface Changes {
  readonly seq?: number;
  readonly held?: Held;
  readonly thread?: Thread;
  /** A conversation the inbox does not have and must fetch. */
  readonly missing?: string;
  readonly queue?: QueueCount;
  readonly sign?: Sign;
  readonly approval?: Approval;
  readonly circuit?: Circuit;
  /** A new inbound message: ends the customer's typing line and is announced. */
  readonly arrived?: Message;
}

const NOTHING: Changes = {};

export function apply(inbox: Inbox, event: HubEvent): Changes {
  if (event.seq === undefined) return EPHEMERAL[event.type]?.(inbox, event) ?? NOTHING;
  if (event.seq <= inbox.seq) return NOTHING;
  const changes = DURABLE[event.type]?.(inbox, event, event.seq);
  return { ...changes, seq: event.seq };
}

type Durable = (inbox: Inbox, event: HubEvent, seq: number) => Changes;
type Ephemeral = (inbox: Inbox, event: HubEvent) => Changes;

const DURABLE: Record<string, Durable> = {
  "conversation.new": conversationChanged,
  "conversation.updated": conversationUpdated,
  "conversation.status_changed": conversationTurned,
  "conversation.assigned": conversationTurned,
  "conversation.unassigned": conversationTurned,
  "conversation.merged": conversationTurned,
  "conversation.read": conversationRead,
  "message.received": messageChanged,
  "message.sent": messageChanged,
  "message.status": messageChanged,
  "message.updated": messageChanged,
  "queue.updated": queueUpdated,
  "approval.requested": approvalChanged,
  "approval.decided": approvalChanged,
  "circuit.changed": circuitChanged,
};

const EPHEMERAL: Record<string, Ephemeral> = {
  "agent.typing": typing,
  "customer.typing": typing,
  "agent.presence": presence,
  "conversation.viewing": viewing,
};

function conversationChanged(inbox: Inbox, event: HubEvent, seq: number): Changes {
  const part = event.data?.conversation;
  if (!part) return NOTHING;
  const held = inbox.held(part.id);
  if (held) return { held: merge(held, part, seq) };
  return isWhole(part) ? { held: { conversation: { ...part, unread: 0 }, asOf: seq } } : { missing: part.id };
}

/** Whoever takes it from the AI agent, or hands it over, leaves a line in the thread. */
function conversationUpdated(inbox: Inbox, event: HubEvent, seq: number): Changes {
  const part = event.data?.conversation;
  const held = part && inbox.held(part.id)?.conversation;
  const handed = part?.ai_attached !== undefined && held !== undefined && part.ai_attached !== held.ai_attached;
  return (handed ? conversationTurned : conversationChanged)(inbox, event, seq);
}

/** A change of status or assignment is also a line in the thread. */
function conversationTurned(inbox: Inbox, event: HubEvent, seq: number): Changes {
  const changes = conversationChanged(inbox, event, seq);
  const thread = event.conversation_id ? inbox.thread(event.conversation_id) : undefined;
  return thread ? { ...changes, thread: withEvent(thread, event) } : changes;
}

/** Read on this screen or another one. A thread that is open here goes by its own messages, and never back. */
function conversationRead(inbox: Inbox, event: HubEvent, seq: number): Changes {
  const { read_seq, unread } = event.data ?? {};
  const held = event.conversation_id ? inbox.held(event.conversation_id) : undefined;
  if (!held || seq <= held.asOf || read_seq === undefined || unread === undefined) return NOTHING;
  const open = inbox.thread(held.conversation.id);
  const thread = open && withRead(open, read_seq);
  const left = thread ? unreadCount(thread) : unread;
  return { held: { ...held, conversation: { ...held.conversation, unread: left } }, ...(thread && { thread }) };
}

function messageChanged(inbox: Inbox, event: HubEvent, seq: number): Changes {
  const message = event.data?.message;
  if (!message) return NOTHING;
  const id = message.conversation_id;
  const arrived = event.type === "message.received" ? message : undefined;
  const unread = arrived !== undefined && inbox.attended !== id;
  const thread = inbox.thread(id);
  return {
    ...conversationOfMessage(inbox, message, event.data?.conversation, seq, unread),
    ...(thread && { thread: threadOfMessage(thread, message, seq, unread) }),
    ...(arrived && { arrived }),
  };
}

function conversationOfMessage(
  inbox: Inbox,
  message: Message,
  part: ConversationPart | undefined,
  seq: number,
  unread: boolean,
): Changes {
  const held = inbox.held(message.conversation_id);
  if (!held) return { missing: message.conversation_id };
  const merged = part ? merge(held, part, seq) : held;
  const counted = held.loose && held.conversation.last_message?.message_id === message.message_id;
  if (!unread || counted || seq <= held.asOf) return { held: merged };
  return { held: { ...merged, conversation: { ...merged.conversation, unread: merged.conversation.unread + 1 } } };
}

function threadOfMessage(thread: Thread, message: Message, seq: number, unread: boolean): Thread {
  const filed = withMessage(thread, message, seq);
  return unread && message.conversation_seq > thread.readSeq ? withUnread(filed, message.conversation_seq) : filed;
}

function approvalChanged(inbox: Inbox, event: HubEvent): Changes {
  const approval = event.data?.approval;
  if (!approval) return NOTHING;
  const thread = inbox.thread(approval.conversation_id);
  return { approval, ...(thread && { thread: withEvent(thread, event) }) };
}

function circuitChanged(_inbox: Inbox, event: HubEvent): Changes {
  const { integration, state, retry_after_s = 0 } = event.data ?? {};
  if (integration === undefined || (state !== "open" && state !== "closed")) return NOTHING;
  return { circuit: { integration, state, retry_after_s } };
}

function queueUpdated(_inbox: Inbox, event: HubEvent): Changes {
  const { team_id = null, open, unassigned } = event.data ?? {};
  if (open === undefined || unassigned === undefined) return NOTHING;
  return { queue: { teamId: team_id, open, unassigned } };
}

function typing(inbox: Inbox, event: HubEvent): Changes {
  const { conversation_id: conversationId, actor } = event;
  const customer = event.type === "customer.typing";
  const who = actor?.id ?? (customer ? "customer" : null);
  if (!conversationId || !who || who === inbox.me) return NOTHING;
  return { sign: { kind: "typing", conversationId, who, name: actor?.name ?? null, customer } };
}

function presence(_inbox: Inbox, event: HubEvent): Changes {
  const userId = event.data?.user_id ?? event.actor?.id;
  const state = event.data?.state;
  return userId && isPresence(state) ? { sign: { kind: "presence", userId, state } } : NOTHING;
}

function isPresence(state: string | undefined): state is PresenceState {
  return state === "online" || state === "away" || state === "offline";
}

function viewing(inbox: Inbox, event: HubEvent): Changes {
  const { actor, conversation_id: conversationId } = event;
  if (!conversationId || !actor?.id || actor.id === inbox.me) return NOTHING;
  return { sign: { kind: "viewing", conversationId, who: actor.id, name: actor.name, looks: event.data?.viewing !== false } };
}

/** The event's fields over the held ones; `unread` is each reader's own and never in an event. */
export function merge(held: Held, part: ConversationPart, seq: number): Held {
  const old = held.conversation;
  if (seq <= held.asOf || part.version < old.version) return held;
  const moved = part.assignee_id !== undefined && part.assignee_id !== old.assignee_id;
  const conversation: Conversation = {
    ...old,
    ...(moved && { assignee_name: null }),
    ...part,
    customer: { ...old.customer, ...part.customer },
    unread: old.unread,
  };
  return { ...held, conversation, asOf: seq };
}

/** Whether an event carried the whole conversation or only the part a message can change. */
function isWhole(part: ConversationPart): part is Conversation {
  return part.channel !== undefined && part.number !== undefined && part.created_at !== undefined;
}
