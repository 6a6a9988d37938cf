import { describe, expect, it } from "vitest";
import { findMessage, openThread, type Thread, unreadCount, withMessage, withOlderPage, withRead, withUnread } from "../src/thread";
import { message } from "./fixtures";

const page = (seqs: number[], cursor: number | null = null, read = 0): Thread =>
  openThread("c1", { data: seqs.map((seq) => message(seq)), next_cursor: cursor, seq: 10, read_seq: read });
const seqs = (thread: Thread): number[] => thread.filed.map((filed) => filed.message.conversation_seq);

describe("Thread", () => {
  it("draws the line after what was read, over inbound messages only", () => {
    expect(page([1, 2, 3], null, 1).line).toEqual({ after: 1, through: 3 });
    expect(page([1, 2, 3], null, 3).line).toBeNull();
  });

  it("files a message in its place", () => {
    expect(seqs(withMessage(page([1, 3]), message(2), 11))).toEqual([1, 2, 3]);
  });

  it("replaces a message by its newer self and never by an older one", () => {
    const read = withMessage(page([1]), message(1, { status: "read" }), 12);
    expect(findMessage(read, "m1")?.status).toBe("read");
    expect(withMessage(read, message(1, { status: "sent" }), 11)).toBe(read);
  });

  it("leaves a message above the loaded run to its page", () => {
    expect(seqs(withMessage(page([5, 6], 5), message(2), 11))).toEqual([5, 6]);
  });

  it("puts an older page before the run, without repeats", () => {
    const older = { data: [message(1), message(2), message(3)], next_cursor: null, seq: 12, read_seq: 0 };
    const thread = withOlderPage(page([3, 4], 3), older);
    expect(seqs(thread)).toEqual([1, 2, 3, 4]);
    expect(thread.cursor).toBeNull();
  });

  it("keeps the start of the line while more arrives", () => {
    const thread = withUnread(withUnread(page([1], null, 1), 2), 3);
    expect(thread.line).toEqual({ after: 1, through: 3 });
  });

  it("counts unread inbound messages after the point of reading", () => {
    const thread = withMessage(page([1, 2, 3]), message(4, { direction: "outbound" }), 11);
    expect(unreadCount(withRead(thread, 1))).toBe(2);
    expect(unreadCount(withRead(withRead(thread, 3), 1))).toBe(0);
  });
});
