// The live line to the hub: WebSocket first, server-sent events when sockets are blocked, and it never gives up.

import { fullJitter } from "./backoff";
import type { Command, Frame } from "./protocol";

/** What the connection needs of the world outside. */
export interface Line {
  token(): Promise<string>;
  renew(): Promise<unknown>;
  ticket(): Promise<string>;
  typing(conversationId: string): Promise<void>;
  webSocket(path: string, protocols: string[]): WebSocket;
  eventSource(path: string): EventSource;
  /** The session is over: there is nothing to connect with. */
  isSignedOut(error: unknown): boolean;
}

export type Phase = "connecting" | "live" | "waiting" | "stopped";

interface Listener {
  onFrame(frame: Frame): void;
  onPhase(phase: Phase): void;
  /** The last event applied, to resume after; null while there is none, to start at the head. */
  after(): number | null;
}

const HELLO_WITHIN = 5_000;
/** How long events do before a socket is tried again: soon at first, for it may have been a hiccup. */
const SOCKET_AGAIN_AFTER = [20_000, 80_000, 5 * 60_000];
const BACKOFF_BASE = 500;
/** However long the hub was away: so late its return is noticed at most. */
const BACKOFF_CAP = 10_000;
const DEFAULT_HEARTBEAT = 25_000;

/** `WebSocket.OPEN` */
const OPEN = 1;
const TOKEN_OVER = 4401;
const TOO_SLOW = 4408;

export class Connection {
  phase: Phase = "stopped";
  readonly #line: Line;
  readonly #listener: Listener;
  #socket: WebSocket | null = null;
  #source: EventSource | null = null;
  #round = 0;
  /** How often in a row a socket failed where events did not. */
  #blocked = 0;
  #attempt = 0;
  #refusals = 0;
  #socketAgainAt = 0;
  #retryAfter = 0;
  #timers = new Set<ReturnType<typeof setTimeout>>();
  #unanswered = 0;
  #answersPings = false;

  constructor(line: Line, listener: Listener) {
    this.#line = line;
    this.#listener = listener;
  }

  start(): void {
    if (this.phase === "stopped") void this.#connect();
  }

  stop(): void {
    this.#drop();
    this.#become("stopped");
  }

  /** The page is in front again or the network is back: don't wait for the timer. */
  nudge(): void {
    if (this.phase === "waiting") void this.#connect();
  }

  /** Signs are worth nothing later, so they are dropped while the line is down; over SSE only typing is sent. */
  send(command: Command): void {
    if (this.phase !== "live") return;
    if (this.#socket) {
      // A socket that is closing has not said so yet, and takes nothing any more.
      if (this.#socket.readyState === OPEN) this.#socket.send(JSON.stringify(command));
    } else if (command.type === "typing") this.#line.typing(command.conversation_id).catch(() => undefined);
  }

  async #connect(): Promise<void> {
    this.#drop();
    const round = this.#round;
    this.#become("connecting");
    try {
      if (Date.now() < this.#socketAgainAt) await this.#openSource(round);
      else await this.#openSocket(round);
    } catch (error) {
      if (round !== this.#round) return;
      if (this.#line.isSignedOut(error)) this.stop();
      else this.#sourceFailed();
    }
  }

  async #openSocket(round: number): Promise<void> {
    const token = await this.#line.token();
    if (round !== this.#round) return;
    const socket = this.#line.webSocket(`/ws${this.#query()}`, ["hub.v1", `bearer.${token}`]);
    this.#socket = socket;
    socket.onmessage = ({ data }) => this.#receive(round, String(data));
    socket.onclose = ({ code }) => this.#closed(round, code);
    this.#later(HELLO_WITHIN, () => this.#socketFailed());
  }

  async #openSource(round: number): Promise<void> {
    const ticket = await this.#line.ticket();
    if (round !== this.#round) return;
    const source = this.#line.eventSource(`/sse${this.#query({ ticket })}`);
    this.#source = source;
    source.onmessage = ({ data }) => this.#receive(round, String(data));
    // Its own reconnect would reuse the ticket, which is good for one use.
    source.onerror = () => this.#closed(round, 0);
    this.#later(HELLO_WITHIN, () => this.#sourceFailed());
  }

  #query(given: Record<string, string> = {}): string {
    const after = this.#listener.after();
    const query = new URLSearchParams(given);
    if (after !== null) query.set("after", String(after));
    return query.size ? `?${query}` : "";
  }

  #receive(round: number, text: string): void {
    if (round !== this.#round) return;
    const frame = parse(text);
    if (!frame) return;
    this.#unanswered = 0;
    if (frame.type === "hello") this.#greeted((frame as { heartbeat_s?: number }).heartbeat_s);
    if (frame.type === "bye") this.#retryAfter = (frame as { retry_after_s?: number }).retry_after_s ?? 0;
    if (frame.type === "pong") this.#answersPings = true;
    else this.#listener.onFrame(frame);
  }

  #greeted(heartbeat: number | undefined): void {
    this.#clearTimers();
    this.#attempt = this.#refusals = this.#retryAfter = 0;
    if (this.#socket) this.#blocked = 0;
    this.#become("live");
    if (this.#socket) this.#beat(heartbeat ? heartbeat * 1000 : DEFAULT_HEARTBEAT);
    else this.#later(this.#socketAgainAt - Date.now(), () => void this.#connect());
  }

  /** A line that has answered pings and stops doing so is dead, whatever the browser thinks. */
  #beat(interval: number): void {
    this.#answersPings = false;
    const tick = (): void => {
      if (this.#answersPings && this.#unanswered >= 2) return this.#waitAndRetry();
      this.#unanswered++;
      this.send({ type: "ping" });
      this.#later(interval, tick);
    };
    this.#later(interval, tick);
  }

  #closed(round: number, code: number): void {
    if (round !== this.#round) return;
    if (code === TOKEN_OVER) return void this.#renewAndRetry();
    if (this.phase !== "live") {
      if (this.#socket) this.#socketFailed();
      else this.#sourceFailed();
    } else if (code === TOO_SLOW) void this.#connect();
    else this.#waitAndRetry();
  }

  async #renewAndRetry(): Promise<void> {
    this.#drop();
    const round = this.#round;
    this.#become("connecting");
    try {
      if (++this.#refusals > 1) return this.#waitAndRetry();
      await this.#line.renew();
      if (round === this.#round) void this.#connect();
    } catch (error) {
      if (round !== this.#round) return;
      if (this.#line.isSignedOut(error)) this.stop();
      else this.#waitAndRetry();
    }
  }

  /** Perhaps sockets are blocked here: events are tried at once. */
  #socketFailed(): void {
    this.#socketAgainAt = Date.now() + SOCKET_AGAIN_AFTER[Math.min(this.#blocked, SOCKET_AGAIN_AFTER.length - 1)]!;
    this.#blocked++;
    void this.#connect();
  }

  /** Neither way works: it is the hub that is away, not sockets that are blocked. The next try begins with a socket. */
  #sourceFailed(): void {
    this.#socketAgainAt = 0;
    this.#blocked = Math.max(this.#blocked - 1, 0);
    this.#waitAndRetry();
  }

  #waitAndRetry(): void {
    this.#drop();
    this.#become("waiting");
    const wait = this.#retryAfter * 1000;
    const spread = wait > 0 ? fullJitter(0, wait, BACKOFF_CAP) : fullJitter(this.#attempt, BACKOFF_BASE, BACKOFF_CAP);
    this.#attempt++;
    this.#retryAfter = 0;
    this.#later(wait + spread, () => void this.#connect());
  }

  #drop(): void {
    this.#round++;
    this.#clearTimers();
    this.#unanswered = 0;
    this.#socket?.close();
    this.#source?.close();
    this.#socket = this.#source = null;
  }

  #become(phase: Phase): void {
    if (this.phase === phase) return;
    this.phase = phase;
    this.#listener.onPhase(phase);
  }

  #later(milliseconds: number, task: () => void): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      task();
    }, milliseconds);
    this.#timers.add(timer);
  }

  #clearTimers(): void {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
  }
}

function parse(text: string): Frame | null {
  try {
    const frame: unknown = JSON.parse(text);
    return typeof frame === "object" && frame !== null && "type" in frame ? (frame as Frame) : null;
  } catch {
    return null;
  }
}
