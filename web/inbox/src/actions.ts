// What a person does to a conversation. Shown at once; taken back, with the reason, when the hub refuses.

import { type Api, hasStatus, type Patch } from "./api";
import { hubNow } from "./clock";
import type { Conversation, Message, User } from "./protocol";
import type { Store } from "./store";
import { strings } from "./strings";
import { withMessage } from "./thread";
import { reasonOf, toast } from "./toasts";

/** A refusal as stale is tried again while nobody else touched the fields in question. */
const TRIES = 3;

export class Actions {
  readonly #api: Api;
  readonly #store: Store;
  readonly #user: User;

  constructor(api: Api, store: Store, user: User) {
    this.#api = api;
    this.#store = store;
    this.#user = user;
  }

  /** Takes an unassigned conversation, or assigns somebody's to me. */
  async takeOver(id: string): Promise<void> {
    const before = this.#store.held(id)?.conversation;
    if (!before || before.assignee_id === this.#user.id) return;
    if (before.assignee_id !== null) return this.#change(before, { assignee_id: this.#user.id }, strings.toast.take);
    this.#store.presume(id, { assignee_id: this.#user.id, assignee_name: this.#user.name });
    try {
      this.#store.answered(await this.#api.take(id));
    } catch (error) {
      this.#takeBack(before, ["assignee_id"]);
      const winner = hasStatus(error, 409) ? error.problem.winner : undefined;
      if (winner) this.#store.presume(id, { assignee_id: winner.id, assignee_name: winner.name });
      toast(winner ? strings.toast.taken(winner.name) : strings.toast.refused(strings.toast.take, reasonOf(error)), "danger");
    }
  }

  async resolveOrReopen(id: string): Promise<void> {
    const conversation = this.#store.held(id)?.conversation;
    if (!conversation || conversation.status === "closed") return;
    const status = isDone(conversation) ? "open" : "resolved";
    await this.#change(conversation, { status }, strings.toast.status);
  }

  /** Hands the conversation to the AI agent, or takes it from it. Its event shows it, and leaves a line in the thread. */
  async attachAi(id: string, attached: boolean): Promise<void> {
    try {
      await this.#api.attachAi(id, attached);
    } catch (error) {
      toast(strings.toast.refused(strings.toast.ai, reasonOf(error)), "danger");
    }
  }

  async retry(message: Message): Promise<void> {
    this.#show({ ...message, status: "pending", error: null });
    try {
      this.#show(await this.#api.retry(message.message_id));
    } catch (error) {
      this.#show(message);
      toast(strings.toast.refused(strings.toast.retry, reasonOf(error)), "danger");
    }
  }

  async react(message: Message, emoji: string): Promise<void> {
    const mine = message.reactions?.find(({ by }) => by === this.#user.id);
    const others = (message.reactions ?? []).filter((one) => one !== mine);
    const chosen = mine?.emoji === emoji ? "" : emoji;
    this.#show({ ...message, reactions: chosen ? [...others, { emoji: chosen, by: this.#user.id }] : others });
    try {
      await this.#api.react(message.message_id, chosen);
    } catch (error) {
      this.#show(message);
      toast(strings.toast.refused(strings.toast.reaction, reasonOf(error)), "danger");
    }
  }

  async #change(before: Conversation, patch: Patch, what: string): Promise<void> {
    const names = patch.assignee_id === this.#user.id ? { assignee_name: this.#user.name } : {};
    this.#store.presume(before.id, { ...patch, ...names });
    try {
      this.#store.answered(await this.#send(before, patch));
    } catch (error) {
      this.#takeBack(before, Object.keys(patch) as (keyof Patch)[]);
      this.#explain(before.id, error, what);
    }
  }

  async #send(before: Conversation, patch: Patch): Promise<Conversation> {
    let { version } = before;
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#api.change(before.id, version, patch);
      } catch (error) {
        const current = hasStatus(error, 412) ? error.problem.current : undefined;
        const touched = (Object.keys(patch) as (keyof Patch)[]).some((name) => current?.[name] !== before[name]);
        if (!current || touched || attempt === TRIES) throw error;
        version = current.version;
      }
    }
  }

  /** Undoes what was presumed, unless an event has changed it since. */
  #takeBack(before: Conversation, names: readonly (keyof Patch)[]): void {
    const current = this.#store.held(before.id)?.conversation;
    if (!current || current.version !== before.version) return;
    const old = Object.fromEntries(names.map((name) => [name, before[name]])) as Partial<Conversation>;
    this.#store.presume(before.id, { ...old, assignee_name: before.assignee_name ?? null });
  }

  #explain(id: string, error: unknown, what: string): void {
    if (hasStatus(error, 412) && error.problem.current) {
      this.#store.answered(error.problem.current);
      const actor = this.#store.thread(id)?.events.at(-1)?.actor?.name;
      return toast(strings.toast.stale(actor ?? strings.events.somebody), "danger");
    }
    if (hasStatus(error, 403, 404)) {
      this.#store.forget(id);
      return toast(strings.toast.gone, "danger");
    }
    toast(strings.toast.refused(what, reasonOf(error)), "danger");
  }

  /** Shows a message as it is after an action; the next event about it replaces it. */
  #show(message: Message): void {
    this.#store.changeThread(message.conversation_id, (thread) => withMessage(thread, message, this.#store.seq));
  }
}

export function isDone(conversation: Conversation): boolean {
  return conversation.status === "resolved" || conversation.status === "closed";
}

/** Free text is possible: always in the own app, on WhatsApp while the 24-hour window is open. */
export function isWindowOpen(conversation: Conversation, now: number = hubNow()): boolean {
  if (conversation.channel.type !== "whatsapp") return true;
  return conversation.window_expires_at !== null && Date.parse(conversation.window_expires_at) > now;
}
