// One signed-in person's desk: joins store, feed, outbox and hub.

import { effect } from "@preact/signals";
import { Actions } from "./actions";
import { type Api, isSignedOut, type Refused } from "./api";
import { supervises } from "./approvals";
import { Approver } from "./approver";
import { focused, idle } from "./attention";
import { ConnectionBanner } from "./banner";
import type { Line, Phase } from "./connection";
import { Drafts } from "./drafts";
import { Feed, type Note } from "./feed";
import { Files } from "./files";
import { customerName } from "./formats";
import { Intake } from "./intake";
import { Loader } from "./loader";
import { type Letter, Outbox } from "./outbox";
import { moneyText } from "./money";
import type { Approval, Message, User } from "./protocol";
import { ReadMarks } from "./readmarks";
import { RecordBook } from "./records";
import { route } from "./route";
import { signedOut } from "./session";
import { openShelves } from "./shelf";
import { Store } from "./store";
import { strings } from "./strings";
import { withMessage } from "./thread";
import { toast } from "./toasts";
import type { Sort } from "./view";

const TYPING_EVERY = 3_000;
/** Said again in time, because whoever watches lets it lapse. */
const VIEWING_EVERY = 30_000;
const VIEWING_SETTLES = 250;

export class Desk {
  readonly user: User;
  readonly api: Api;
  readonly store: Store;
  readonly loader: Loader;
  readonly actions: Actions;
  readonly approver: Approver;
  readonly records: RecordBook;
  readonly outbox: Outbox;
  readonly drafts: Drafts;
  readonly files: Files;
  readonly banner = new ConnectionBanner();
  readonly #intake: Intake;
  readonly #feed: Feed;
  readonly #reads: ReadMarks;
  readonly #ends: (() => void)[] = [];
  #typed: { id: string; at: number } | null = null;
  #viewingDue: ReturnType<typeof setTimeout> | undefined;

  static async open(user: User, api: Api): Promise<Desk> {
    return new Desk(user, api, await openShelves(user.id));
  }

  private constructor(user: User, api: Api, shelf: Awaited<ReturnType<typeof openShelves>>) {
    this.user = user;
    this.api = api;
    this.store = new Store(user.id);
    this.store.setTeams(user.teams ?? []);
    this.loader = new Loader(api, this.store);
    this.actions = new Actions(api, this.store, user);
    this.approver = new Approver(api, this.store.approvals);
    this.records = new RecordBook(api, () => focused.peek());
    this.store.onCircuit = (circuit) => this.records.changed(circuit);
    this.drafts = new Drafts(shelf("drafts"));
    this.files = new Files((address) => api.file(address));
    this.outbox = new Outbox(shelf("outbox"), api, this.#sent, this.#refused);
    this.store.onMessage = (message) => this.outbox.arrived(message.client_id);
    this.#reads = new ReadMarks((id, seq) => api.read(id, seq));
    this.#intake = new Intake(this.store, this.loader, this.banner, () => this.#reopen());
    this.#feed = new Feed(user.id, lineOf(api), this.#reader(), (note) => this.#noted(note));
  }

  async start(): Promise<void> {
    this.#watch();
    await Promise.all([this.drafts.open(), this.outbox.open()]).catch(() => undefined);
    void this.#learn();
    await this.#intake.snapshot();
    this.#superviseAnew();
    this.#feed.start();
  }

  close(): void {
    for (const end of this.#ends) end();
    this.#feed.stop();
    this.outbox.stop();
    this.drafts.flush();
    this.files.clear();
  }

  setSort(sort: Sort): void {
    this.store.setSort(sort);
    for (const slug of new Set(["open", route.peek().view])) {
      const list = this.store.lists.peek().get(slug);
      if (list) void this.loader.page(list);
    }
  }

  /** The person has had this message before their eyes. */
  saw(id: string, seq: number): void {
    const thread = this.store.thread(id);
    if (!thread || seq <= thread.readSeq) return;
    this.store.read(id, seq);
    this.#reads.mark(id, seq);
    this.#feed.note({ kind: "read", conversationId: id, seq });
  }

  typed(id: string): void {
    const at = Date.now();
    if (this.#typed?.id === id && at - this.#typed.at < TYPING_EVERY) return;
    this.#typed = { id, at };
    this.#feed.send({ type: "typing", conversation_id: id });
  }

  tellSignedOut(): void {
    this.#feed.note({ kind: "signed-out" });
  }

  /** The answer to our own send; when the event came first it has said more already. */
  #sent = (message: Message): void => {
    const { conversation_id: id, message_id, direction, content, timestamp: at, status } = message;
    // For the others it has ended the typing, so the next key is news again.
    this.#typed = null;
    const last = this.store.held(id)?.conversation.last_message;
    if (!last || last.at < at) {
      this.store.presume(id, { last_message: { message_id, direction, type: content.type, text: content.text, at, status } });
    }
    this.store.changeThread(id, (thread) => {
      const known = thread.filed.some((filed) => filed.message.message_id === message_id);
      return known ? thread : withMessage(thread, message, 0);
    });
  };

  #refused = ({ conversationId }: Letter, { problem }: Refused): void => {
    if (problem.code !== "window_closed") return;
    this.store.presume(conversationId, { window_expires_at: problem.expires_at ?? null });
  };

  #reader(): ConstructorParameters<typeof Feed>[2] {
    return {
      onFrame: (frame) => this.#intake.take(frame),
      onPhase: (phase) => this.#phase(phase),
      after: () => this.#intake.after(),
    };
  }

  #phase(phase: Phase): void {
    this.banner.phase(phase);
    if (phase !== "live") return;
    this.outbox.wake();
    this.#reads.flush();
    this.#retry();
    this.#sayPresence();
    this.#sayViewing();
  }

  #noted(note: Note): void {
    if (note.kind === "signed-out") signedOut(false);
    else this.store.read(note.conversationId, note.seq);
  }

  #reopen(): void {
    this.#superviseAnew();
    const { conversation, view } = route.peek();
    if (conversation) void this.loader.open(conversation);
    const list = this.store.lists.peek().get(view);
    if (list) void this.loader.page(list);
  }

  /** After the position is known from which events come, so that none is missed between. */
  #superviseAnew(): void {
    if (supervises(this.user)) void this.approver.load();
  }

  /** What could not be had while the hub was away. */
  #retry(): void {
    const { conversation } = route.peek();
    if (this.store.approvals.state.peek() === "failed" || this.#intake.after() === null) this.#superviseAnew();
    if (conversation && this.store.threadState(conversation).peek().state === "failed") void this.loader.open(conversation);
    for (const list of this.store.lists.peek().values()) {
      if (list.state.peek() === "failed") void this.loader.page(list);
    }
  }

  async #learn(): Promise<void> {
    const teams = await this.api.teams().catch(() => null);
    if (teams) this.store.setTeams(teams.data);
    const users = supervises(this.user) ? await this.api.users().catch(() => null) : null;
    this.store.names.value = new Map(users?.data.map(({ id, name }) => [id, name]));
    for (const { id, presence } of users?.data ?? []) {
      if (presence) this.store.signs.presence(id).value = presence;
    }
  }

  /** After a moment: whoever steps through the list is looking at nothing yet. */
  #sayViewing(): void {
    clearTimeout(this.#viewingDue);
    this.#viewingDue = setTimeout(() => {
      this.#feed.send({ type: "viewing", conversation_id: focused.peek() ? route.peek().conversation : null });
    }, VIEWING_SETTLES);
  }

  #sayPresence(): void {
    this.#feed.send({ type: "presence", state: idle.peek() ? "away" : "online" });
  }

  #watch(): void {
    const nudge = (): void => {
      this.#feed.nudge();
      this.outbox.wake();
    };
    const hide = (): void => (document.hidden ? this.drafts.flush() : nudge());
    this.#listen(window, "online", nudge);
    this.#listen(window, "focus", nudge);
    this.#listen(window, "pagehide", () => this.drafts.flush());
    this.#listen(document, "visibilitychange", hide);
    const again = setInterval(() => this.#sayViewing(), VIEWING_EVERY);
    this.#ends.push(
      () => clearInterval(again),
      () => clearTimeout(this.#viewingDue),
      effect(() => {
        const arrival = this.store.approvals.arrival.value;
        if (arrival && supervises(this.user)) tellOf(arrival);
      }),
      effect(() => {
        if (idle.value !== undefined) this.#sayPresence();
      }),
      effect(() => {
        if (focused.value !== undefined && route.value) this.#sayViewing();
      }),
    );
  }

  #listen(target: EventTarget, type: string, listener: () => void): void {
    target.addEventListener(type, listener);
    this.#ends.push(() => target.removeEventListener(type, listener));
  }
}

/** Whoever looks at the requests sees it come. */
function tellOf(approval: Approval): void {
  if (route.peek().screen === "approvals") return;
  toast(strings.approvals.announced(moneyText(approval), customerName(approval.customer)));
}

function lineOf(api: Api): Line {
  return {
    token: () => api.token(),
    renew: () => api.renew(),
    ticket: () => api.ticket(),
    typing: (id) => api.typing(id),
    webSocket: (path, protocols) => new WebSocket(location.origin.replace(/^http/, "ws") + path, protocols),
    eventSource: (path) => new EventSource(path),
    isSignedOut,
  };
}
