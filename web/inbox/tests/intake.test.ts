// @vitest-environment happy-dom
import { afterEach, describe, expect, it, vi } from "vitest";
import { Api } from "../src/api";
import { ConnectionBanner } from "../src/banner";
import { Intake } from "../src/intake";
import { Loader } from "../src/loader";
import type { ConversationPage, Frame } from "../src/protocol";
import { Store } from "../src/store";
import { conversation, ME, message, received } from "./fixtures";

const hello = (epoch: string, seq = 20): Frame => ({ type: "hello", seq, epoch, server_time: "2026-11-22T12:00:00.000Z", heartbeat_s: 25 });

/** A hub whose list of open conversations is given out when the test says so. */
function setup() {
  const lists: ((page: ConversationPage) => void)[] = [];
  const asked: string[] = [];
  const list = (): Promise<ConversationPage> => new Promise((answer) => lists.push(answer));
  vi.stubGlobal("fetch", async (address: string) => {
    const { pathname, searchParams } = new URL(address, "http://hub.test");
    const id = pathname.split("/")[4];
    if (pathname.endsWith("/refresh")) return Response.json({ access_token: "t", expires_in: 900, user: { id: ME } });
    if (id) asked.push(id);
    if (id) return Response.json(conversation({ id }));
    return Response.json(searchParams.has("failed") ? { data: [], next_cursor: null, seq: 0 } : await list());
  });
  const store = new Store(ME);
  let reloads = 0;
  const loader = new Loader(new Api(() => undefined), store);
  const intake = new Intake(store, loader, new ConnectionBanner(), () => reloads++);
  const answer = async (seq: number, ...ids: string[]): Promise<void> => {
    await vi.waitFor(() => expect(lists.length).toBeGreaterThan(0));
    lists.shift()!({ data: ids.map((id) => conversation({ id })), next_cursor: null, seq });
    await vi.waitFor(() => expect(store.seq).toBeGreaterThanOrEqual(seq));
  };
  return { store, intake, asked, answer, reloads: () => reloads };
}

afterEach(() => void vi.unstubAllGlobals());

describe("Intake", () => {
  it("applies events that came while the snapshot was on its way, and only those after it", async () => {
    const { store, intake, answer } = setup();
    void intake.snapshot();
    for (const seq of [20, 21]) intake.take(received(seq, message(seq, { conversation_id: "a" })));
    await answer(20, "a");
    expect([store.seq, store.held("a")?.conversation.unread]).toEqual([21, 1]);
  });

  it("resumes after the snapshot, also after that of a hub where nothing has happened yet", async () => {
    const { intake, answer } = setup();
    expect(intake.after()).toBeNull();
    void intake.snapshot();
    expect(intake.after()).toBeNull();
    await answer(0);
    await vi.waitFor(() => expect(intake.after()).toBe(0));
    intake.take(received(1, message(1)));
    expect(intake.after()).toBe(1);
  });

  it("reloads when the hub says that history is lost", async () => {
    const { store, intake, answer, reloads } = setup();
    void intake.snapshot();
    await answer(20, "a");
    intake.take({ type: "reset", reason: "expired" });
    expect(store.held("a")).toBeUndefined();
    await answer(90, "b");
    await vi.waitFor(() => expect(reloads()).toBe(1));
    expect([store.seq, store.held("b")?.asOf]).toEqual([90, 90]);
  });

  it("reloads for another epoch, and not for the same one or a head a little behind", async () => {
    const { store, intake, answer } = setup();
    void intake.snapshot();
    await answer(20, "a");
    intake.take(hello("one", 19));
    intake.take(hello("one"));
    expect(store.held("a")).toBeDefined();
    intake.take(hello("two"));
    expect(store.held("a")).toBeUndefined();
  });

  it("fetches a conversation that events name, once for many", async () => {
    const { store, intake, answer, asked } = setup();
    void intake.snapshot();
    await answer(20);
    for (const seq of [21, 22, 23]) intake.take(received(seq, message(seq, { conversation_id: "new" })));
    await vi.waitFor(() => expect(store.held("new")?.asOf).toBe(23));
    expect(asked).toEqual(["new"]);
  });
});
