import type { JSX } from "preact";
import { supervises } from "../approvals";
import { moneyText } from "../money";
import { strings } from "../strings";
import { WIDE } from "../ui";
import { ApprovalCard, StateChip } from "./ApprovalCard";
import { useDesk } from "./context";
import { Icon } from "./icons";

/** What waits for a person's approval in the conversation on screen, above the composer. */
export function ApprovalStrip({ id }: { id: string }): JSX.Element {
  const { store, user } = useDesk();
  const waiting = store.approvals.waitingIn(id);
  return (
    <>
      {waiting.map((approval) => (
        <details key={approval.id} class="approval-strip" open={WIDE.matches && supervises(user)}>
          <summary>
            <Icon name="shield" size={18} />
            <strong class="number">{strings.approvals.needed(moneyText(approval), approval.currency)}</strong>
            <span class="spring" />
            <StateChip approval={approval} />
          </summary>
          <ApprovalCard approval={approval} here />
        </details>
      ))}
    </>
  );
}
