import { describe, expect, it } from "vitest";
import type { Letter } from "../src/outbox";
import type { HubEvent } from "../src/protocol";
import { estimate, threadRows } from "../src/rows";
import { openThread, type Thread } from "../src/thread";
import { message } from "./fixtures";

const thread = (data = [message(1), message(2)], read = 2): Thread => openThread("c1", { data, next_cursor: null, seq: 9, read_seq: read });
const letter = (clientId: string): Letter => ({ key: clientId, clientId, conversationId: "c1", writtenAt: "2026-11-01T10:00:00.000Z", state: "queued" });
const kinds = (rows: ReturnType<typeof threadRows>): string[] => rows.map(({ kind }) => kind);

describe("threadRows", () => {
  it("begins each day with a divider", () => {
    const next = message(2, { timestamp: "2026-11-03T12:00:00.000Z" });
    expect(kinds(threadRows(thread([message(1), next]), []))).toEqual(["day", "message", "day", "message"]);
  });

  it("draws the unread line once, with its count, where reading stopped", () => {
    const rows = threadRows(thread([message(1), message(2), message(3)], 1), []);
    expect(kinds(rows)).toEqual(["day", "message", "new", "message", "message"]);
    expect(rows[2]).toMatchObject({ count: 2 });
  });

  it("groups messages of one writer that follow closely", () => {
    const late = message(3, { timestamp: "2026-11-01T09:30:00.000Z" });
    const joined = threadRows(thread([message(1), message(2), late], 3), []).flatMap((row) => (row.kind === "message" ? [row.joined] : []));
    expect(joined).toEqual([false, true, false]);
  });

  it("puts an event after the message it followed", () => {
    const event: HubEvent = { type: "conversation.assigned", seq: 20, at: "2026-11-01T09:00:01.500Z", conversation_seq: 1 };
    expect(kinds(threadRows({ ...thread(), events: [event] }, []))).toEqual(["day", "message", "event", "message"]);
  });

  it("keeps the bubble's key when the hub answers, and shows it once", () => {
    const [queued] = threadRows(thread([]), [letter("x")]);
    const sent = threadRows(thread([message(1, { client_id: "x", direction: "outbound" })], 1), [letter("x")]);
    expect(kinds(sent)).toEqual(["day", "message"]);
    expect(sent[1]!.key).toBe(queued!.key);
  });

  it("gives every row a key of its own and a height to begin with", () => {
    const rows = threadRows({ ...thread([message(1), message(2), message(3)], 1) }, [letter("a"), letter("b")]);
    expect(new Set(rows.map(({ key }) => key)).size).toBe(rows.length);
    expect(rows.every((row) => estimate(row) > 0)).toBe(true);
  });
});
