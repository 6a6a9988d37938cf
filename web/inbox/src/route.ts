// Where the person is: /inbox/<view>/<conversation>. The address is the only copy of it, so back and links work.

import { signal } from "@preact/signals";

export interface Route {
  readonly view: string;
  readonly conversation: string | null;
}

const ID = /^[0-9a-f-]{36}$/i;

export function parseRoute(path: string): Route {
  const [, , view, conversation] = path.split("/");
  return { view: view || "mine", conversation: conversation && ID.test(conversation) ? conversation : null };
}

export function pathOf(route: Route): string {
  return `/inbox/${route.view}${route.conversation ? `/${route.conversation}` : ""}`;
}

export const route = signal<Route>(parseRoute(location.pathname));

/** Goes there. `replace` where a step back should not lead to where one was. */
export function go(change: Partial<Route>, { replace = false } = {}): void {
  const next = { ...route.peek(), ...change };
  const path = pathOf(next);
  if (path !== location.pathname) history[replace ? "replaceState" : "pushState"](null, "", path);
  route.value = next;
}

export function watchRoute(): void {
  addEventListener("popstate", () => (route.value = parseRoute(location.pathname)));
}
