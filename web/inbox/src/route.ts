// Where the person is: /inbox/<view>/<conversation> or /approvals/<request>. The address is the only copy of it, so back
// and links work.

import { signal } from "@preact/signals";

export interface Route {
  readonly screen: "inbox" | "approvals";
  readonly view: string;
  readonly conversation: string | null;
  readonly approval: string | null;
}

const ID = /^[0-9a-f-]{36}$/i;
const INBOX: Route = { screen: "inbox", view: "mine", conversation: null, approval: null };

export function parseRoute(path: string): Route {
  const [, screen, first, second] = path.split("/");
  if (screen === "approvals") return { ...INBOX, screen, approval: idOf(first) };
  return { ...INBOX, view: first || INBOX.view, conversation: idOf(second) };
}

function idOf(part: string | undefined): string | null {
  return part && ID.test(part) ? part : null;
}

export function pathOf(route: Route): string {
  const [base, id] = route.screen === "approvals" ? ["/approvals", route.approval] : [`/inbox/${route.view}`, route.conversation];
  return id ? `${base}/${id}` : base;
}

export const route = signal<Route>(parseRoute(location.pathname));

/** Goes there: in the inbox, or to the request named. `replace` where a step back should not lead to where one was. */
export function go(change: Partial<Route>, { replace = false } = {}): void {
  const next =
    change.approval === undefined && change.screen !== "approvals"
      ? { ...route.peek(), ...change, screen: "inbox" as const, approval: null }
      : { ...route.peek(), approval: null, ...change, screen: "approvals" as const, conversation: null };
  const path = pathOf(next);
  if (path !== location.pathname) history[replace ? "replaceState" : "pushState"](null, "", path);
  route.value = next;
}

export function watchRoute(): void {
  addEventListener("popstate", () => (route.value = parseRoute(location.pathname)));
}

/** Follows a link within the page, unless the person wants it elsewhere: in another tab or window. */
export function follow(event: MouseEvent, change: Partial<Route>): void {
  if (event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  go(change);
}
