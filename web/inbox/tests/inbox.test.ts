import { describe, expect, it } from "vitest";
import { apply, type Held, type Inbox, merge } from "../src/inbox";
import type { HubEvent } from "../src/protocol";
import { openThread, type Thread } from "../src/thread";
import { approval, conversation, ME, message, received } from "./fixtures";

function inbox(change: { seq?: number; attended?: string; held?: Held; thread?: Thread } = {}): Inbox {
  return {
    seq: change.seq ?? 10,
    me: ME,
    attended: change.attended ?? null,
    held: (id) => (change.held?.conversation.id === id ? change.held : undefined),
    thread: (id) => (change.thread?.id === id ? change.thread : undefined),
  };
}

const held: Held = { conversation: conversation({ version: 3 }), asOf: 10 };
const thread = openThread("c1", { data: [message(1)], next_cursor: null, seq: 10, read_seq: 1 });

describe("apply", () => {
  it("drops an event at or before the last applied", () => {
    expect(apply(inbox({ held }), received(10, message(2)))).toEqual({});
  });

  it("ignores an unknown event but moves on", () => {
    expect(apply(inbox(), { type: "sla.warning", seq: 11, at: "" })).toEqual({ seq: 11 });
  });

  it("counts an inbound message as unread when nobody looks, and not when it is on screen", () => {
    expect(apply(inbox({ held }), received(11, message(2))).held?.conversation.unread).toBe(1);
    expect(apply(inbox({ held, attended: "c1" }), received(11, message(2))).held?.conversation.unread).toBe(0);
  });

  it("takes over what was read on another screen, and in an open thread never goes back", () => {
    const behind: Held = { conversation: conversation({ unread: 3 }), asOf: 10 };
    const event = (read_seq: number, unread: number): HubEvent => ({
      type: "conversation.read", seq: 11, at: "", conversation_id: "c1", data: { read_seq, unread },
    });
    expect(apply(inbox({ held: behind }), event(2, 1)).held?.conversation.unread).toBe(1);
    expect(apply(inbox({ held: { ...behind, asOf: 11 } }), event(2, 1)).held).toBeUndefined();
    expect(apply(inbox(), event(2, 1))).toEqual({ seq: 11 });
    const opened = openThread("c1", { data: [message(1), message(2)], next_cursor: null, seq: 10, read_seq: 1 });
    const read = apply(inbox({ held: behind, thread: opened }), event(2, 0));
    expect([read.thread?.readSeq, read.held?.conversation.unread]).toEqual([2, 0]);
    const late = apply(inbox({ held: behind, thread: { ...opened, readSeq: 2 } }), event(1, 1));
    expect([late.thread?.readSeq, late.held?.conversation.unread]).toEqual([2, 0]);
  });

  it("counts the first message of a conversation whose own event named it already", () => {
    const last_message = { message_id: "m2", direction: "inbound", type: "text", text: "", at: "", status: "received" } as const;
    const fresh: Held = { conversation: conversation({ unread: 0, last_message }), asOf: 10 };
    expect(apply(inbox({ held: fresh }), received(11, message(2))).held?.conversation.unread).toBe(1);
  });

  it("does not count a message that a conversation fetched by itself had already counted", () => {
    const last_message = { message_id: "m2", direction: "inbound", type: "text", text: "", at: "", status: "received" } as const;
    const counted: Held = { conversation: conversation({ unread: 1, last_message }), asOf: 10, loose: true };
    expect(apply(inbox({ held: counted }), received(11, message(2))).held?.conversation.unread).toBe(1);
  });

  it("files the message in an open thread and draws the unread line where reading stopped", () => {
    const { thread: after } = apply(inbox({ held, thread }), received(11, message(2)));
    expect(after?.filed.map((filed) => filed.message.message_id)).toEqual(["m1", "m2"]);
    expect(after?.line).toEqual({ after: 1, through: 2 });
  });

  it("asks for a conversation it does not hold", () => {
    expect(apply(inbox(), received(11, message(2))).missing).toBe("c1");
  });

  it("takes a whole new conversation as it is, and asks for one of which only a part came", () => {
    const whole: HubEvent = { type: "conversation.new", seq: 11, at: "", data: { conversation: conversation({ id: "c9" }) } };
    expect(apply(inbox(), whole).held?.conversation.id).toBe("c9");
    const part: HubEvent = { type: "conversation.updated", seq: 11, at: "", data: { conversation: { id: "c9", version: 2 } } };
    expect(apply(inbox(), part).missing).toBe("c9");
  });

  it("keeps what a partial conversation does not name", () => {
    const event = received(11, message(2), {
      data: { message: message(2), conversation: { id: "c1", version: 4, customer: { id: "k1", name: "Maria O." } } },
    });
    const { customer, number } = apply(inbox({ held }), event).held!.conversation;
    expect(customer).toMatchObject({ name: "Maria O.", phone: "+551198765" });
    expect(number).toBe(1);
  });

  it("leaves a line in the thread when the conversation is assigned", () => {
    const event: HubEvent = {
      type: "conversation.assigned",
      seq: 11,
      at: "",
      conversation_id: "c1",
      data: { conversation: { id: "c1", version: 4, assignee_id: ME } },
    };
    const changes = apply(inbox({ held, thread }), event);
    expect(changes.thread?.events).toEqual([event]);
    expect(changes.held?.conversation.assignee_id).toBe(ME);
  });

  it("gives on what is asked of supervisors, with a line in the thread", () => {
    const event: HubEvent = { type: "approval.requested", seq: 11, at: "", conversation_id: "c1", data: { approval: approval() } };
    const changes = apply(inbox({ held, thread }), event);
    expect(changes.approval).toEqual(approval());
    expect(changes.thread?.events).toEqual([event]);
    expect(apply(inbox(), event)).toEqual({ approval: approval(), seq: 11 });
    expect(apply(inbox({ seq: 11 }), event)).toEqual({});
  });

  it("leaves a line in the thread when it changes hands between the AI agent and people, and for no other change", () => {
    const event: HubEvent = {
      type: "conversation.updated",
      seq: 11,
      at: "",
      conversation_id: "c1",
      data: { conversation: { id: "c1", version: 4, ai_attached: false } },
    };
    const changes = apply(inbox({ held, thread }), event);
    expect([changes.held?.conversation.ai_attached, changes.thread?.events]).toEqual([false, [event]]);
    const other = { ...event, data: { conversation: { id: "c1", version: 4, ai_attached: true, subject: "Invoice" } } };
    expect(apply(inbox({ held, thread }), other).thread).toBeUndefined();
  });

  it("gives on which back end is left alone, or asked again", () => {
    const event: HubEvent = { type: "circuit.changed", seq: 11, at: "", data: { integration: "ticketing", state: "open", retry_after_s: 60 } };
    expect(apply(inbox(), event).circuit).toEqual({ integration: "ticketing", state: "open", retry_after_s: 60 });
    expect(apply(inbox(), { ...event, data: { state: "online" } })).toEqual({ seq: 11 });
  });

  it("reports typing of others, never of oneself", () => {
    const event: HubEvent = { type: "agent.typing", at: "", conversation_id: "c1", actor: { type: "agent", id: "ben", name: "Ben" } };
    expect(apply(inbox(), event).sign).toMatchObject({ kind: "typing", who: "ben", customer: false });
    expect(apply(inbox(), { ...event, actor: { type: "agent", id: ME, name: "Me" } })).toEqual({});
    expect(apply(inbox(), { ...event, type: "customer.typing", actor: null }).sign).toMatchObject({ customer: true });
  });

  it("tells looking from turning away", () => {
    const event: HubEvent = { type: "conversation.viewing", at: "", conversation_id: "c1", actor: { type: "agent", id: "ben", name: "Ben" } };
    expect(apply(inbox(), event).sign).toMatchObject({ kind: "viewing", looks: true });
    expect(apply(inbox(), { ...event, data: { viewing: false } }).sign).toMatchObject({ looks: false });
  });

  it("does not move the position for an ephemeral event", () => {
    const event: HubEvent = { type: "agent.presence", at: "", data: { user_id: "ben", state: "away" } };
    expect(apply(inbox(), event)).toEqual({ sign: { kind: "presence", userId: "ben", state: "away" } });
  });
});

describe("merge", () => {
  it("refuses what is older than what is held, by position or by version", () => {
    expect(merge(held, { id: "c1", version: 9, status: "resolved" }, 10)).toBe(held);
    expect(merge(held, { id: "c1", version: 2, status: "resolved" }, 11)).toBe(held);
  });

  it("forgets the assignee's name when only the id of another came", () => {
    const assigned: Held = { conversation: conversation({ assignee_id: "a", assignee_name: "Ana" }), asOf: 1 };
    expect(merge(assigned, { id: "c1", version: 2, assignee_id: "b" }, 2).conversation.assignee_name).toBeNull();
    expect(merge(assigned, { id: "c1", version: 2, assignee_id: "a" }, 2).conversation.assignee_name).toBe("Ana");
  });

  it("never takes unread from an event", () => {
    const read: Held = { conversation: conversation({ unread: 0 }), asOf: 1 };
    expect(merge(read, conversation({ version: 2, unread: 7 }), 2).conversation.unread).toBe(0);
  });
});
