import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type Api, Refused, Unreachable } from "../src/api";
import { answered, isDue, RecordBook, type RecordsState, refused } from "../src/records";
import type { Records, Ticket } from "../src/protocol";

const ticket: Ticket = { id: "T-1", status: "open", provider_status: "open", subject: "Card", created_at: null, updated_at: null };
const answer: Records<Ticket> = { data: [ticket], next_cursor: null, as_of: "2026-11-01T09:00:00.000Z", stale: false };
const NOW = 1_000_000;

const refusal = (status: number, code: string, retryAfter: number | null = null): Refused =>
  new Refused({ title: code, status, code, request_id: "r1" }, retryAfter);

describe("refused", () => {
  it("shows nothing of a back end that the hub does not have", () => {
    expect(refused({ state: "loading" }, refusal(404, "not_found"), NOW)).toEqual({ state: "absent" });
  });

  it("keeps what was read, and says what is wrong and when it is asked again", () => {
    const after = refused(answered(answer), refusal(503, "integration_circuit_open", 41), NOW);
    expect(after).toMatchObject({ state: "ready", rows: [ticket], trouble: { kind: "down", againAt: NOW + 41_000 } });
  });

  it.each([
    [refusal(504, "integration_timeout"), "slow"],
    [refusal(503, "integration_overloaded", 1), "busy"],
    [refusal(502, "integration_error"), "error"],
    [new Unreachable(), "error"],
  ])("tells troubles apart: %o is %s", (error, kind) => {
    expect(refused({ state: "loading" }, error, NOW)).toMatchObject({ state: "failed", trouble: { kind } });
  });
});

describe("isDue", () => {
  const down = refused({ state: "loading" }, refusal(503, "integration_circuit_open", 41), NOW);

  it.each<[string, RecordsState, number, boolean]>([
    ["fresh", answered(answer), NOW + 59_999, false],
    ["a minute old", answered(answer), NOW + 60_000, true],
    ["a copy, in place of what is down", answered({ ...answer, stale: true }), NOW + 10_000, true],
    ["down, too early", down, NOW + 40_999, false],
    ["down, in time", down, NOW + 41_000, true],
    ["not there at all", { state: "absent" }, NOW + 10_000_000, false],
  ])("%s", (_, state, now, due) => {
    expect(isDue(state, NOW, now)).toBe(due);
  });
});

describe("RecordBook", () => {
  let attentive = true;
  const tickets = vi.fn<() => Promise<Records<Ticket>>>();
  let book: RecordBook;

  beforeEach(() => {
    vi.useFakeTimers();
    attentive = true;
    tickets.mockReset().mockResolvedValue(answer);
    book = new RecordBook({ tickets } as unknown as Api, () => attentive);
  });
  afterEach(() => vi.useRealTimers());

  it("reads when somebody looks, and again each minute while they do", async () => {
    const stop = book.watch("tickets", "k1");
    await vi.advanceTimersByTimeAsync(0);
    expect([book.of("tickets", "k1").value.state, tickets.mock.calls.length]).toEqual(["ready", 1]);
    await vi.advanceTimersByTimeAsync(62_000);
    expect(tickets).toHaveBeenCalledTimes(2);
    attentive = false;
    await vi.advanceTimersByTimeAsync(300_000);
    expect(tickets).toHaveBeenCalledTimes(2);
    attentive = true;
    stop();
    await vi.advanceTimersByTimeAsync(300_000);
    expect(tickets).toHaveBeenCalledTimes(2);
  });

  it("shows what was read a moment ago without asking", async () => {
    book.watch("tickets", "k1")();
    await vi.advanceTimersByTimeAsync(10_000);
    book.watch("tickets", "k1")();
    expect(tickets).toHaveBeenCalledTimes(1);
  });

  it("reads again at once what is on screen when its circuit changes, and nothing of another back end", async () => {
    book.watch("tickets", "k1");
    await vi.advanceTimersByTimeAsync(0);
    book.changed({ integration: "transaction_status", state: "open", retry_after_s: 60 });
    expect(tickets).toHaveBeenCalledTimes(1);
    book.changed({ integration: "ticketing", state: "open", retry_after_s: 60 });
    expect(tickets).toHaveBeenCalledTimes(2);
  });

  it("does not take an answer for new that may be from before the change", async () => {
    book.watch("tickets", "k1");
    book.changed({ integration: "ticketing", state: "closed", retry_after_s: 0 });
    await vi.advanceTimersByTimeAsync(0);
    expect(tickets).toHaveBeenCalledTimes(2);
  });
});
