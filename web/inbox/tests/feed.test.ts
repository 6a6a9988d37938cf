import { afterEach, describe, expect, it, vi } from "vitest";
import type { Line, Phase } from "../src/connection";
import { Feed, type Note, Recent } from "../src/feed";
import type { Frame, HubEvent } from "../src/protocol";

const event = (seq: number): HubEvent => ({ type: "message.received", seq, at: "" });

describe("Recent", () => {
  it("gives what came after a position, or says that it no longer can", () => {
    const recent = new Recent(10, 3);
    for (const seq of [11, 12, 13, 14]) recent.add(event(seq));
    expect(recent.since(12)?.map(({ seq }) => seq)).toEqual([13, 14]);
    expect(recent.since(11)?.map(({ seq }) => seq)).toEqual([12, 13, 14]);
    expect(recent.since(10)).toBeNull();
  });

  it("keeps no ephemeral event and begins anew after a reset", () => {
    const recent = new Recent(10);
    recent.add({ type: "agent.typing", at: "" });
    recent.add(event(11));
    recent.restart(20);
    expect([recent.since(11), recent.since(20)]).toEqual([null, []]);
  });
});

/** Tabs of one browser: `navigator.locks` as far as the feed uses it. */
class Locks {
  #queue: (() => void)[] = [];
  #held = false;

  request(_name: string, { signal }: { signal: AbortSignal }, task: () => Promise<void>): Promise<void> {
    return new Promise((resolve, reject) => {
      const run = (): void => {
        if (signal.aborted) return this.#next();
        this.#held = true;
        void task().then(() => {
          this.#next();
          resolve();
        });
      };
      signal.addEventListener("abort", () => reject(signal.reason));
      if (this.#held) this.#queue.push(run);
      else run();
    });
  }

  #next(): void {
    this.#held = false;
    this.#queue.shift()?.();
  }
}

interface Tab {
  feed: Feed;
  frames: Frame[];
  notes: Note[];
  phases: Phase[];
  sockets: { path: string; hears(frame: Frame): void; sent: string[] }[];
}

function openTab(after: number): Tab {
  const tab: Omit<Tab, "feed"> = { frames: [], notes: [], phases: [], sockets: [] };
  let seq = after;
  const line: Line = {
    token: async () => "jwt",
    renew: async () => undefined,
    ticket: async () => "once",
    typing: async () => undefined,
    isSignedOut: () => false,
    eventSource: () => ({ close: () => undefined }) as unknown as EventSource,
    webSocket: (path) => {
      const socket = {
        path,
        readyState: 1,
        sent: [] as string[],
        onmessage: null as ((event: { data: string }) => void) | null,
        send: (text: string) => void socket.sent.push(text),
        close: () => undefined,
        hears: (frame: Frame) => socket.onmessage!({ data: JSON.stringify(frame) }),
      };
      tab.sockets.push(socket);
      return socket as unknown as WebSocket;
    },
  };
  const take = (frame: Frame): void => {
    if ("seq" in frame && frame.type === "message.received") seq = Math.max(seq, frame.seq!);
    tab.frames.push(frame);
  };
  const reader = { onFrame: take, onPhase: (phase: Phase) => void tab.phases.push(phase), after: () => seq };
  const feed = new Feed("ana", line, reader, (note) => tab.notes.push(note));
  feed.start();
  return { ...tab, feed };
}

const seqs = ({ frames }: Tab): number[] => frames.filter((frame) => frame.type === "message.received").map((frame) => (frame as HubEvent).seq!);
const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 30));
const HELLO: Frame = { type: "hello", seq: 10, epoch: "e", server_time: "2026-11-22T12:00:00.000Z", heartbeat_s: 25 };

describe("Feed", () => {
  const open: Tab[] = [];
  const tabs = async (...afters: number[]): Promise<Tab[]> => {
    for (const after of afters) {
      open.push(openTab(after));
      await pause();
    }
    return open;
  };
  const browser = (): void => {
    const locks = new Locks();
    vi.stubGlobal("navigator", { locks });
  };
  afterEach(() => {
    for (const { feed } of open.splice(0)) feed.stop();
    vi.unstubAllGlobals();
  });

  it("opens one connection for all tabs and hands every frame on", async () => {
    browser();
    const [first, second] = (await tabs(10, 10)) as [Tab, Tab];
    first.sockets[0]!.hears(HELLO);
    first.sockets[0]!.hears(event(11));
    await pause();
    expect([first.sockets.length, second.sockets.length]).toEqual([1, 0]);
    expect([seqs(first), seqs(second)]).toEqual([[11], [11]]);
    expect(second.phases.at(-1)).toBe("live");
  });

  it("gives a tab that joins what came since its snapshot", async () => {
    browser();
    const [first] = (await tabs(10)) as [Tab];
    for (const seq of [11, 12, 13]) first.sockets[0]!.hears(event(seq));
    const [, late] = (await tabs(11)) as [Tab, Tab];
    expect(seqs(late)).toEqual([12, 13]);
  });

  it("tells a tab that joins too far behind to reload", async () => {
    browser();
    const [, late] = (await tabs(10, 3)) as [Tab, Tab];
    expect(late.frames).toEqual([{ type: "reset", reason: "joined_late" }]);
  });

  it("passes the lead on, and the next leader resumes after what it has applied", async () => {
    browser();
    const [first, second] = (await tabs(10, 10)) as [Tab, Tab];
    first.sockets[0]!.hears(HELLO);
    first.sockets[0]!.hears(event(11));
    await pause();
    first.feed.stop();
    await pause();
    expect(second.sockets[0]!.path).toBe("/ws?after=11");
  });

  it("sends what another tab says through the leader, and notes to the others", async () => {
    browser();
    const [first, second] = (await tabs(10, 10)) as [Tab, Tab];
    first.sockets[0]!.hears(HELLO);
    second.feed.send({ type: "typing", conversation_id: "c1" });
    second.feed.note({ kind: "read", conversationId: "c1", seq: 4 });
    await pause();
    expect(first.sockets[0]!.sent).toEqual(['{"type":"typing","conversation_id":"c1"}']);
    expect(first.notes).toEqual([{ kind: "read", conversationId: "c1", seq: 4 }]);
  });

  it("leads in every tab where the browser has no locks", async () => {
    vi.stubGlobal("navigator", {});
    const [first, second] = (await tabs(10, 10)) as [Tab, Tab];
    expect([first.sockets.length, second.sockets.length]).toEqual([1, 1]);
  });
});
