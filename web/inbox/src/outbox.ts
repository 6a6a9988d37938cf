// Messages on their way to the hub. Kept on disk until the hub has them, sent in order per conversation.

import { type Signal, signal } from "@preact/signals";
import { hasStatus, inTurn, isSignedOut, Refused } from "./api";
import { fullJitter } from "./backoff";
import type { Message, NewMessage, Quote, Reason, Template, Upload } from "./protocol";
import type { Shelf } from "./shelf";
import { strings } from "./strings";
import { uuid7 } from "./uuid7";

export interface Letter {
  /** Names the bubble on screen; stays when a refused letter is sent again under a new `client_id`. */
  readonly key: string;
  readonly clientId: string;
  readonly conversationId: string;
  readonly writtenAt: string;
  readonly text?: string;
  readonly file?: { blob: Blob; name: string };
  /** The uploaded file, so that a repeat does not upload again. */
  readonly mediaId?: string;
  readonly template?: { template: Template; parameters: string[] };
  readonly quote?: Quote;
  readonly state: "queued" | "failed";
  readonly error?: Reason;
}

export type Draft = Pick<Letter, "text" | "file" | "template" | "quote">;

/** What the outbox needs of the hub. */
export interface Post {
  upload(file: Blob, name: string): Promise<Upload>;
  post(conversationId: string, message: NewMessage): Promise<Message>;
}

/** Letters that may wait at once; the composer refuses more and says so. */
export const CAPACITY = 200;
const RETRY_BASE = 1_000;
const RETRY_CAP = 30_000;

export class Outbox {
  /** Everything unsent, oldest first. */
  readonly letters: Signal<readonly Letter[]> = signal([]);
  readonly #shelf: Shelf<Letter>;
  readonly #post: Post;
  readonly #onSent: (message: Message) => void;
  readonly #onRefused: (letter: Letter, refusal: Refused) => void;
  readonly #busy = new Set<string>();
  readonly #wakers = new Map<string, () => void>();
  #stopped = false;

  constructor(
    shelf: Shelf<Letter>,
    post: Post,
    onSent: (message: Message) => void,
    onRefused: (letter: Letter, refusal: Refused) => void,
  ) {
    this.#shelf = shelf;
    this.#post = post;
    this.#onSent = onSent;
    this.#onRefused = onRefused;
  }

  /** Takes up what an earlier page left behind. */
  async open(): Promise<void> {
    const kept = await this.#shelf.all();
    const known = new Set(this.letters.peek().map(({ key }) => key));
    const letters = [...kept.filter(({ key }) => !known.has(key)), ...this.letters.peek()];
    this.letters.value = letters.sort((a, b) => (a.key < b.key ? -1 : 1));
    for (const id of new Set(this.letters.peek().map(({ conversationId }) => conversationId))) void this.#pump(id);
  }

  stop(): void {
    this.#stopped = true;
    this.wake();
  }

  get full(): boolean {
    return this.letters.peek().length >= CAPACITY;
  }

  /** Adds a letter at once; false when the outbox is full. */
  add(conversationId: string, draft: Draft, now: number): boolean {
    if (this.full) return false;
    const id = uuid7();
    const letter: Letter = {
      ...draft,
      key: id,
      clientId: id,
      conversationId,
      writtenAt: new Date(now).toISOString(),
      state: "queued",
    };
    this.letters.value = [...this.letters.peek(), letter];
    void this.#keep(letter).then(() => this.#pump(conversationId));
    return true;
  }

  /** Sends a refused letter again: the hub did not take it, so it is a new request. */
  again(key: string): void {
    const letter = this.#find(key);
    if (letter?.state !== "failed") return;
    const { error: _, ...rest } = letter;
    const renewed: Letter = { ...rest, clientId: uuid7(), state: "queued" };
    this.#replace(renewed);
    void this.#keep(renewed).then(() => this.#pump(letter.conversationId));
  }

  async discard(key: string): Promise<void> {
    this.letters.value = this.letters.peek().filter((letter) => letter.key !== key);
    await this.#shelf.remove(key).catch(() => undefined);
  }

  /** The message is known to be with the hub, by whichever of answer and event came first. */
  arrived(clientId: string | null | undefined): void {
    const letter = clientId ? this.letters.peek().find((one) => one.clientId === clientId) : undefined;
    if (letter) void this.discard(letter.key);
  }

  /** Ends every wait: the network is back. */
  wake(): void {
    for (const waker of [...this.#wakers.values()]) waker();
  }

  /** One sender per conversation, also across tabs; a letter another tab has sent is gone from the shelf. */
  async #pump(conversationId: string): Promise<void> {
    if (this.#busy.has(conversationId)) return;
    this.#busy.add(conversationId);
    try {
      await inTurn(`hub-outbox-${conversationId}`, async () => {
        for (let letter = this.#next(conversationId); letter; letter = this.#next(conversationId)) {
          if (this.#stopped) return;
          if (await this.#isSentElsewhere(letter)) await this.discard(letter.key);
          else await this.#deliver(letter);
        }
      });
    } finally {
      this.#busy.delete(conversationId);
    }
  }

  async #isSentElsewhere(letter: Letter): Promise<boolean> {
    const kept = await this.#shelf.all().catch(() => null);
    return kept !== null && !kept.some(({ key }) => key === letter.key) && !this.#unkept.has(letter.key);
  }

  /** Tries until the hub has it or says no; the letters behind it wait. */
  async #deliver(letter: Letter): Promise<void> {
    for (let attempt = 0; !this.#stopped && this.#find(letter.key)?.clientId === letter.clientId; attempt++) {
      try {
        const message = await this.#send(letter);
        this.#onSent(message);
        return await this.discard(letter.key);
      } catch (error) {
        if (isFinal(error)) return this.#refused(letter, error);
        if (isSignedOut(error)) return this.stop();
        const asked = error instanceof Refused && error.retryAfter !== null ? error.retryAfter * 1000 : null;
        await this.#wait(letter.conversationId, asked ?? RETRY_BASE / 2 + fullJitter(attempt, RETRY_BASE, RETRY_CAP));
      }
    }
  }

  async #send(letter: Letter): Promise<Message> {
    const current = this.#find(letter.key) ?? letter;
    const mediaId = current.mediaId ?? (current.file && (await this.#upload(current)));
    const { text, template, quote } = current;
    return this.#post.post(current.conversationId, {
      client_id: current.clientId,
      ...(text && { text }),
      ...(mediaId && { media_id: mediaId }),
      ...(template && { template: named(template) }),
      ...(quote && { reply_to: quote.message_id }),
    });
  }

  async #upload(letter: Letter): Promise<string> {
    const { id } = await this.#post.upload(letter.file!.blob, letter.file!.name);
    const uploaded = { ...letter, mediaId: id };
    this.#replace(uploaded);
    await this.#keep(uploaded);
    return id;
  }

  #refused(letter: Letter, refusal: Refused): void {
    const { code, detail, title, retryable = false } = refusal.problem;
    const failed: Letter = {
      ...(this.#find(letter.key) ?? letter),
      state: "failed",
      error: { code, reason: detail || title || strings.problem.unknown, retryable },
    };
    this.#replace(failed);
    void this.#keep(failed);
    this.#onRefused(failed, refusal);
  }

  #wait(conversationId: string, milliseconds: number): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        this.#wakers.delete(conversationId);
        resolve();
      };
      const timer = setTimeout(done, milliseconds);
      this.#wakers.set(conversationId, done);
    });
  }

  /** Letters the disk would not take (quota): they live in this tab alone. */
  readonly #unkept = new Set<string>();

  async #keep(letter: Letter): Promise<void> {
    try {
      await this.#shelf.put(letter.key, letter);
    } catch {
      this.#unkept.add(letter.key);
    }
  }

  #next(conversationId: string): Letter | undefined {
    return this.letters.peek().find((letter) => letter.conversationId === conversationId && letter.state === "queued");
  }

  #find(key: string): Letter | undefined {
    return this.letters.peek().find((letter) => letter.key === key);
  }

  #replace(letter: Letter): void {
    this.letters.value = this.letters.peek().map((one) => (one.key === letter.key ? letter : one));
  }
}

/** 4xx is the hub's last word, but for those that say "later" and the one that says "sign in". */
function isFinal(error: unknown): error is Refused {
  if (!(error instanceof Refused)) return false;
  const { status, code } = error.problem;
  return status >= 400 && status < 500 && !hasStatus(error, 401, 408, 425, 429) && code !== "idempotency_in_flight";
}

function named({ template, parameters }: NonNullable<Letter["template"]>): NonNullable<NewMessage["template"]> {
  return { name: template.name, language: template.language, parameters };
}
