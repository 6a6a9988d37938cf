// Who is typing, who is looking, who is here. Nothing of it is stored, and all of it lapses by itself.

import { type Signal, signal } from "@preact/signals";
import type { Sign } from "./inbox";
import type { Message, PresenceState } from "./protocol";

export interface Person {
  readonly id: string;
  readonly name: string | null;
  readonly customer: boolean;
}

const TYPING_LAPSES = 6_000;
const VIEWING_LAPSES = 90_000;
const NOBODY: readonly Person[] = [];

/** People per conversation, each until a moment of their own. */
class Crowd {
  readonly #present = new Map<string, Signal<readonly Person[]>>();
  readonly #lapse = new Map<string, ReturnType<typeof setTimeout>>();
  readonly #after: number;

  constructor(after: number) {
    this.#after = after;
  }

  of(conversationId: string): Signal<readonly Person[]> {
    let people = this.#present.get(conversationId);
    if (!people) this.#present.set(conversationId, (people = signal(NOBODY)));
    return people;
  }

  enter(conversationId: string, person: Person): void {
    const people = this.of(conversationId);
    if (!people.peek().some(({ id }) => id === person.id)) people.value = [...people.peek(), person];
    const key = `${conversationId} ${person.id}`;
    clearTimeout(this.#lapse.get(key));
    this.#lapse.set(key, setTimeout(() => this.leave(conversationId, person.id), this.#after));
  }

  leave(conversationId: string, personId: string): void {
    const key = `${conversationId} ${personId}`;
    clearTimeout(this.#lapse.get(key));
    if (!this.#lapse.delete(key)) return;
    const people = this.of(conversationId);
    people.value = people.peek().filter(({ id }) => id !== personId);
  }

  leaveEverywhere(personId: string, except: string | null = null): void {
    for (const key of [...this.#lapse.keys()]) {
      const [conversationId, id] = key.split(" ") as [string, string];
      if (id === personId && conversationId !== except) this.leave(conversationId, id);
    }
  }
}

export class Signs {
  readonly #typing = new Crowd(TYPING_LAPSES);
  readonly #viewing = new Crowd(VIEWING_LAPSES);
  readonly #presence = new Map<string, Signal<PresenceState | null>>();

  typing = (conversationId: string): Signal<readonly Person[]> => this.#typing.of(conversationId);
  viewing = (conversationId: string): Signal<readonly Person[]> => this.#viewing.of(conversationId);

  presence(userId: string): Signal<PresenceState | null> {
    let state = this.#presence.get(userId);
    if (!state) this.#presence.set(userId, (state = signal(null)));
    return state;
  }

  take(sign: Sign): void {
    if (sign.kind === "presence") {
      this.presence(sign.userId).value = sign.state;
      if (sign.state === "offline") this.#viewing.leaveEverywhere(sign.userId);
    } else if (sign.kind === "typing") {
      this.#typing.enter(sign.conversationId, { id: sign.who, name: sign.name, customer: sign.customer });
    } else if (sign.looks) {
      this.#viewing.leaveEverywhere(sign.who, sign.conversationId);
      this.#viewing.enter(sign.conversationId, { id: sign.who, name: sign.name, customer: false });
    } else {
      this.#viewing.leave(sign.conversationId, sign.who);
    }
  }

  /** A message has come: whoever wrote it no longer types. */
  stoppedTyping({ conversation_id: conversationId, direction, sender }: Message): void {
    for (const person of this.#typing.of(conversationId).peek()) {
      const wrote = direction === "inbound" ? person.customer : person.id === sender.id;
      if (wrote) this.#typing.leave(conversationId, person.id);
    }
  }
}
