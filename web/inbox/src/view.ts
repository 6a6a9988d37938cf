// The views an agent chooses from: which conversations each holds, in which order, and how to ask the hub for them.

import type { Conversation, Team } from "./protocol";
import { strings } from "./strings";

export interface View {
  readonly slug: string;
  readonly name: string;
  readonly team: Team | null;
  readonly query: Readonly<Record<string, string>>;
  holds(conversation: Conversation, me: string): boolean;
}

const isOpen = (conversation: Conversation): boolean => conversation.status === "open";

export const MINE: View = {
  slug: "mine",
  name: strings.views.mine,
  team: null,
  query: { status: "open", assignee_id: "me" },
  holds: (conversation, me) => isOpen(conversation) && conversation.assignee_id === me,
};

export const UNASSIGNED: View = {
  slug: "unassigned",
  name: strings.views.unassigned,
  team: null,
  query: { status: "open", assignee_id: "none" },
  holds: (conversation) => isOpen(conversation) && conversation.assignee_id === null,
};

export const ALL_OPEN: View = {
  slug: "open",
  name: strings.views.open,
  team: null,
  query: { status: "open" },
  holds: isOpen,
};

export const FAILED: View = {
  slug: "failed",
  name: strings.views.failed,
  team: null,
  query: { failed: "true" },
  holds: (conversation) => conversation.failed > 0,
};

export const FIXED: readonly View[] = [MINE, UNASSIGNED, ALL_OPEN];

export function teamView(team: Team): View {
  return {
    slug: `team-${team.id}`,
    name: team.name,
    team,
    query: { status: "open", team_id: team.id },
    holds: (conversation) => isOpen(conversation) && conversation.team_id === team.id,
  };
}

export type Sort = "waited" | "newest";
export type Order = (a: Conversation, b: Conversation) => number;

const newest: Order = (a, b) => compare(activity(b), activity(a)) || compare(a.id, b.id);

/** Longest wait first; who waits for nothing comes after, newest first. */
const waited: Order = (a, b) => {
  if (a.waiting_since && b.waiting_since) return compare(a.waiting_since, b.waiting_since) || compare(a.id, b.id);
  if (a.waiting_since || b.waiting_since) return a.waiting_since ? -1 : 1;
  return newest(a, b);
};

export const ORDERS: Readonly<Record<Sort, Order>> = { waited, newest };

export function activity(conversation: Conversation): string {
  return conversation.last_message?.at ?? conversation.created_at;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
