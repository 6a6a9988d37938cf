import type { JSX } from "preact";
import type { HubEvent, Team } from "../protocol";
import { strings } from "../strings";
import { useDesk } from "./context";
import { SentAt } from "./Delivery";

/** A line between messages: who took, gave or closed the conversation. */
export function EventLine({ event }: { event: HubEvent }): JSX.Element {
  const teams = useDesk().store.teams.value;
  return (
    <p class="event-line">
      <span>{sentence(event, teams)}</span>
      <SentAt at={event.at} />
    </p>
  );
}

function sentence({ type, actor, data }: HubEvent, teams: readonly Team[]): string {
  const who = actor?.name ?? (actor?.type === "ai" ? strings.events.ai : strings.events.hub);
  const part = data?.conversation;
  const team = teams.find(({ id }) => id === part?.team_id);
  switch (type) {
    case "conversation.assigned":
      if (part?.assignee_id && part.assignee_id === actor?.id) return strings.events.took(who);
      if (!part?.assignee_id && team) return strings.events.team(who, team.name);
      return strings.events.assigned(who, part?.assignee_name ?? strings.events.somebody);
    case "conversation.unassigned":
      return strings.events.unassigned(who);
    case "conversation.merged":
      return strings.events.merged(who);
    default:
      return strings.events.status(who, strings.status[part?.status ?? "open"]);
  }
}
