import { effect } from "@preact/signals";
import { beforeEach, describe, expect, it } from "vitest";
import { Approvals } from "../src/approvals";
import { second } from "../src/clock";
import { approval } from "./fixtures";

const NOW = Date.parse("2026-11-01T09:05:00.000Z");
const decided = approval({ state: "approved", decided_by: "root", decided_at: "2026-11-01T09:04:00.000Z" });
let approvals: Approvals;

beforeEach(() => {
  second.value = NOW;
  approvals = new Approvals();
});

const waiting = (): string[] => approvals.waiting.value.map(({ id }) => id);
const settled = (): string[] => approvals.decided.value.map(({ id }) => id);

describe("Approvals", () => {
  it("sorts what waits as the hub does: the largest amount first, then the newest", () => {
    approvals.loaded([approval({ id: "a", amount: "900.00" }), approval({ id: "b", amount: "10000.00" }), approval({ id: "c", amount: "900.00" })]);
    expect(waiting()).toEqual(["b", "c", "a"]);
  });

  it.each([
    ["the list after the event", [() => approvals.take(decided), () => approvals.loaded([approval()])]],
    ["the event after the list", [() => approvals.loaded([approval()]), () => approvals.take(decided)]],
    ["an old event after the answer", [() => approvals.take(decided), () => approvals.take(approval())]],
  ])("never lets what is decided wait again: %s", (_, steps) => {
    steps.forEach((step) => step());
    expect([waiting(), settled()]).toEqual([[], ["a1"]]);
  });

  it("keeps what an event told of while the list was on its way", () => {
    approvals.expect();
    approvals.take(approval({ id: "new" }));
    approvals.loaded([approval()]);
    expect(waiting()).toEqual(["new", "a1"]);
  });

  it("lets go of what a new list does not hold any more, but not of what was decided", () => {
    approvals.loaded([approval(), approval({ id: "gone" })]);
    approvals.take(decided);
    approvals.expect();
    approvals.loaded([]);
    expect([waiting(), settled()]).toEqual([[], ["a1"]]);
  });

  it("takes new terms of one that still waits", () => {
    approvals.loaded([approval()]);
    approvals.take(approval({ draft_hash: "other" }));
    expect(approvals.waiting.value[0]?.draft_hash).toBe("other");
  });

  it("counts nothing whose time is over, and tells of it once and not at each tick", () => {
    approvals.loaded([approval({ expires_at: "2026-11-01T09:05:02.000Z" })]);
    let told = 0;
    const stop = effect(() => void (approvals.waiting.value, told++));
    second.value = NOW + 1000;
    expect([waiting(), told]).toEqual([["a1"], 1]);
    second.value = NOW + 2000;
    expect([waiting(), settled(), told]).toEqual([[], ["a1"], 2]);
    stop();
  });

  it("tells of one that begins to wait, once, and not of old ones that are told again after a cut", () => {
    approvals.hear(approval({ id: "old", requested_at: "2026-11-01T09:00:00.000Z" }));
    expect(approvals.arrival.value).toBeNull();
    const fresh = approval({ id: "fresh", requested_at: "2026-11-01T09:04:59.000Z" });
    approvals.hear(fresh);
    expect(approvals.arrival.value).toEqual(fresh);
    approvals.hear({ ...fresh, state: "rejected" });
    approvals.hear(approval({ id: "gone", requested_at: "2026-11-01T09:04:59.000Z", state: "withdrawn" }));
    expect(approvals.arrival.value).toEqual(fresh);
  });

  it("finds what waits in one conversation", () => {
    approvals.loaded([approval(), approval({ id: "a2", conversation_id: "c2" })]);
    expect(approvals.waitingIn("c2").map(({ id }) => id)).toEqual(["a2"]);
  });
});
