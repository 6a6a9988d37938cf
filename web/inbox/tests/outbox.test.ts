// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Refused, Unreachable } from "../src/api";
import { CAPACITY, type Letter, Outbox, type Post } from "../src/outbox";
import type { Message, NewMessage, Problem } from "../src/protocol";
import { MemoryShelf } from "../src/shelf";
import { message } from "./fixtures";

const NOW = Date.UTC(2026, 10, 22, 12);

function refusal(status: number, code = "invalid_request", retryAfter: number | null = null): Refused {
  const problem: Problem = { title: "No.", status, code, detail: "The text is not acceptable.", retryable: false };
  return new Refused(problem, retryAfter);
}

type Answer = Error | "ok" | "never";

/** A hub that answers in the given way, one answer per request, then always accepts. */
function setup(answers: Answer[] = [], shelf = new MemoryShelf<Letter>()) {
  const requests: NewMessage[] = [];
  const sent: Message[] = [];
  const refused: string[] = [];
  const upload = vi.fn(async () => ({ id: "file-1", url: "/api/v1/media/file-1", mime_type: "image/png", size: 1, filename: null }));
  const post: Post = {
    upload,
    post: async (conversationId, said) => {
      requests.push(said);
      const answer = answers.shift() ?? "ok";
      if (answer === "never") return new Promise<never>(() => undefined);
      if (answer !== "ok") throw answer;
      return message(requests.length, { conversation_id: conversationId, client_id: said.client_id, status: "pending" });
    },
  };
  const outbox = new Outbox(shelf, post, (one) => sent.push(one), (letter) => refused.push(letter.key));
  return { outbox, shelf, requests, sent, refused, upload };
}

const texts = (requests: NewMessage[]): (string | undefined)[] => requests.map(({ text }) => text);
const settle = (milliseconds = 0): Promise<unknown> => vi.advanceTimersByTimeAsync(milliseconds);

beforeEach(() => void vi.useFakeTimers({ now: NOW }));
afterEach(() => void vi.useRealTimers());

describe("Outbox", () => {
  it("shows a letter at once, sends it, and lets it go when the hub has it", async () => {
    const { outbox, shelf, sent, requests } = setup();
    outbox.add("c1", { text: "Hello" }, NOW);
    expect(outbox.letters.value).toMatchObject([{ text: "Hello", state: "queued" }]);
    await settle();
    expect([sent.length, outbox.letters.value, await shelf.all()]).toEqual([1, [], []]);
    expect(requests[0]!.client_id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7/);
  });

  it("repeats after a network failure with the same client id, and sends in order", async () => {
    const { outbox, requests } = setup([new Unreachable(), new Unreachable()]);
    outbox.add("c1", { text: "one" }, NOW);
    outbox.add("c1", { text: "two" }, NOW);
    await settle(60_000);
    expect(texts(requests)).toEqual(["one", "one", "one", "two"]);
    expect(new Set(requests.slice(0, 3).map(({ client_id }) => client_id)).size).toBe(1);
  });

  it("does not let one conversation hold up another", async () => {
    const { outbox, requests } = setup(["never"]);
    outbox.add("c1", { text: "stuck" }, NOW);
    outbox.add("c2", { text: "free" }, NOW);
    await settle();
    expect(texts(requests)).toEqual(["stuck", "free"]);
    expect(outbox.letters.value).toHaveLength(1);
  });

  it("survives a reload: another outbox over the same shelf sends the same letters", async () => {
    const before = setup(["never"]);
    before.outbox.add("c1", { text: "one" }, NOW);
    before.outbox.add("c1", { text: "two" }, NOW);
    await settle();
    const after = setup([], before.shelf);
    await after.outbox.open();
    await settle();
    expect(texts(after.requests)).toEqual(["one", "two"]);
    expect(after.requests[0]!.client_id).toBe(before.requests[0]!.client_id);
    expect(await after.shelf.all()).toEqual([]);
  });

  it("keeps a refused letter with the reason, and goes on with the next", async () => {
    const { outbox, requests, refused } = setup([refusal(422)]);
    outbox.add("c1", { text: "bad" }, NOW);
    outbox.add("c1", { text: "good" }, NOW);
    await settle();
    expect(texts(requests)).toEqual(["bad", "good"]);
    expect(refused).toHaveLength(1);
    expect(outbox.letters.value).toMatchObject([{ text: "bad", state: "failed", error: { reason: "The text is not acceptable." } }]);
  });

  it("sends a refused letter again as a new request in the same bubble", async () => {
    const { outbox, requests } = setup([refusal(409, "window_closed"), "never"]);
    outbox.add("c1", { text: "late" }, NOW);
    await settle();
    const [{ key }] = outbox.letters.value as [Letter];
    outbox.again(key);
    await settle();
    expect(requests[1]!.client_id).not.toBe(requests[0]!.client_id);
    expect(outbox.letters.value[0]).toMatchObject({ key, state: "queued" });
  });

  it.each([
    ["a rate limit", refusal(429, "rate_limited", 7)],
    ["overload", refusal(503, "overloaded", 7)],
    ["its own request still running", refusal(409, "idempotency_in_flight", 7)],
  ])("waits as asked on %s", async (_name, answer) => {
    const { outbox, requests } = setup([answer]);
    outbox.add("c1", { text: "one" }, NOW);
    await settle(6_999);
    expect(requests).toHaveLength(1);
    await settle(1);
    expect(requests).toHaveLength(2);
  });

  it("does not wait when told that the network is back", async () => {
    const { outbox, requests } = setup([refusal(503, "unavailable", 600)]);
    outbox.add("c1", { text: "one" }, NOW);
    await settle();
    outbox.wake();
    await settle();
    expect(requests).toHaveLength(2);
  });

  it("lets a letter go when its event comes before the answer", async () => {
    const { outbox, requests } = setup(["never"]);
    outbox.add("c1", { text: "one" }, NOW);
    await settle();
    outbox.arrived(requests[0]!.client_id);
    expect(outbox.letters.value).toEqual([]);
  });

  it("does not send what another tab has sent meanwhile", async () => {
    const { outbox, shelf, requests } = setup([new Unreachable()]);
    outbox.add("c1", { text: "first" }, NOW);
    outbox.add("c1", { text: "second" }, NOW);
    await settle();
    const [, second] = outbox.letters.value as [Letter, Letter];
    await shelf.remove(second.key);
    await settle(60_000);
    expect(texts(requests)).toEqual(["first", "first"]);
    expect(outbox.letters.value).toEqual([]);
  });

  it("does not send what was discarded while it waited", async () => {
    const { outbox, requests } = setup([new Unreachable()]);
    outbox.add("c1", { text: "regretted" }, NOW);
    await settle();
    void outbox.discard(outbox.letters.value[0]!.key);
    await settle(60_000);
    expect(requests).toHaveLength(1);
  });

  it("uploads a file once, however often the message is repeated", async () => {
    const { outbox, requests, upload } = setup([new Unreachable()]);
    outbox.add("c1", { file: { blob: new Blob(["x"]), name: "a.png" }, text: "Look" }, NOW);
    await settle(60_000);
    expect(upload).toHaveBeenCalledOnce();
    expect(requests.at(-1)).toMatchObject({ media_id: "file-1", text: "Look" });
  });

  it("stops sending when the session is over and keeps the letters", async () => {
    const { outbox, requests, shelf } = setup([refusal(401, "unauthenticated")]);
    outbox.add("c1", { text: "one" }, NOW);
    await settle(60_000);
    expect([requests.length, (await shelf.all()).length]).toEqual([1, 1]);
  });

  it("still sends when the disk is full", async () => {
    class FullShelf extends MemoryShelf<Letter> {
      override put(): Promise<void> {
        return Promise.reject(new Error("quota"));
      }
    }
    const { outbox, sent } = setup([], new FullShelf());
    outbox.add("c1", { text: "one" }, NOW);
    await settle();
    expect(sent).toHaveLength(1);
  });

  it("refuses more than it may hold", () => {
    const { outbox } = setup(["never"]);
    for (let index = 0; index < CAPACITY; index++) expect(outbox.add("c1", { text: "x" }, NOW)).toBe(true);
    expect(outbox.add("c1", { text: "x" }, NOW)).toBe(false);
  });
});
