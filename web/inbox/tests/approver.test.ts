import { describe, expect, it, vi } from "vitest";
import { type Api, Refused, Unreachable } from "../src/api";
import { Approvals } from "../src/approvals";
import { Approver } from "../src/approver";
import { strings } from "../src/strings";
import { approval } from "./fixtures";

function desk(api: Partial<Api>): { approvals: Approvals; approver: Approver } {
  const approvals = new Approvals();
  return { approvals, approver: new Approver(api as Api, approvals) };
}

const refusal = (status: number, code: string): Refused => new Refused({ title: code, status, code, request_id: "r1" });
const approved = approval({ state: "approved", decided_by: "me", decided_at: "2026-11-01T09:01:00.000Z" });

describe("Approver", () => {
  it("loads page after page", async () => {
    const pages = vi
      .fn()
      .mockResolvedValueOnce({ data: [approval()], next_cursor: "more" })
      .mockResolvedValueOnce({ data: [approval({ id: "a2" })], next_cursor: null });
    const { approvals, approver } = desk({ approvals: pages });
    await approver.load();
    expect(pages.mock.calls).toEqual([[undefined], ["more"]]);
    expect([approvals.state.value, approvals.waiting.value.length]).toEqual(["ready", 2]);
  });

  it("says when they cannot be loaded, and keeps what is there", async () => {
    const { approvals, approver } = desk({ approvals: () => Promise.reject(refusal(503, "unavailable")) });
    approvals.loaded([approval()]);
    await approver.load();
    expect([approvals.state.value, approvals.problem.value?.request_id, approvals.waiting.value.length]).toEqual(["failed", "r1", 1]);
  });

  it("shows the answer to a decision at once", async () => {
    const decide = vi.fn().mockResolvedValue(approved);
    const { approvals, approver } = desk({ decide });
    approvals.loaded([approval()]);
    expect(await approver.decide(approval(), "approve", null)).toBeNull();
    expect(decide).toHaveBeenCalledWith(approval(), "approve", null, expect.stringMatching(/^[0-9a-f-]{36}$/));
    expect(approvals.decided.value).toEqual([approved]);
  });

  it.each([
    [403, "self_approval_forbidden"],
    [409, "draft_state_conflict"],
    [409, "approval_expired"],
    [412, "precondition_failed"],
  ])("puts a refusal into words and brings in the row as it is now: %i %s", async (status, code) => {
    const fresh = approval({ draft_hash: "changed" });
    const { approvals, approver } = desk({
      decide: () => Promise.reject(refusal(status, code)),
      approval: () => Promise.resolve(fresh),
    });
    approvals.loaded([approval()]);
    expect(await approver.decide(approval(), "approve", null)).toBe(strings.approvals.problems[code]);
    expect(approvals.waiting.value).toEqual([fresh]);
  });

  it("forgets one that is not this person's any more", async () => {
    const { approvals, approver } = desk({
      decide: () => Promise.reject(refusal(404, "not_found")),
      approval: () => Promise.reject(refusal(404, "not_found")),
    });
    approvals.loaded([approval()]);
    expect(await approver.decide(approval(), "reject", "no")).toBe(strings.approvals.problems.not_found);
    expect(approvals.waiting.value).toEqual([]);
  });

  it("repeats a decision whose answer was lost under the same key, and after an answer under another", async () => {
    const decide = vi
      .fn()
      .mockRejectedValueOnce(new Unreachable())
      .mockRejectedValueOnce(refusal(503, "audit_unavailable"))
      .mockResolvedValue(approved);
    const { approver } = desk({ decide, approval: () => Promise.resolve(approval()) });
    expect(await approver.decide(approval(), "approve", null)).toBe(strings.problem.network);
    await approver.decide(approval(), "approve", null);
    await approver.decide(approval(), "approve", null);
    const [lost, refused, last] = decide.mock.calls.map((call) => call[3] as string);
    expect([lost === refused, refused === last]).toEqual([true, false]);
  });
});
