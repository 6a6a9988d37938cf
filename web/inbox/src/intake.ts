// Frames of the feed into the store, and the snapshots that the feed continues.

import type { ConnectionBanner } from "./banner";
import { setClock } from "./clock";
import type { Loader } from "./loader";
import { type Frame, type Hello, type HubEvent, isControl } from "./protocol";
import type { Store } from "./store";

/** Events held back while a snapshot is on its way; beyond it the snapshot is asked for again. */
const HELD_BACK = 5_000;

export class Intake {
  readonly #store: Store;
  readonly #loader: Loader;
  readonly #banner: ConnectionBanner;
  readonly #onReloaded: () => void;
  #heldBack: HubEvent[] | null = null;
  #epoch: string | null = null;
  #round = 0;
  #anchored = false;

  constructor(store: Store, loader: Loader, banner: ConnectionBanner, onReloaded: () => void) {
    this.#store = store;
    this.#loader = loader;
    this.#banner = banner;
    this.#onReloaded = onReloaded;
  }

  /** The list behind every screen, at one position of the feed; what comes after it comes as events. */
  async snapshot(): Promise<void> {
    const round = ++this.#round;
    this.#heldBack = [];
    this.#anchored = false;
    const seq = await this.#loader.page(this.#store.lists.peek().get("open")!);
    if (round !== this.#round) return;
    this.#store.seq = seq ?? 0;
    this.#anchored = seq !== null;
    for (const slug of ["mine", "unassigned", "failed"]) void this.#loader.page(this.#store.lists.peek().get(slug)!);
    const held = this.#heldBack;
    this.#heldBack = null;
    for (const event of held) this.#store.receive(event);
  }

  /** The event to resume after. Before the very first event that is 0; null when nothing is known, to start at the head. */
  after(): number | null {
    return this.#anchored || this.#store.seq > 0 ? this.#store.seq : null;
  }

  take(frame: Frame): void {
    if (!isControl(frame)) this.#event(frame);
    else if (frame.type === "hello") this.#greeted(frame);
    else if (frame.type === "resumed") this.#banner.resumed(frame.count);
    else if (frame.type === "reset") void this.#reload();
  }

  #event(event: HubEvent): void {
    if (!this.#heldBack || event.seq === undefined) return this.#store.receive(event);
    this.#heldBack.push(event);
    if (this.#heldBack.length > HELD_BACK) void this.#reload();
  }

  /** Another epoch is another history. A new line during a reload may have a gap before it. */
  #greeted(hello: Hello): void {
    setClock(hello.server_time);
    const another = this.#epoch !== null && this.#epoch !== hello.epoch;
    this.#epoch = hello.epoch;
    if (another || this.#heldBack) void this.#reload();
  }

  async #reload(): Promise<void> {
    this.#store.reset();
    await this.snapshot();
    if (this.#heldBack) return;
    this.#onReloaded();
    this.#banner.reloaded();
  }
}
