// One live connection per browser: a leader tab holds it and hands every frame to the other tabs.

import { Connection, type Line, type Phase } from "./connection";
import { type Command, type Frame, type HubEvent, isControl } from "./protocol";
import { uuid7 } from "./uuid7";

/** What the tab makes of the feed. */
export interface Reader {
  onFrame(frame: Frame): void;
  onPhase(phase: Phase): void;
  after(): number | null;
}

/** Notes between the tabs of one person that are not from the hub. */
export type Note = { kind: "read"; conversationId: string; seq: number } | { kind: "signed-out" };

type Letter =
  | { kind: "frame"; frame: Frame }
  | { kind: "phase"; phase: Phase }
  | { kind: "command"; command: Command }
  | { kind: "join"; tab: string; after: number }
  | { kind: "replay"; tab: string; frames: Frame[]; phase: Phase }
  | Note;

/** Events kept for tabs that join; a tab that is further behind reloads what it shows. */
const KEPT = 1_000;

/** The last events in order, to give a tab that joins what it missed since its snapshot. */
export class Recent {
  readonly #events: HubEvent[] = [];
  #base: number;
  readonly #limit: number;

  constructor(base: number, limit: number = KEPT) {
    this.#base = base;
    this.#limit = limit;
  }

  add(event: HubEvent): void {
    if (event.seq === undefined) return;
    this.#events.push(event);
    if (this.#events.length > this.#limit) this.#base = this.#events.shift()!.seq!;
  }

  restart(base: number): void {
    this.#events.length = 0;
    this.#base = base;
  }

  /** Everything after `seq`, or null when some of it is no longer kept. */
  since(seq: number): HubEvent[] | null {
    return seq < this.#base ? null : this.#events.filter((event) => event.seq! > seq);
  }
}

export class Feed {
  readonly #tab = uuid7();
  readonly #line: Line;
  readonly #reader: Reader;
  readonly #onNote: (note: Note) => void;
  readonly #name: string;
  #channel: BroadcastChannel | null = null;
  #connection: Connection | null = null;
  #recent = new Recent(0);
  #head = 0;
  #abandon = new AbortController();
  #release: () => void = () => undefined;

  constructor(userId: string, line: Line, reader: Reader, onNote: (note: Note) => void) {
    this.#name = `hub-feed-${userId}`;
    this.#line = line;
    this.#reader = reader;
    this.#onNote = onNote;
  }

  /** Called with a snapshot at hand, so that `after()` has a position. Without locks or channels each tab leads. */
  start(): void {
    if (!navigator.locks || typeof BroadcastChannel === "undefined") return this.#lead();
    this.#channel = new BroadcastChannel(this.#name);
    this.#channel.onmessage = ({ data }) => this.#read(data as Letter);
    this.#post({ kind: "join", tab: this.#tab, after: this.#reader.after() ?? 0 });
    const held = new Promise<void>((resolve) => (this.#release = resolve));
    const lead = (): Promise<void> => {
      this.#lead();
      return held;
    };
    navigator.locks.request(this.#name, { signal: this.#abandon.signal }, lead).catch(() => undefined);
  }

  stop(): void {
    this.#abandon.abort();
    this.#release();
    this.#connection?.stop();
    this.#channel?.close();
    this.#channel = null;
  }

  nudge(): void {
    this.#connection?.nudge();
  }

  send(command: Command): void {
    if (this.#connection) this.#connection.send(command);
    else this.#post({ kind: "command", command });
  }

  note(note: Note): void {
    this.#post(note);
  }

  #lead(): void {
    this.#recent = new Recent(this.#reader.after() ?? 0);
    this.#connection = new Connection(this.#line, {
      onFrame: (frame) => this.#fanOut(frame),
      onPhase: (phase) => {
        this.#post({ kind: "phase", phase });
        this.#reader.onPhase(phase);
      },
      after: () => this.#reader.after(),
    });
    this.#connection.start();
  }

  #fanOut(frame: Frame): void {
    if (!isControl(frame)) this.#recent.add(frame);
    else if (frame.type === "hello") this.#head = frame.seq;
    else if (frame.type === "reset") this.#recent.restart(this.#head);
    this.#post({ kind: "frame", frame });
    this.#reader.onFrame(frame);
  }

  #read(letter: Letter): void {
    switch (letter.kind) {
      case "frame":
        return this.#reader.onFrame(letter.frame);
      case "phase":
        return this.#reader.onPhase(letter.phase);
      case "command":
        return this.#connection?.send(letter.command);
      case "join":
        return this.#welcome(letter.tab, letter.after);
      case "replay":
        return letter.tab === this.#tab ? this.#replayed(letter.frames, letter.phase) : undefined;
      default:
        return this.#onNote(letter);
    }
  }

  /** Only the leader knows what the tab that joined has missed. */
  #welcome(tab: string, after: number): void {
    if (!this.#connection) return;
    const frames: Frame[] = this.#recent.since(after) ?? [{ type: "reset", reason: "joined_late" }];
    this.#post({ kind: "replay", tab, frames, phase: this.#connection.phase });
  }

  #replayed(frames: Frame[], phase: Phase): void {
    this.#reader.onPhase(phase);
    for (const frame of frames) this.#reader.onFrame(frame);
  }

  #post(letter: Letter): void {
    this.#channel?.postMessage(letter);
  }
}
