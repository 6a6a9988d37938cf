import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Connection, type Line, type Phase } from "../src/connection";
import type { Frame } from "../src/protocol";

/** The browser's socket as the page sees it; the test plays the hub. */
class FakeSocket {
  onmessage: ((event: { data: string }) => void) | null = null;
  onclose: ((event: { code: number }) => void) | null = null;
  onerror: (() => void) | null = null;
  sent: string[] = [];
  closed = false;
  readyState = 1;
  constructor(
    readonly path: string,
    readonly protocols: string[] = [],
  ) {}
  send(text: string): void {
    this.sent.push(text);
  }
  close(): void {
    this.closed = true;
  }
  hears(frame: unknown): void {
    this.onmessage!({ data: JSON.stringify(frame) });
  }
  dies(code: number): void {
    this.onclose!({ code });
  }
}

const HELLO = { type: "hello", seq: 50, epoch: "e", server_time: "2026-11-22T12:00:00.000Z", heartbeat_s: 25 };

function setup(change: Partial<Line> = {}) {
  const sockets: FakeSocket[] = [];
  const sources: FakeSocket[] = [];
  const frames: Frame[] = [];
  const phases: Phase[] = [];
  const typed: string[] = [];
  const renew = vi.fn(async () => undefined);
  let after: number | null = 40;
  const line: Line = {
    token: async () => "jwt",
    renew,
    ticket: async () => "once",
    typing: async (id) => void typed.push(id),
    webSocket: (path, protocols) => {
      sockets.push(new FakeSocket(path, protocols));
      return sockets.at(-1) as unknown as WebSocket;
    },
    eventSource: (path) => {
      sources.push(new FakeSocket(path));
      return sources.at(-1) as unknown as EventSource;
    },
    isSignedOut: (error) => error === "signed out",
    ...change,
  };
  const connection = new Connection(line, {
    onFrame: (frame) => void frames.push(frame),
    onPhase: (phase) => void phases.push(phase),
    after: () => after,
  });
  const live = async (): Promise<FakeSocket> => {
    connection.start();
    await vi.advanceTimersByTimeAsync(0);
    sockets.at(-1)!.hears(HELLO);
    return sockets.at(-1)!;
  };
  return { connection, sockets, sources, frames, phases, typed, renew, live, resumeAfter: (seq: number | null) => (after = seq) };
}

const settle = (milliseconds = 0): Promise<unknown> => vi.advanceTimersByTimeAsync(milliseconds);

beforeEach(() => {
  vi.useFakeTimers();
  vi.spyOn(Math, "random").mockReturnValue(0.5);
});
afterEach(() => void vi.useRealTimers());

describe("Connection", () => {
  it("opens a socket with the token as a subprotocol, never in the address, and resumes after the last event", async () => {
    const { live, phases } = setup();
    const socket = await live();
    expect(socket.path).toBe("/ws?after=40");
    expect(socket.protocols).toEqual(["hub.v1", "bearer.jwt"]);
    expect(phases).toEqual(["connecting", "live"]);
  });

  it("starts at the head when nothing was applied", async () => {
    const { live, resumeAfter } = setup();
    resumeAfter(null);
    expect((await live()).path).toBe("/ws");
  });

  it("hands frames on and drops what is not a frame", async () => {
    const { live, frames } = setup();
    const socket = await live();
    socket.onmessage!({ data: "not json" });
    socket.hears({ type: "message.received", seq: 41 });
    expect(frames.map(({ type }) => type)).toEqual(["hello", "message.received"]);
  });

  it("renews the token on 4401 and connects at once", async () => {
    const { live, sockets, renew } = setup();
    (await live()).dies(4401);
    await settle();
    expect(renew).toHaveBeenCalledOnce();
    expect(sockets).toHaveLength(2);
  });

  it("backs off when a fresh token is refused too", async () => {
    const { live, sockets, renew, connection } = setup();
    (await live()).dies(4401);
    await settle();
    sockets[1]!.dies(4401);
    await settle();
    expect([renew.mock.calls.length, connection.phase]).toEqual([1, "waiting"]);
  });

  it("stops when the session is over", async () => {
    const { live, phases } = setup({ renew: () => Promise.reject("signed out") });
    (await live()).dies(4401);
    await settle();
    expect(phases.at(-1)).toBe("stopped");
  });

  it("resumes at once when it was too slow", async () => {
    const { live, sockets, resumeAfter } = setup();
    const socket = await live();
    resumeAfter(77);
    socket.dies(4408);
    await settle();
    expect(sockets[1]!.path).toBe("/ws?after=77");
  });

  it("waits as long as a restarting hub asks, with a spread", async () => {
    const { live, sockets } = setup();
    const socket = await live();
    socket.hears({ type: "bye", code: 1012, retry_after_s: 3 });
    socket.dies(1012);
    await settle(4_499);
    expect(sockets).toHaveLength(1);
    await settle(1);
    expect(sockets).toHaveLength(2);
  });

  it("doubles the wait up to ten seconds and never gives up", async () => {
    vi.spyOn(Math, "random").mockReturnValue(1);
    const { connection, sockets, sources } = setup();
    const waits: number[] = [];
    connection.start();
    for (let round = 0, began = 0; round < 20; round++) {
      await settle();
      sockets[round]!.dies(1006);
      await settle();
      sources[round]!.onerror!();
      for (began = Date.now(); sockets.length === round + 1; ) await settle(100);
      waits.push(Date.now() - began);
    }
    expect(waits).toEqual([500, 1_000, 2_000, 4_000, 8_000, ...Array(15).fill(10_000)]);
    expect(connection.phase).not.toBe("stopped");
  });

  it("connects at once when nudged while waiting", async () => {
    const { live, connection, sockets } = setup();
    (await live()).dies(1006);
    connection.nudge();
    await settle();
    expect(sockets).toHaveLength(2);
  });

  it("goes over to server-sent events at once when a handshake fails", async () => {
    const { connection, sockets, sources } = setup();
    connection.start();
    await settle();
    sockets[0]!.dies(1006);
    await settle();
    expect(sources[0]!.path).toBe("/sse?ticket=once&after=40");
  });

  it("goes over after five seconds without a hello", async () => {
    const { connection, sockets, sources } = setup();
    connection.start();
    await settle(5_000);
    expect([sockets[0]!.closed, sources.length]).toEqual([true, 1]);
  });

  it("tries the socket again after a while of events, later each time, and early again once one has worked", async () => {
    const { connection, sockets, sources } = setup();
    const until = async (count: number): Promise<number> => {
      const began = Date.now();
      while (sockets.length < count) await settle(1_000);
      return Date.now() - began;
    };
    const refuse = async (round: number): Promise<void> => {
      sockets.at(-1)!.dies(1006);
      await settle();
      sources[round]!.hears(HELLO);
    };
    connection.start();
    await settle();
    const waits: number[] = [];
    for (let round = 0; round < 4; round++) {
      await refuse(round);
      waits.push(await until(round + 2));
      expect(sources[round]!.closed).toBe(true);
    }
    expect(waits).toEqual([20_000, 80_000, 300_000, 300_000]);
    sockets.at(-1)!.hears(HELLO);
    sockets.at(-1)!.dies(1006);
    await until(6);
    await refuse(4);
    expect(await until(7)).toBe(20_000);
  });

  it("comes back to events first when they were what worked", async () => {
    const { connection, sockets, sources } = setup();
    connection.start();
    await settle();
    sockets[0]!.dies(1006);
    await settle();
    sources[0]!.hears(HELLO);
    sources[0]!.onerror!();
    await settle(500);
    expect([sockets.length, sources.length]).toEqual([1, 2]);
  });

  it("begins with a socket again when neither way works", async () => {
    const { connection, sockets, sources } = setup();
    connection.start();
    await settle(5_000);
    sources[0]!.onerror!();
    await settle(1_000);
    expect(sockets).toHaveLength(2);
  });

  it("sends signs over the socket, typing alone over the other way, and nothing while down", async () => {
    const { live, connection, sockets, sources, typed } = setup();
    connection.send({ type: "typing", conversation_id: "lost" });
    const socket = await live();
    connection.send({ type: "viewing", conversation_id: "c1" });
    expect(socket.sent).toEqual(['{"type":"viewing","conversation_id":"c1"}']);
    socket.dies(1006);
    await settle(500);
    await settle(5_000);
    sources[0]!.hears(HELLO);
    connection.send({ type: "viewing", conversation_id: "c1" });
    connection.send({ type: "typing", conversation_id: "c1" });
    expect([typed, sockets.at(-1)!.sent]).toEqual([["c1"], []]);
  });

  it("sends nothing over a socket that is closing and has not said so", async () => {
    const { live, connection } = setup();
    const socket = await live();
    socket.readyState = 2;
    connection.send({ type: "viewing", conversation_id: "c1" });
    expect(socket.sent).toEqual([]);
  });

  it("gives a line up that answered pings and stopped", async () => {
    const { live, connection } = setup();
    const socket = await live();
    await settle(25_000);
    socket.hears({ type: "pong" });
    await settle(75_000);
    expect(socket.closed).toBe(true);
    expect(connection.phase).not.toBe("live");
  });

  it("keeps a line that never answers pings", async () => {
    const { live, connection } = setup();
    await live();
    await settle(10 * 60_000);
    expect(connection.phase).toBe("live");
  });

  it("hears nothing more from a line it has left", async () => {
    const { live, connection, frames } = setup();
    const socket = await live();
    connection.stop();
    socket.hears({ type: "message.received", seq: 41 });
    socket.dies(1006);
    expect([frames.length, connection.phase]).toEqual([1, "stopped"]);
  });
});
