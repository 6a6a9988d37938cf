// Requests for approval as the page knows them. One is decided once and stays so, so what is decided beats what waits,
// whichever came first: the list, an event or the answer to a decision.

import { computed, type ReadonlySignal, signal } from "@preact/signals";
import { second } from "./clock";
import { minorUnits } from "./money";
import type { Approval, Problem, User } from "./protocol";

export type ApprovalsState = "idle" | "loading" | "ready" | "failed";

/** Decided ones that are still shown, the newest; older ones are forgotten. */
const DECIDED_KEPT = 20;

/** A request is news for so long. */
const NEWS = 60_000;

export function supervises({ role }: User): boolean {
  return role !== "agent";
}

export function isWaiting({ state, expires_at: expires }: Approval, now: number): boolean {
  return state === "pending" && Date.parse(expires) > now;
}

/** As the hub sorts what waits: the largest amount first. */
export function byAmount(a: Approval, b: Approval): number {
  const [first, other] = [minorUnits(a), minorUnits(b)];
  if (first !== other) return first > other ? -1 : 1;
  return a.id > b.id ? -1 : 1;
}

function byDecision(a: Approval, b: Approval): number {
  return Date.parse(endOf(b)) - Date.parse(endOf(a));
}

/** When it stopped waiting; one that lapsed unseen did so at its end. */
export function endOf({ decided_at: decided, expires_at: expires }: Approval): string {
  return decided ?? expires;
}

/** Which of two states of one request is the later. */
export function later(held: Approval | undefined, other: Approval): Approval {
  return held && held.state !== "pending" && other.state === "pending" ? held : other;
}

export class Approvals {
  readonly state = signal<ApprovalsState>("idle");
  readonly problem = signal<Problem | null>(null);
  readonly waiting: ReadonlySignal<readonly Approval[]>;
  readonly decided: ReadonlySignal<readonly Approval[]>;
  /** One that began to wait just now, to tell of it. */
  readonly arrival = signal<Approval | null>(null);
  readonly #all = signal<ReadonlyMap<string, Approval>>(new Map());
  /** Those that events told of while the list was on its way, and which it need not hold. */
  #since = new Set<string>();

  constructor() {
    this.waiting = this.#chosen((approval, now) => isWaiting(approval, now), byAmount);
    this.decided = this.#chosen((approval, now) => !isWaiting(approval, now), byDecision, DECIDED_KEPT);
  }

  /** Subscribes the reader. */
  find(id: string): Approval | undefined {
    return this.#all.value.get(id);
  }

  /** What waits in a conversation; at most a few. Subscribes the reader. */
  waitingIn(conversationId: string): readonly Approval[] {
    return this.waiting.value.filter((approval) => approval.conversation_id === conversationId);
  }

  /** From an event. One that has just begun to wait is told of; one of a replay is old news. */
  hear(approval: Approval): void {
    const now = second.peek();
    const fresh = now - Date.parse(approval.requested_at) < NEWS;
    const isNew = !this.#all.peek().has(approval.id);
    this.take(approval);
    if (isNew && fresh && isWaiting(approval, now)) this.arrival.value = approval;
  }

  /** The answer to a question or a decision. */
  take(approval: Approval): void {
    const held = this.#all.peek().get(approval.id);
    this.#since.add(approval.id);
    this.#all.value = new Map(this.#all.peek()).set(approval.id, later(held, approval));
  }

  /** Begins to load. */
  expect(): void {
    this.#since = new Set();
    this.state.value = "loading";
  }

  /** All that wait. What is held as waiting, and neither waits there nor was told of since, waits no more. */
  loaded(waiting: readonly Approval[]): void {
    const kept = [...this.#all.peek().values()].filter(({ id, state }) => state !== "pending" || this.#since.has(id));
    const all = new Map(kept.map((approval) => [approval.id, approval]));
    for (const approval of waiting) all.set(approval.id, later(all.get(approval.id), approval));
    this.#all.value = all;
    this.state.value = "ready";
  }

  failed(problem: Problem | null): void {
    this.problem.value = problem;
    this.state.value = "failed";
  }

  forget(id: string): void {
    const all = new Map(this.#all.peek());
    if (all.delete(id)) this.#all.value = all;
  }

  /** Time alone ends a request, so the clock is looked at; whoever shows them is told only when one comes or goes. */
  #chosen(fits: (approval: Approval, now: number) => boolean, order: typeof byAmount, most = Infinity): ReadonlySignal<readonly Approval[]> {
    let last: readonly Approval[] = [];
    return computed(() => {
      const now = second.value;
      const found = [...this.#all.value.values()].filter((approval) => fits(approval, now)).sort(order).slice(0, most);
      if (found.length !== last.length || found.some((approval, index) => approval !== last[index])) last = found;
      return last;
    });
  }
}
