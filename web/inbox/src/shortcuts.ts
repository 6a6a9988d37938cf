// Single keys, which act only when the focus is not in a text field, and Escape, which always does.

import { isWaiting, supervises } from "./approvals";
import type { Verdict } from "./approver";
import { hubNow } from "./clock";
import type { Desk } from "./desk";
import { go, route } from "./route";
import { cursor, deciding, DETAILS_BESIDE, drawerOpen, focusComposer, focusThread, lightbox, sheetOpen, WIDE } from "./ui";

const SEQUENCE_WITHIN = 1_000;
const GO: Readonly<Record<string, string>> = { m: "mine", u: "unassigned", o: "open", f: "failed" };

type Action = (desk: Desk) => void;

const KEYS: Readonly<Record<string, Action>> = {
  j: (desk) => step(desk, 1),
  k: (desk) => step(desk, -1),
  o: openCursor,
  Enter: openCursor,
  r: () => focusComposer.value++,
  e: (desk) => withOpen((id) => void desk.actions.resolveOrReopen(id)),
  i: (desk) => withOpen((id) => (DETAILS_BESIDE.matches ? void desk.actions.takeOver(id) : toggleDrawer())),
  "?": () => (sheetOpen.value = true),
};

/** What other keys there are, or the same ones do, where requests for approval are decided. */
const APPROVAL_KEYS: Readonly<Record<string, Action>> = {
  "?": KEYS["?"]!,
  j: (desk) => stepRequest(desk, 1),
  k: (desk) => stepRequest(desk, -1),
  a: (desk) => decide(desk, "approve"),
  x: (desk) => decide(desk, "reject"),
};

/** Listens until the returned function is called. */
export function watchShortcuts(desk: Desk): () => void {
  let pressedG = 0;
  const listen = (event: KeyboardEvent): void => {
    if (event.key === "Escape") return escape(event);
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || isBusy(event)) return;
    const place = performance.now() - pressedG < SEQUENCE_WITHIN ? goTo(desk, event.key) : undefined;
    pressedG = event.key === "g" ? performance.now() : 0;
    const action = place ?? actionHere(event.key);
    if (!action) return;
    event.preventDefault();
    action(desk);
  };
  document.addEventListener("keydown", listen);
  return () => document.removeEventListener("keydown", listen);
}

function actionHere(key: string): Action | undefined {
  return route.peek().screen === "approvals" ? APPROVAL_KEYS[key] : (KEYS[key] ?? numbered(key));
}

function goTo(desk: Desk, key: string): Action | undefined {
  if (key === "a" && supervises(desk.user)) return () => go({ screen: "approvals" });
  const view = GO[key];
  return view ? () => go({ view }) : undefined;
}

function stepRequest({ store }: Desk, by: number): void {
  const { waiting, decided } = store.approvals;
  const all = [...waiting.peek(), ...decided.peek()];
  const index = all.findIndex(({ id }) => id === route.peek().approval);
  const next = all[index < 0 ? 0 : Math.min(all.length - 1, Math.max(0, index + by))];
  if (next) go({ approval: next.id }, { replace: true });
}

function decide({ store }: Desk, verdict: Verdict): void {
  const { approval: id } = route.peek();
  const approval = id ? store.approvals.find(id) : undefined;
  if (approval && isWaiting(approval, hubNow())) deciding.value = { id: approval.id, verdict };
}

/** Moves the list's cursor; with room for both panes the conversation opens with it. */
export function step(desk: Desk, by: number): void {
  const listing = desk.store.lists.peek().get(route.peek().view)?.listing;
  if (!listing?.size) return;
  const current = cursor.peek() ?? route.peek().conversation;
  const index = current ? listing.indexOf(current) : -1;
  const next = index < 0 ? 0 : Math.min(listing.size - 1, Math.max(0, index + by));
  const [id] = listing.ids(next, next + 1);
  if (!id) return;
  cursor.value = id;
  if (WIDE.matches) go({ conversation: id }, { replace: true });
}

function openCursor(): void {
  const id = cursor.peek() ?? route.peek().conversation;
  if (!id) return;
  go({ conversation: id });
  focusThread.value++;
}

function numbered(key: string): Action | undefined {
  if (!/^[1-9]$/.test(key)) return undefined;
  return (desk) => {
    const slug = [...desk.store.lists.peek().keys()][Number(key) - 1];
    if (slug) go({ view: slug });
  };
}

function withOpen(action: (id: string) => void): void {
  const { conversation } = route.peek();
  if (conversation) action(conversation);
}

function toggleDrawer(): void {
  drawerOpen.value = !drawerOpen.peek();
}

/** Closes what lies on top, else leaves the field, else (one pane) goes back to the list. */
function escape(event: KeyboardEvent): void {
  if (lightbox.peek() || sheetOpen.peek() || event.isComposing) return;
  if (drawerOpen.peek()) drawerOpen.value = false;
  else if (deciding.peek()) deciding.value = null;
  else if (isTextField(document.activeElement)) (document.activeElement as HTMLElement).blur();
  else if (!WIDE.matches && route.peek().conversation) go({ conversation: null });
  else if (!WIDE.matches && route.peek().approval) go({ screen: "approvals" });
}

function isBusy({ key, target }: KeyboardEvent): boolean {
  if (lightbox.peek() || sheetOpen.peek() || isTextField(target)) return true;
  return key === "Enter" && target instanceof HTMLElement && target.closest("button, a, summary") !== null;
}

function isTextField(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  return target.isContentEditable || target.matches("input:not([type=range]), textarea, select");
}
