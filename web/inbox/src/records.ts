// A customer's tickets and transactions, as the company's back ends have them: each with the moment it was read there.

import { type Signal, signal } from "@preact/signals";
import { type Api, Refused } from "./api";
import { hubNow } from "./clock";
import type { Circuit, Records as Answer, Ticket, Transaction } from "./protocol";

export type Kind = "tickets" | "transactions";
export type Row = Ticket | Transaction;

/** Why they could not be read, and when that is tried again by itself (a moment of the hub's clock). */
export interface Trouble {
  readonly kind: "down" | "busy" | "slow" | "error";
  readonly againAt: number;
  readonly reference: string | undefined;
}

/** `absent`: the hub has no such back end. `rows` are what was read last, however long ago. */
export type RecordsState =
  | { readonly state: "loading" }
  | { readonly state: "absent" }
  | { readonly state: "ready"; readonly rows: readonly Row[]; readonly asOf: string; readonly stale: boolean; readonly trouble: Trouble | null }
  | { readonly state: "failed"; readonly trouble: Trouble };

/** While somebody looks, what was asked for so long ago is asked for again. The hub answers from its copy for a while. */
const REFRESH_EVERY = 60_000;
/** Coming back to a customer within this time shows what was read. */
const FRESH = 15_000;
const LOOK_EVERY = 2_000;
/** How often it is looked whether a back end that is down is back: a copy tells nothing of when. */
const STALE_EVERY = 10_000;
/** After a failure that does not say when to come back. */
const AGAIN_AFTER = 30_000;
/** Customers whose records are kept; the one looked at longest ago goes first. */
const KEPT = 20;

const SYSTEMS: Readonly<Record<Kind, string>> = { tickets: "ticketing", transactions: "transaction_status" };
const TROUBLES: Readonly<Record<string, Trouble["kind"]>> = {
  integration_circuit_open: "down",
  integration_overloaded: "busy",
  rate_limited: "busy",
  integration_timeout: "slow",
};

interface Sheet {
  readonly kind: Kind;
  readonly customerId: string;
  readonly state: Signal<RecordsState>;
  askedAt: number;
  asking: boolean;
  /** Something has changed while it was asked for: the answer may be from before. */
  again: boolean;
  watchers: number;
}

export class RecordBook {
  readonly #api: Api;
  readonly #sheets = new Map<string, Sheet>();
  readonly #attentive: () => boolean;

  /** `attentive` says whether the person looks: nothing is asked for again by itself meanwhile. */
  constructor(api: Api, attentive: () => boolean) {
    this.#api = api;
    this.#attentive = attentive;
  }

  of(kind: Kind, customerId: string): Signal<RecordsState> {
    return this.#sheet(kind, customerId).state;
  }

  /** Reads now, and again and again until the returned function is called. */
  watch(kind: Kind, customerId: string): () => void {
    const sheet = this.#sheet(kind, customerId);
    sheet.watchers++;
    if (sheet.state.peek().state !== "absent" && hubNow() - sheet.askedAt > FRESH) void this.#ask(sheet);
    const timer = setInterval(() => {
      if (this.#attentive() && isDue(sheet.state.peek(), sheet.askedAt, hubNow())) void this.#ask(sheet);
    }, LOOK_EVERY);
    return () => {
      sheet.watchers--;
      clearInterval(timer);
    };
  }

  refresh(kind: Kind, customerId: string): Promise<void> {
    return this.#ask(this.#sheet(kind, customerId));
  }

  /** A circuit has opened or closed: what is on screen is read again, so that it says so, or is itself again. */
  changed({ integration }: Circuit): void {
    for (const sheet of this.#sheets.values()) {
      if (SYSTEMS[sheet.kind] !== integration) continue;
      sheet.again = sheet.asking;
      if (sheet.watchers > 0) void this.#ask(sheet);
      else sheet.askedAt = 0;
    }
  }

  #sheet(kind: Kind, customerId: string): Sheet {
    const key = `${kind} ${customerId}`;
    const sheet = this.#sheets.get(key) ?? { kind, customerId, state: signal({ state: "loading" }), askedAt: 0, asking: false, again: false, watchers: 0 };
    this.#sheets.delete(key);
    this.#sheets.set(key, sheet);
    if (this.#sheets.size > KEPT * 2) this.#letGo();
    return sheet;
  }

  #letGo(): void {
    const oldest = [...this.#sheets].find(([, { watchers }]) => watchers === 0);
    if (oldest) this.#sheets.delete(oldest[0]);
  }

  async #ask(sheet: Sheet): Promise<void> {
    if (sheet.asking) return;
    sheet.asking = true;
    sheet.askedAt = hubNow();
    try {
      sheet.state.value = answered(await this.#api[sheet.kind](sheet.customerId));
    } catch (error) {
      sheet.state.value = refused(sheet.state.peek(), error, hubNow());
    }
    sheet.asking = false;
    if (!sheet.again) return;
    sheet.again = false;
    await this.#ask(sheet);
  }
}

/** Whether it is time to ask again: when a failure said so, else when the last answer is old. */
export function isDue(state: RecordsState, askedAt: number, now: number): boolean {
  if (state.state === "absent") return false;
  const trouble = "trouble" in state ? state.trouble : null;
  if (trouble) return now >= trouble.againAt;
  const every = state.state === "ready" && state.stale ? STALE_EVERY : REFRESH_EVERY;
  return now >= askedAt + every;
}

export function answered({ data, as_of: asOf, stale }: Answer<Row>): RecordsState {
  return { state: "ready", rows: data, asOf, stale, trouble: null };
}

/** What was read before stays on screen, with what is wrong now. */
export function refused(before: RecordsState, error: unknown, now: number): RecordsState {
  if (error instanceof Refused && error.problem.status === 404) return { state: "absent" };
  const trouble = troubleOf(error, now);
  return before.state === "ready" ? { ...before, trouble } : { state: "failed", trouble };
}

function troubleOf(error: unknown, now: number): Trouble {
  if (!(error instanceof Refused)) return { kind: "error", againAt: now + AGAIN_AFTER, reference: undefined };
  const { problem, retryAfter } = error;
  const wait = retryAfter === null ? AGAIN_AFTER : Math.max(retryAfter * 1000, LOOK_EVERY);
  return { kind: TROUBLES[problem.code] ?? "error", againAt: now + wait, reference: problem.request_id };
}
