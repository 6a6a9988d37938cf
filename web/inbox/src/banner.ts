// What to say about the connection: nothing for a blink, then that we are reconnecting, then what was caught up.

import { signal } from "@preact/signals";
import type { Phase } from "./connection";

export type Banner =
  | { readonly kind: "none" }
  | { readonly kind: "reconnecting" }
  | { readonly kind: "offline" }
  | { readonly kind: "back"; readonly count: number }
  | { readonly kind: "reloaded" };

const QUIET = 1_500;
const OFFLINE_AFTER = 10_000;
const BACK_SHOWN = 3_000;

export class ConnectionBanner {
  readonly shown = signal<Banner>({ kind: "none" });
  #timers: ReturnType<typeof setTimeout>[] = [];
  #down = false;

  phase(phase: Phase): void {
    if (phase === "live") return this.#up();
    if (this.#down || phase === "stopped") return;
    this.#down = true;
    this.#clear();
    this.#later(QUIET, { kind: "reconnecting" });
    this.#later(OFFLINE_AFTER, { kind: "offline" });
  }

  /** The feed was resumed with so many events; said only to who saw that it was away. */
  resumed(count: number): void {
    if (this.#wasSeen()) this.#brief({ kind: "back", count });
  }

  reloaded(): void {
    this.#brief({ kind: "reloaded" });
  }

  #up(): void {
    this.#down = false;
    this.#clear();
    if (this.#wasSeen()) this.#brief({ kind: "back", count: 0 });
  }

  #wasSeen(): boolean {
    return this.shown.peek().kind !== "none";
  }

  #brief(banner: Banner): void {
    this.#clear();
    this.shown.value = banner;
    this.#later(BACK_SHOWN, { kind: "none" });
  }

  #later(milliseconds: number, banner: Banner): void {
    this.#timers.push(setTimeout(() => (this.shown.value = banner), milliseconds));
  }

  #clear(): void {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers = [];
  }
}
