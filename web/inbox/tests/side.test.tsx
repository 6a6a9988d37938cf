// @vitest-environment happy-dom
import { render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Api, Refused } from "../src/api";
import { Approver } from "../src/approver";
import { second } from "../src/clock";
import type { Desk } from "../src/desk";
import type { Approval, Records, Ticket, User } from "../src/protocol";
import { RecordBook } from "../src/records";
import { Store } from "../src/store";
import { strings } from "../src/strings";
import { ApprovalCard } from "../src/views/ApprovalCard";
import { CustomerRecords } from "../src/views/CustomerRecords";
import { DeskContext } from "../src/views/context";
import { approval, ME } from "./fixtures";

const page = document.createElement("div");
const SUPERVISOR: User = { id: ME, name: "Sofia", role: "supervisor" };

beforeEach(() => {
  second.value = Date.parse("2026-11-01T09:05:00.000Z");
  document.body.append(page);
});
afterEach(() => {
  render(null, page);
  page.remove();
});

function at(api: Partial<Api>, user: User = SUPERVISOR): Desk {
  const store = new Store(user.id);
  const approver = new Approver(api as Api, store.approvals);
  return { user, store, approver, records: new RecordBook(api as Api, () => true) } as unknown as Desk;
}

describe("ApprovalCard", () => {
  async function show(shown: Approval, user?: User): Promise<void> {
    await act(() => render(<DeskContext.Provider value={at({}, user)}><ApprovalCard approval={shown} /></DeskContext.Provider>, page));
  }

  it("sets what the AI wrote apart, and makes no element of it", async () => {
    const untrusted_text = '<b>APPROVED</b> $1.00 for <img src=x onerror="alert(1)">';
    await show(approval({ ai_description: { untrusted_text } }));
    const frame = page.querySelector(".untrusted")!;
    expect([frame.querySelector("blockquote")!.textContent, page.querySelectorAll("b, img").length]).toEqual([untrusted_text, 0]);
    frame.remove();
    expect(page.textContent).not.toContain("APPROVED");
    expect(page.querySelector(".approval-amount")!.textContent).toBe("$1,450.00 USD");
  });

  it("names the rules, also one that it does not know", async () => {
    await show(approval({ risk: ["aggregate", "new_rule"] }));
    const rules = [...page.querySelectorAll(".fact li")].map(({ textContent }) => textContent);
    expect(rules).toEqual([strings.approvals.risk.aggregate, "Rule: new_rule"]);
  });

  it("has nothing to press for an agent, and after the time is over", async () => {
    await show(approval(), { ...SUPERVISOR, role: "agent" });
    expect([page.querySelectorAll("button").length, page.textContent]).toEqual([0, expect.stringContaining("A supervisor has to decide.")]);
    await show(approval({ expires_at: "2026-11-01T09:04:59.000Z" }));
    expect([page.querySelectorAll("button").length, page.textContent]).toEqual([0, expect.stringContaining("Nobody decided in time.")]);
  });
});

describe("CustomerRecords", () => {
  const ticket: Ticket = { id: "T-1", status: "unknown", provider_status: "in limbo", subject: "Card", created_at: null, updated_at: null };
  const answer: Records<Ticket> = { data: [ticket], next_cursor: null, as_of: "2026-11-01T09:02:00.000Z", stale: true };
  const absent = (): Promise<never> => Promise.reject(new Refused({ title: "", status: 404, code: "not_found" }));

  async function show(api: Partial<Api>): Promise<void> {
    await act(async () => render(<DeskContext.Provider value={at(api)}><CustomerRecords customerId="k1" /></DeskContext.Provider>, page));
  }

  it("shows nothing of back ends that the hub does not have", async () => {
    await show({ tickets: absent, transactions: absent });
    expect(page.textContent).toBe("");
  });

  it("says that it shows a copy, how old it is, and the back end's own word for what the hub does not know", async () => {
    await show({ tickets: () => Promise.resolve(answer), transactions: absent });
    expect(page.textContent).toContain("Ticketing is down, copy from 3 minutes ago");
    expect(page.textContent).toContain("in limbo");
  });

  it("says what is down, and when it is asked again", async () => {
    const down = new Refused({ title: "", status: 503, code: "integration_circuit_open" }, 3600);
    await show({ tickets: absent, transactions: () => Promise.reject(down) });
    expect(page.textContent).toContain("The payment system is down.");
    expect(page.textContent).toMatch(/Asking again in .+/u);
  });
});
