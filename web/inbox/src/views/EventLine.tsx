import type { JSX } from "preact";
import { moneyText } from "../money";
import type { Approval, HubEvent, Team } from "../protocol";
import { strings } from "../strings";
import { useDesk } from "./context";
import { SentAt } from "./Delivery";

/** A line between messages: who took, gave or closed the conversation, what the AI agent asked for and was told. */
export function EventLine({ event }: { event: HubEvent }): JSX.Element {
  const { store, user } = useDesk();
  const approval = event.data?.approval;
  const decider = approval?.decided_by === user.id ? user.name : store.names.value.get(approval?.decided_by ?? "");
  return (
    <p class="event-line">
      <span>{approval ? approvalSentence(approval, decider) : sentence(event, store.teams.value)}</span>
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
    case "conversation.updated":
      return part?.ai_attached ? strings.events.ai_on(who) : strings.events.ai_off(who);
    case "conversation.merged":
      return strings.events.merged(who);
    default:
      return strings.events.status(who, strings.status[part?.status ?? "open"]);
  }
}

function approvalSentence(approval: Approval, decider: string = strings.approvals.somebody): string {
  return strings.approvals.decidedLine[approval.state](moneyText(approval), decider);
}
