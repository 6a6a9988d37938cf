// The ids of one view in order, kept sorted as conversations change.

import type { Conversation } from "./protocol";
import type { Order } from "./view";

/**
 * A sorted run of conversations. Until the hub has said that its list is complete, only what sorts at or before the
 * last row it returned is shown: behind it there may be rows this page has not seen.
 */
export class Listing {
  readonly #rows: Conversation[] = [];
  #frontier: Conversation | null = null;
  #complete = false;
  readonly #order: Order;

  constructor(order: Order) {
    this.#order = order;
  }

  get complete(): boolean {
    return this.#complete;
  }

  get size(): number {
    return this.#shown();
  }

  /** The ids at `start … end - 1` of what is shown. */
  ids(start = 0, end = Infinity): string[] {
    return this.#rows.slice(start, Math.min(end, this.#shown())).map((row) => row.id);
  }

  /** Where a conversation is shown, or -1. */
  indexOf(id: string): number {
    const index = this.#rows.findIndex((row) => row.id === id);
    return index < this.#shown() ? index : -1;
  }

  /** Replaces `before` by `after` (either may be absent); says whether the order of ids changed. */
  change(before: Conversation | undefined, after: Conversation | undefined): boolean {
    const from = before ? this.#find(before) : -1;
    if (from >= 0) this.#rows.splice(from, 1);
    if (!after) return from >= 0;
    const to = this.#place(after);
    this.#rows.splice(to, 0, after);
    return from !== to;
  }

  /** A page of the hub's list has been filed; `last` is its last row, `complete` that no page follows. */
  reached(last: Conversation | undefined, complete: boolean): void {
    if (last && (!this.#frontier || this.#order(last, this.#frontier) > 0)) this.#frontier = last;
    this.#complete ||= complete;
  }

  #shown(): number {
    if (this.#complete) return this.#rows.length;
    return this.#frontier ? this.#place(this.#frontier, true) : 0;
  }

  #find(row: Conversation): number {
    const index = this.#place(row);
    return this.#rows[index]?.id === row.id ? index : this.#rows.findIndex(({ id }) => id === row.id);
  }

  /** The index of the first row that sorts at or after `row`, or (`behind`) strictly after it. */
  #place(row: Conversation, behind = false): number {
    let low = 0;
    let high = this.#rows.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const order = this.#order(this.#rows[middle]!, row);
      if (order < 0 || (behind && order === 0)) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
