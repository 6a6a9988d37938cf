import { describe, expect, it } from "vitest";
import { Listing } from "../src/listing";
import type { Conversation } from "../src/protocol";
import { ALL_OPEN, FAILED, MINE, ORDERS, UNASSIGNED } from "../src/view";
import { conversation, ME } from "./fixtures";

const waiting = (id: string, minute: number): Conversation =>
  conversation({ id, waiting_since: new Date(Date.UTC(2026, 10, 1, 9, minute)).toISOString() });

function listing(...rows: Conversation[]): Listing {
  const list = new Listing(ORDERS.waited);
  for (const row of rows) list.change(undefined, row);
  list.reached(rows.at(-1), true);
  return list;
}

describe("Listing", () => {
  it("keeps the longest wait first and who waits for nothing last", () => {
    expect(listing(conversation({ id: "idle" }), waiting("b", 5), waiting("a", 1)).ids()).toEqual(["a", "b", "idle"]);
  });

  it("says whether a change moved anything", () => {
    const a = waiting("a", 1);
    const list = listing(a, waiting("b", 5));
    expect(list.change(a, { ...a, subject: "new" })).toBe(false);
    expect(list.change({ ...a, subject: "new" }, waiting("a", 9))).toBe(true);
    expect(list.ids()).toEqual(["b", "a"]);
  });

  it("finds a row whose sort value it was told wrongly", () => {
    const list = listing(waiting("a", 1), waiting("b", 5));
    list.change(waiting("a", 30), undefined);
    expect(list.ids()).toEqual(["b"]);
  });

  it("shows nothing behind the last row the hub returned, until the list is complete", () => {
    const list = new Listing(ORDERS.waited);
    for (const row of [waiting("a", 1), waiting("b", 2), waiting("far", 50)]) list.change(undefined, row);
    list.reached(waiting("b", 2), false);
    expect([list.ids(), list.size, list.indexOf("far")]).toEqual([["a", "b"], 2, -1]);
    list.reached(undefined, true);
    expect(list.ids()).toEqual(["a", "b", "far"]);
  });

  it("gives the ids of a range", () => {
    expect(listing(waiting("a", 1), waiting("b", 2), waiting("c", 3)).ids(1, 2)).toEqual(["b"]);
  });
});

describe("views", () => {
  it("hold what their names say", () => {
    const mine = conversation({ assignee_id: ME });
    const failed = conversation({ status: "resolved", failed: 1 });
    expect([MINE, UNASSIGNED, ALL_OPEN, FAILED].map((view) => view.holds(mine, ME))).toEqual([true, false, true, false]);
    expect([MINE, UNASSIGNED, ALL_OPEN, FAILED].map((view) => view.holds(failed, ME))).toEqual([false, false, false, true]);
  });
});
