// What the page knows, in signals: one per conversation and per thread, so that an event redraws one row.

import { type Signal, batch, signal } from "@preact/signals";
import { Approvals } from "./approvals";
import { apply, type Changes, type Held, type Inbox, type QueueCount } from "./inbox";
import { Listing } from "./listing";
import type { Circuit, Conversation, HubEvent, Message, MessagePage, Problem, Team } from "./protocol";
import { Signs } from "./signs";
import { openThread, type Thread, unreadCount, withRead } from "./thread";
import { ALL_OPEN, FAILED, FIXED, ORDERS, type Sort, teamView, type View } from "./view";

export type ThreadState =
  | { readonly state: "absent" }
  | { readonly state: "loading"; readonly since: HubEvent[] }
  | { readonly state: "failed"; readonly problem: Problem | null }
  | { readonly state: "ready"; readonly thread: Thread };

/** A view on screen or in the side column. `revision` changes when its rows or their order do. */
export interface ViewList {
  readonly view: View;
  readonly listing: Listing;
  readonly revision: Signal<number>;
  readonly state: Signal<"idle" | "loading" | "ready" | "failed">;
  cursor: string | undefined;
}

/** Threads kept ready to open at once; the one looked at longest ago goes first. */
const THREADS_KEPT = 20;

export class Store implements Inbox {
  seq = 0;
  attended: string | null = null;
  readonly me: string;
  readonly signs = new Signs();
  readonly approvals = new Approvals();
  readonly teams = signal<readonly Team[]>([]);
  /** Colleagues' names by id, as far as this person may know them. */
  readonly names = signal<ReadonlyMap<string, string>>(new Map());
  readonly lists = signal<ReadonlyMap<string, ViewList>>(new Map());
  readonly queues = signal<ReadonlyMap<string | null, QueueCount>>(new Map());
  readonly sort = signal<Sort>("waited");
  /** Conversations of mine with something unread. */
  readonly unreadMine = signal(0);
  readonly arrivals = signal<Message | null>(null);
  onMissing: (id: string) => void = () => undefined;
  onMessage: (message: Message) => void = () => undefined;
  onCircuit: (circuit: Circuit) => void = () => undefined;

  readonly #conversations = new Map<string, Signal<Held | undefined>>();
  readonly #threads = new Map<string, Signal<ThreadState>>();

  constructor(me: string) {
    this.me = me;
    this.#arrange();
  }

  held(id: string): Held | undefined {
    return this.#conversations.get(id)?.peek();
  }

  thread(id: string): Thread | undefined {
    const state = this.#threads.get(id)?.peek();
    return state?.state === "ready" ? state.thread : undefined;
  }

  /** Subscribes the reader; undefined until the conversation is known. */
  conversation(id: string): Conversation | undefined {
    return this.#conversationSignal(id).value?.conversation;
  }

  threadState(id: string): Signal<ThreadState> {
    let state = this.#threads.get(id);
    if (!state) this.#threads.set(id, (state = signal<ThreadState>({ state: "absent" })));
    return state;
  }

  #conversationSignal(id: string): Signal<Held | undefined> {
    let held = this.#conversations.get(id);
    if (!held) this.#conversations.set(id, (held = signal<Held | undefined>(undefined)));
    return held;
  }

  receive(event: HubEvent): void {
    const waiting = event.conversation_id ? this.#threads.get(event.conversation_id)?.peek() : undefined;
    if (waiting?.state === "loading" && event.seq !== undefined) waiting.since.push(event);
    this.#commit(apply(this, event), event);
  }

  #commit(changes: Changes, event: HubEvent): void {
    batch(() => {
      if (changes.seq !== undefined) this.seq = changes.seq;
      if (changes.held) this.#hold(changes.held);
      if (changes.thread) this.#setThread(changes.thread);
      if (changes.missing) this.onMissing(changes.missing);
      if (changes.queue) this.queues.value = new Map(this.queues.peek()).set(changes.queue.teamId, changes.queue);
      if (changes.sign) this.signs.take(changes.sign);
      if (changes.circuit) this.onCircuit(changes.circuit);
      if (changes.approval) this.approvals.hear(changes.approval);
      if (changes.seq === undefined || !event.data?.message) return;
      const { message } = event.data;
      this.onMessage(message);
      if (changes.arrived || event.type === "message.status") this.signs.stoppedTyping(message);
      if (changes.arrived) this.arrivals.value = changes.arrived;
    });
  }

  /** A conversation exact at `seq` (or, `loose`, later). One older than what events have made of it is ignored. */
  file(conversation: Conversation, seq: number, loose = false): void {
    const held = this.held(conversation.id);
    if (!held || seq >= held.asOf) this.#hold({ conversation, asOf: seq, loose });
  }

  /** The hub's answer to a change of ours: no position in the feed, so its version decides; `unread` is not always in it. */
  answered(conversation: Conversation): void {
    const held = this.held(conversation.id);
    if (held && conversation.version < held.conversation.version) return;
    const unread = held?.conversation.unread ?? conversation.unread ?? 0;
    this.#hold({ asOf: this.seq, ...held, conversation: { ...conversation, unread } });
  }

  /** Shows a change before the hub has agreed to it. */
  presume(id: string, change: Partial<Conversation>): void {
    const held = this.held(id);
    if (held) this.#hold({ ...held, conversation: { ...held.conversation, ...change } });
  }

  forget(id: string): void {
    const held = this.held(id);
    if (!held) return;
    this.#conversationSignal(id).value = undefined;
    this.#putThread(id, { state: "absent" });
    this.#relist(held.conversation, undefined);
  }

  /** The feed cannot be resumed: everything held is of unknown age. */
  reset(): void {
    this.seq = 0;
    for (const held of this.#conversations.values()) held.value = undefined;
    for (const state of this.#threads.values()) state.value = { state: "absent" };
    this.unreadMine.value = 0;
    this.queues.value = new Map();
    this.#arrange();
  }

  #hold(held: Held): void {
    const current = this.#conversationSignal(held.conversation.id);
    const before = current.peek()?.conversation;
    current.value = held;
    this.#relist(before, held.conversation);
  }

  #relist(before: Conversation | undefined, after: Conversation | undefined): void {
    const counts = (row: Conversation | undefined): number =>
      row && row.unread > 0 && row.assignee_id === this.me && row.status === "open" ? 1 : 0;
    this.unreadMine.value += counts(after) - counts(before);
    for (const list of this.lists.peek().values()) {
      const was = before && list.view.holds(before, this.me) ? before : undefined;
      const is = after && list.view.holds(after, this.me) ? after : undefined;
      if ((was || is) && list.listing.change(was, is)) list.revision.value++;
    }
  }

  /** One view per team; lists that are there already stay as they are. */
  setTeams(teams: readonly Team[]): void {
    const before = this.lists.peek();
    this.teams.value = teams;
    this.#arrange();
    this.lists.value = new Map([...this.lists.peek()].map(([slug, list]) => [slug, before.get(slug) ?? list]));
    this.#completeOthers();
  }

  setSort(sort: Sort): void {
    if (sort === this.sort.peek()) return;
    this.sort.value = sort;
    this.#arrange();
  }

  /** Builds the views anew from what is held; how far each list is complete is found out again. */
  #arrange(): void {
    const views = [...FIXED, FAILED, ...this.teams.peek().map(teamView)];
    this.lists.value = new Map(views.map((view) => [view.slug, this.#list(view)]));
  }

  #list(view: View): ViewList {
    const listing = new Listing(ORDERS[this.sort.peek()]);
    for (const held of this.#conversations.values()) {
      const conversation = held.peek()?.conversation;
      if (conversation && view.holds(conversation, this.me)) listing.change(undefined, conversation);
    }
    return { view, listing, revision: signal(0), state: signal("idle"), cursor: undefined };
  }

  /** A page of a view's list has been filed. With all open conversations at hand, every open view is complete. */
  reached(list: ViewList, last: Conversation | undefined, cursor: string | null): void {
    list.cursor = cursor ?? undefined;
    list.listing.reached(last, cursor === null);
    list.state.value = "ready";
    list.revision.value++;
    if (list.view === ALL_OPEN) this.#completeOthers();
  }

  #completeOthers(): void {
    const lists = this.lists.peek();
    if (!lists.get(ALL_OPEN.slug)!.listing.complete) return;
    for (const other of lists.values()) {
      if (other.listing.complete || other.view === FAILED) continue;
      other.listing.reached(undefined, true);
      other.state.value = "ready";
      other.revision.value++;
    }
  }

  /** Begins holding a thread; events that come before its page do are kept for it. */
  expectThread(id: string): void {
    this.#putThread(id, { state: "loading", since: [] });
  }

  threadArrived(id: string, page: MessagePage): void {
    const state = this.#threads.get(id)?.peek();
    let thread = openThread(id, page);
    if (state?.state === "loading") {
      for (const event of state.since) thread = this.#catchUp(thread, event, page.seq);
    }
    this.#putThread(id, { state: "ready", thread });
    this.#letGo(id);
  }

  threadFailed(id: string, problem: Problem | null): void {
    this.#putThread(id, { state: "failed", problem });
  }

  /** What an event that overtook the page does to the thread alone. */
  #catchUp(thread: Thread, event: HubEvent, seq: number): Thread {
    const alone: Inbox = { seq, me: this.me, attended: this.attended, held: () => undefined, thread: () => thread };
    return apply(alone, event).thread ?? thread;
  }

  changeThread(id: string, change: (thread: Thread) => Thread): void {
    const thread = this.thread(id);
    if (thread) this.#setThread(change(thread));
  }

  /** Reading has come to `seq`. */
  read(id: string, seq: number): void {
    this.changeThread(id, (thread) => withRead(thread, seq));
    const thread = this.thread(id);
    this.presume(id, { unread: thread ? unreadCount(thread) : 0 });
  }

  #setThread(thread: Thread): void {
    this.#putThread(thread.id, { state: "ready", thread });
  }

  #putThread(id: string, state: ThreadState): void {
    this.threadState(id).value = state;
  }

  /** Marks a thread as the one used last and lets the oldest go. */
  #letGo(id: string): void {
    const used = this.#threads.get(id)!;
    this.#threads.delete(id);
    this.#threads.set(id, used);
    const [oldest] = this.#threads.keys();
    if (this.#threads.size <= THREADS_KEPT || !oldest || oldest === id) return;
    this.#threads.delete(oldest);
  }
}
