// Texts begun and not sent, per conversation. Written to disk shortly after the last key, so a reload keeps them.

import { type Signal, signal } from "@preact/signals";
import type { Quote } from "./protocol";
import type { Shelf } from "./shelf";

export interface DraftText {
  readonly conversationId: string;
  readonly text: string;
  readonly quote: Quote | null;
}

const SETTLE = 300;

export class Drafts {
  readonly #shelf: Shelf<DraftText>;
  readonly #drafts = new Map<string, Signal<DraftText>>();
  readonly #files = new Map<string, Signal<readonly File[]>>();
  readonly #due = new Map<string, ReturnType<typeof setTimeout>>();

  constructor(shelf: Shelf<DraftText>) {
    this.#shelf = shelf;
  }

  async open(): Promise<void> {
    for (const draft of await this.#shelf.all()) {
      const held = this.of(draft.conversationId);
      if (!held.peek().text) held.value = draft;
    }
  }

  of(conversationId: string): Signal<DraftText> {
    let draft = this.#drafts.get(conversationId);
    if (!draft) this.#drafts.set(conversationId, (draft = signal({ conversationId, text: "", quote: null })));
    return draft;
  }

  /** Files chosen and not sent; they live as long as the page. */
  files(conversationId: string): Signal<readonly File[]> {
    let files = this.#files.get(conversationId);
    if (!files) this.#files.set(conversationId, (files = signal([])));
    return files;
  }

  change(conversationId: string, change: Partial<Pick<DraftText, "text" | "quote">>): void {
    const draft = this.of(conversationId);
    draft.value = { ...draft.peek(), ...change };
    clearTimeout(this.#due.get(conversationId));
    this.#due.set(conversationId, setTimeout(() => this.#keep(conversationId), SETTLE));
  }

  clear(conversationId: string): void {
    this.change(conversationId, { text: "", quote: null });
    this.#keep(conversationId);
  }

  /** Writes what is still due; called when the page is hidden, which may be its last moment. */
  flush(): void {
    for (const id of [...this.#due.keys()]) this.#keep(id);
  }

  #keep(conversationId: string): void {
    clearTimeout(this.#due.get(conversationId));
    this.#due.delete(conversationId);
    const draft = this.of(conversationId).peek();
    const kept = draft.text || draft.quote ? this.#shelf.put(conversationId, draft) : this.#shelf.remove(conversationId);
    // A full disk costs the copy, not the text on screen.
    kept.catch(() => undefined);
  }
}
