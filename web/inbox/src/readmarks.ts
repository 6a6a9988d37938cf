// Tells the hub how far the person has read: the furthest point per conversation, shortly after it moves.

const SETTLE = 300;

export class ReadMarks {
  readonly #due = new Map<string, number>();
  readonly #send: (id: string, seq: number) => Promise<void>;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(send: (id: string, seq: number) => Promise<void>) {
    this.#send = send;
  }

  mark(id: string, seq: number): void {
    this.#due.set(id, Math.max(seq, this.#due.get(id) ?? 0));
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.flush(), SETTLE);
  }

  /** Sends what is due; what the hub does not get now is due again at the next mark or reconnect. */
  flush(): void {
    for (const [id, seq] of this.#due) {
      this.#due.delete(id);
      this.#send(id, seq).catch(() => {
        this.#due.set(id, Math.max(seq, this.#due.get(id) ?? 0));
      });
    }
  }
}
