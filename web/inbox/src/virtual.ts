// The arithmetic of lists that draw only what is on screen. Pixels throughout.

export interface Range {
  /** First index drawn. */
  readonly start: number;
  /** One past the last index drawn. */
  readonly end: number;
}

export function fixedRange(top: number, viewport: number, row: number, count: number, overscan: number): Range {
  const start = Math.max(0, Math.floor(top / row) - overscan);
  const end = Math.min(count, Math.ceil((top + viewport) / row) + overscan);
  return { start: Math.min(start, count), end: Math.max(end, 0) };
}

/** The scroll position that brings a fixed row into view with the least movement. */
export function scrollToRow(index: number, top: number, viewport: number, row: number): number {
  const start = index * row;
  if (start < top) return start;
  return start + row > top + viewport ? start + row - viewport : top;
}

/** A row on screen and how far its top edge is above the viewport's: what must not move when heights change. */
export interface Anchor {
  readonly key: string;
  readonly offset: number;
}

/** A column of rows of unknown height: estimated until drawn, then measured and remembered by key. */
export class Column {
  readonly #measured = new Map<string, number>();
  #keys: readonly string[] = [];
  #index = new Map<string, number>();
  #offsets: number[] = [0];
  #estimates: readonly number[] = [];

  get total(): number {
    return this.#offsets[this.#keys.length] ?? 0;
  }

  setRows(keys: readonly string[], estimates: readonly number[]): void {
    this.#keys = keys;
    this.#estimates = estimates;
    this.#index = new Map(keys.map((key, index) => [key, index]));
    this.#sum();
  }

  /** Remembers drawn heights; says whether any differs from what was assumed. */
  measure(heights: Iterable<readonly [key: string, height: number]>): boolean {
    let changed = false;
    for (const [key, height] of heights) {
      const index = this.#index.get(key);
      if (index === undefined || this.#height(index) === height) continue;
      this.#measured.set(key, height);
      changed = true;
    }
    if (changed) this.#sum();
    return changed;
  }

  offsetOf(index: number): number {
    return this.#offsets[index] ?? this.total;
  }

  indexOf(key: string): number {
    return this.#index.get(key) ?? -1;
  }

  /** The row that covers `y`. */
  at(y: number): number {
    let low = 0;
    let high = this.#keys.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >>> 1;
      if (this.#offsets[middle]! <= y) low = middle;
      else high = middle - 1;
    }
    return Math.max(low, 0);
  }

  range(top: number, viewport: number, overscan: number): Range {
    if (this.#keys.length === 0) return { start: 0, end: 0 };
    const start = this.at(Math.max(0, top - overscan));
    const end = this.at(top + viewport + overscan) + 1;
    return { start, end };
  }

  /** The first row at or below `top` that is steady: one that is not drawn elsewhere when rows come before it. */
  anchor(top: number, isSteady: (index: number) => boolean = () => true): Anchor | null {
    for (let index = this.at(top); index < this.#keys.length; index++) {
      if (isSteady(index)) return { key: this.#keys[index]!, offset: top - this.offsetOf(index) };
    }
    return null;
  }

  /** Where to scroll so that the anchor is where it was; null when its row is gone. */
  restore(anchor: Anchor): number | null {
    const index = this.indexOf(anchor.key);
    return index < 0 ? null : this.offsetOf(index) + anchor.offset;
  }

  #height(index: number): number {
    return this.#measured.get(this.#keys[index]!) ?? this.#estimates[index] ?? 0;
  }

  #sum(): void {
    const offsets = new Array<number>(this.#keys.length + 1);
    offsets[0] = 0;
    for (let index = 0; index < this.#keys.length; index++) offsets[index + 1] = offsets[index]! + this.#height(index);
    this.#offsets = offsets;
  }
}
