// @vitest-environment happy-dom
import { beforeEach, describe, expect, it } from "vitest";
import { go, parseRoute, pathOf, route } from "../src/route";

const ID = "0198a0c0-0000-7000-8000-000000000001";

beforeEach(() => go({ view: "open", conversation: null }));

describe("route", () => {
  it.each(["/inbox/mine", `/inbox/open/${ID}`, "/approvals", `/approvals/${ID}`])("reads %s as it writes it", (path) => {
    expect(pathOf(parseRoute(path))).toBe(path);
  });

  it.each([
    ["/", "/inbox/mine"],
    ["/inbox/open/../../x", "/inbox/open"],
    ["/approvals/x", "/approvals"],
  ])("makes of %s the nearest place there is: %s", (path, place) => {
    expect(pathOf(parseRoute(path))).toBe(place);
  });

  it("goes between the screens by what it is told of", () => {
    const way = [{ conversation: ID }, { screen: "approvals" }, { approval: ID }, { view: "mine" }] as const;
    const places = way.map((change) => {
      go(change);
      return location.pathname;
    });
    expect(places).toEqual([`/inbox/open/${ID}`, "/approvals", `/approvals/${ID}`, "/inbox/mine"]);
    expect(route.value).toEqual({ screen: "inbox", view: "mine", conversation: null, approval: null });
  });
});
