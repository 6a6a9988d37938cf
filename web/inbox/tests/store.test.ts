import { effect } from "@preact/signals";
import { describe, expect, it } from "vitest";
import { Store } from "../src/store";
import type { HubEvent } from "../src/protocol";
import { conversation, ME, message, received } from "./fixtures";

function filled(): Store {
  const store = new Store(ME);
  store.seq = 10;
  const rows = [conversation({ id: "a", waiting_since: "2026-11-01T09:00:00.000Z" }), conversation({ id: "b" })];
  for (const row of rows) store.file(row, 10);
  store.reached(store.lists.peek().get("open")!, rows.at(-1), null);
  return store;
}

const ids = (store: Store, view: string): string[] => store.lists.peek().get(view)!.listing.ids();

describe("Store", () => {
  it("redraws one row for one event", () => {
    const store = filled();
    const drawn = { a: 0, b: 0 };
    effect(() => void (store.conversation("a"), drawn.a++));
    effect(() => void (store.conversation("b"), drawn.b++));
    store.receive(received(11, message(1, { conversation_id: "a" })));
    expect(drawn).toEqual({ a: 2, b: 1 });
  });

  it("tells a reader when a conversation becomes known", () => {
    const store = new Store(ME);
    let name: string | null | undefined;
    effect(() => void (name = store.conversation("a")?.customer.name));
    store.file(conversation({ id: "a" }), 1);
    expect(name).toBe("Maria");
  });

  it("moves a conversation between views as it is taken and resolved", () => {
    const store = filled();
    store.answered(conversation({ id: "a", version: 2, assignee_id: ME }));
    expect([ids(store, "mine"), ids(store, "unassigned")]).toEqual([["a"], ["b"]]);
    store.answered(conversation({ id: "a", version: 3, assignee_id: ME, status: "resolved" }));
    expect([ids(store, "mine"), ids(store, "open")]).toEqual([[], ["b"]]);
  });

  it("keeps the unread count when an answer names none", () => {
    const store = filled();
    store.file(conversation({ id: "a", unread: 4 }), 11);
    const { unread: _, ...current } = conversation({ id: "a", version: 2 });
    store.answered(current as ReturnType<typeof conversation>);
    expect(store.held("a")?.conversation.unread).toBe(4);
  });

  it("ignores an answer that is older than what an event brought", () => {
    const store = filled();
    store.answered(conversation({ id: "a", version: 5, status: "resolved" }));
    store.answered(conversation({ id: "a", version: 4 }));
    expect(store.held("a")?.conversation.status).toBe("resolved");
  });

  it("ignores a list row older than the events since", () => {
    const store = filled();
    store.receive(received(12, message(1, { conversation_id: "a" })));
    store.file(conversation({ id: "a", subject: "stale" }), 11);
    expect(store.held("a")?.conversation.subject).toBeNull();
  });

  it("keeps events that overtake a thread's first page", () => {
    const store = filled();
    store.expectThread("a");
    store.receive(received(11, message(1, { conversation_id: "a" })));
    store.receive(received(12, message(2, { conversation_id: "a" })));
    const page = { data: [message(1, { conversation_id: "a" })], next_cursor: null, seq: 11, read_seq: 0 };
    store.threadArrived("a", page);
    expect(store.thread("a")?.filed.map(({ message: { conversation_seq } }) => conversation_seq)).toEqual([1, 2]);
  });

  it("counts my conversations with something unread, for the title", () => {
    const store = filled();
    store.answered(conversation({ id: "a", version: 2, assignee_id: ME }));
    store.receive(received(11, message(1, { conversation_id: "a" })));
    expect(store.unreadMine.value).toBe(1);
    store.read("a", 1);
    expect(store.unreadMine.value).toBe(0);
  });

  it("keeps lists that are there when the teams become known", () => {
    const store = filled();
    store.setTeams([{ id: "t1", name: "Sales", kind: "sales" }]);
    expect(ids(store, "open")).toEqual(["a", "b"]);
    expect(store.lists.peek().get("team-t1")!.listing.complete).toBe(true);
  });

  it("holds nothing after a reset", () => {
    const store = filled();
    store.reset();
    expect([store.seq, store.held("a"), ids(store, "open")]).toEqual([0, undefined, []]);
  });

  it("keeps 10,000 conversations in order through 1,000 events", () => {
    const store = new Store(ME);
    for (let index = 0; index < 10_000; index++) {
      store.file(conversation({ id: `c${index}`, waiting_since: new Date(index * 1000).toISOString() }), 1);
    }
    store.reached(store.lists.peek().get("open")!, undefined, null);
    const events: HubEvent[] = Array.from({ length: 1_000 }, (_, index) =>
      received(index + 2, message(1, { conversation_id: `c${(index * 37) % 10_000}` })),
    );
    for (const event of events) store.receive(event);
    expect(store.seq).toBe(1_001);
    expect(store.lists.peek().get("open")!.listing.size).toBe(10_000);
  });
});
