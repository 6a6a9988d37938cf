// Fetches what the store does not hold: pages of lists, conversations, pages of messages.

import { type Api, hasStatus, Refused } from "./api";
import type { Store, ViewList } from "./store";
import { withOlderPage } from "./thread";

/** Conversations fetched at once when events name unknown ones; the others wait their turn. */
const MISSING_AT_ONCE = 4;

export class Loader {
  readonly #api: Api;
  readonly #store: Store;
  readonly #missing = new Set<string>();
  readonly #older = new Set<string>();
  #fetching = 0;

  constructor(api: Api, store: Store) {
    this.#api = api;
    this.#store = store;
    store.onMissing = (id) => this.#fetchMissing(id);
  }

  /** The next page of a list; the answer is the feed position it is exact at, or null. */
  async page(list: ViewList): Promise<number | null> {
    if (list.state.peek() === "loading" || list.listing.complete) return null;
    list.state.value = "loading";
    try {
      const page = await this.#api.conversations(list.view.query, this.#store.sort.peek(), list.cursor);
      for (const conversation of page.data) this.#store.file(conversation, page.seq);
      this.#store.reached(list, page.data.at(-1), page.next_cursor);
      return page.seq;
    } catch {
      list.state.value = "failed";
      return null;
    }
  }

  /** Brings a conversation and its newest messages in; does nothing when they are here or on their way. */
  async open(id: string): Promise<void> {
    if (!this.#store.held(id)) void this.conversation(id);
    const state = this.#store.threadState(id).peek().state;
    if (state === "ready" || state === "loading") return;
    this.#store.expectThread(id);
    try {
      this.#store.threadArrived(id, await this.#api.messages(id));
    } catch (error) {
      this.#store.threadFailed(id, error instanceof Refused ? error.problem : null);
    }
  }

  /** Puts the page before the oldest message held; one at a time, and quietly nothing when it cannot be had now. */
  async older(id: string): Promise<void> {
    const cursor = this.#store.thread(id)?.cursor;
    if (cursor === null || cursor === undefined || this.#older.has(id)) return;
    this.#older.add(id);
    const page = await this.#api.messages(id, cursor).catch(() => null);
    this.#older.delete(id);
    if (page) this.#store.changeThread(id, (thread) => (thread.cursor === cursor ? withOlderPage(thread, page) : thread));
  }

  /** At least as new as every event applied before the question was asked. */
  async conversation(id: string): Promise<void> {
    const { seq } = this.#store;
    try {
      this.#store.file(await this.#api.conversation(id), seq, true);
    } catch (error) {
      if (hasStatus(error, 403, 404)) this.#store.forget(id);
    }
  }

  #fetchMissing(id: string): void {
    this.#missing.add(id);
    queueMicrotask(() => this.#fetchNext());
  }

  #fetchNext(): void {
    for (const id of this.#missing) {
      if (this.#fetching >= MISSING_AT_ONCE) return;
      this.#missing.delete(id);
      this.#fetching++;
      void this.conversation(id).finally(() => {
        this.#fetching--;
        this.#fetchNext();
      });
    }
  }
}
