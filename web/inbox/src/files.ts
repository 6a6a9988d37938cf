// Attachments behind the token: fetched once, shown by a blob address, let go when nothing shows them any more.

import { type Signal, signal } from "@preact/signals";

export type FileState = { readonly state: "loading" | "failed" } | { readonly state: "ready"; readonly url: string };

interface Entry {
  readonly file: Signal<FileState>;
  users: number;
}

/** Files kept for scrolling back after the last user has gone; beyond it the longest unused is dropped. */
const IDLE_KEPT = 30;

export class Files {
  readonly #entries = new Map<string, Entry>();
  readonly #fetch: (address: string) => Promise<Blob>;

  constructor(fetch: (address: string) => Promise<Blob>) {
    this.#fetch = fetch;
  }

  /** Starts or joins the fetch; every `use` is paired with a `release`. */
  use(address: string): Signal<FileState> {
    let entry = this.#entries.get(address);
    if (!entry) {
      entry = { file: signal<FileState>({ state: "loading" }), users: 0 };
      this.#entries.set(address, entry);
      void this.#load(address, entry);
    }
    entry.users++;
    return entry.file;
  }

  release(address: string): void {
    const entry = this.#entries.get(address);
    if (!entry || --entry.users > 0) return;
    this.#entries.delete(address);
    this.#entries.set(address, entry);
    this.#trim();
  }

  again(address: string): void {
    const entry = this.#entries.get(address);
    if (entry?.file.peek().state === "failed") void this.#load(address, entry);
  }

  clear(): void {
    for (const [address, entry] of this.#entries) this.#drop(address, entry);
  }

  async #load(address: string, entry: Entry): Promise<void> {
    entry.file.value = { state: "loading" };
    try {
      const url = URL.createObjectURL(await this.#fetch(address));
      if (this.#entries.get(address) === entry) entry.file.value = { state: "ready", url };
      else URL.revokeObjectURL(url);
    } catch {
      entry.file.value = { state: "failed" };
    }
  }

  #trim(): void {
    const idle = [...this.#entries].filter(([, { users }]) => users === 0);
    for (const [address, entry] of idle.slice(0, Math.max(0, idle.length - IDLE_KEPT))) this.#drop(address, entry);
  }

  #drop(address: string, entry: Entry): void {
    this.#entries.delete(address);
    const state = entry.file.peek();
    if (state.state === "ready") URL.revokeObjectURL(state.url);
  }
}
