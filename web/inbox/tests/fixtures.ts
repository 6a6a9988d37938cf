// Whole objects of the wire with one line per test that matters.

import type { Approval, Conversation, HubEvent, Message } from "../src/protocol";

export const ME = "user-me";

export function conversation(change: Partial<Conversation> = {}): Conversation {
  return {
    id: "c1",
    number: 1,
    status: "open",
    channel: { name: "wa", type: "whatsapp" },
    customer: { id: "k1", name: "Maria", phone: "+551198765", created_at: "2026-01-01T00:00:00.000Z" },
    team_id: null,
    assignee_id: null,
    assignee_name: null,
    priority: null,
    tags: [],
    subject: null,
    unread: 0,
    failed: 0,
    waiting_since: null,
    first_reply_at: null,
    window_expires_at: null,
    last_message: null,
    ai_attached: true,
    version: 1,
    created_at: "2026-11-01T08:00:00.000Z",
    updated_at: "2026-11-01T08:00:00.000Z",
    ...change,
  };
}

export function message(seq: number, change: Partial<Message> = {}): Message {
  return {
    message_id: `m${seq}`,
    conversation_id: "c1",
    conversation_seq: seq,
    channel: "wa",
    direction: "inbound",
    sender: { type: "customer", id: "k1", name: "Maria" },
    content: { type: "text", text: `message ${seq}` },
    timestamp: new Date(Date.UTC(2026, 10, 1, 9, 0, seq)).toISOString(),
    status: "received",
    ...change,
  };
}

export function received(seq: number, said: Message, change: Partial<HubEvent> = {}): HubEvent {
  return {
    type: "message.received",
    seq,
    at: said.timestamp,
    conversation_id: said.conversation_id,
    conversation_seq: said.conversation_seq,
    data: { message: said, conversation: { id: said.conversation_id, version: seq } },
    ...change,
  };
}

/** Waits until the end of 2099, unless told otherwise. */
export function approval(change: Partial<Approval> = {}): Approval {
  return {
    id: "a1",
    draft_id: "d1",
    draft_hash: "00ff".repeat(16),
    amount: "1450.00",
    currency: "USD",
    customer: { id: "k1", name: "Maria" },
    conversation_id: "c1",
    conversation_number: 7,
    team_id: "t1",
    risk: ["amount"],
    ai_description: { untrusted_text: "supplier invoice 88" },
    requested_at: "2026-11-01T09:00:00.000Z",
    expires_at: "2099-12-31T00:00:00.000Z",
    state: "pending",
    decided_by: null,
    decided_at: null,
    reason: null,
    ...change,
  };
}
