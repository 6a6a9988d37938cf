import type { JSX } from "preact";
import { isWindowOpen } from "../actions";
import { minute } from "../clock";
import { agoInWords, customerName, fullTime, monthAndYear, timeLeft } from "../formats";
import { dialled, spaced } from "../phone";
import type { Conversation } from "../protocol";
import { route } from "../route";
import { strings } from "../strings";
import { toast } from "../toasts";
import { DETAILS_BESIDE, drawerOpen } from "../ui";
import { Avatar } from "./Avatar";
import { useDesk } from "./context";
import { CustomerRecords } from "./CustomerRecords";
import { Fact } from "./Fact";
import { Icon } from "./icons";

/** Who the customer is and where the conversation stands; beside the thread, or a drawer over it. */
export function CustomerPanel(): JSX.Element | null {
  const id = route.value.conversation;
  const conversation = id ? useDesk().store.conversation(id) : undefined;
  if (!conversation) return null;
  return (
    <>
      {drawerOpen.value && <div class="scrim" onClick={() => (drawerOpen.value = false)} />}
      <aside class={`side ${drawerOpen.value ? "side-open" : ""}`} aria-label={strings.customer.label}>
        <Identity conversation={conversation} />
        {(DETAILS_BESIDE.matches || drawerOpen.value) && <CustomerRecords customerId={conversation.customer.id} />}
        <Standing conversation={conversation} />
      </aside>
    </>
  );
}

function Identity({ conversation }: { conversation: Conversation }): JSX.Element {
  const { customer, channel } = conversation;
  const copy = async (): Promise<void> => {
    await navigator.clipboard.writeText(dialled(customer.phone!));
    toast(strings.customer.copied);
  };
  return (
    <section class="side-part">
      <header class="side-head">
        <Avatar name={customerName(customer)} />
        <h2>
          <bdi>{customerName(customer)}</bdi>
        </h2>
        <button class="button icon-only only-drawer" type="button" aria-label={strings.customer.close} onClick={() => (drawerOpen.value = false)}>
          <Icon name="close" />
        </button>
      </header>
      <dl class="facts">
        <Fact name={strings.customer.phone}>
          {customer.phone ? (
            <button class="copy number" type="button" title={strings.customer.copy} onClick={() => void copy()}>
              {spaced(customer.phone)}
            </button>
          ) : (
            strings.customer.none
          )}
        </Fact>
        <Fact name={strings.customer.channel}>
          <span class={`channel channel-${channel.type}`}>{strings.channel[channel.type]}</span>
        </Fact>
        <Fact name={strings.customer.since}>{customer.created_at ? monthAndYear(customer.created_at) : strings.customer.none}</Fact>
        <Fact name={strings.customer.window}>{windowWords(conversation)}</Fact>
      </dl>
    </section>
  );
}

function Standing({ conversation }: { conversation: Conversation }): JSX.Element {
  const { store, user } = useDesk();
  const team = store.teams.value.find(({ id }) => id === conversation.team_id)?.name;
  const assignee = conversation.assignee_id === user.id ? user.name : conversation.assignee_name;
  return (
    <section class="side-part">
      <h3>{strings.customer.conversation}</h3>
      <dl class="facts">
        <Fact name={strings.customer.number}>#{conversation.number}</Fact>
        <Fact name={strings.customer.status}>{strings.status[conversation.status]}</Fact>
        <Fact name={strings.customer.team}>{team ?? strings.customer.noTeam}</Fact>
        <Fact name={strings.customer.assignee}>
          {conversation.assignee_id ? (assignee ?? strings.header.someone) : strings.header.unassigned}
        </Fact>
        {conversation.waiting_since && (
          <Fact name={strings.customer.waiting}>
            <span title={fullTime(conversation.waiting_since)}>{agoInWords(conversation.waiting_since, minute.value)}</span>
          </Fact>
        )}
        <Fact name={strings.customer.started}>
          <span title={fullTime(conversation.created_at)}>{agoInWords(conversation.created_at, minute.value)}</span>
        </Fact>
        {conversation.tags.length > 0 && (
          <Fact name={strings.customer.tags}>
            <span class="chips">
              {conversation.tags.map((tag) => (
                <span key={tag} class="chip">
                  {tag}
                </span>
              ))}
            </span>
          </Fact>
        )}
      </dl>
    </section>
  );
}

function windowWords(conversation: Conversation): string {
  if (conversation.channel.type !== "whatsapp") return strings.customer.noWindow;
  const { window_expires_at: expires } = conversation;
  const now = minute.value;
  if (!isWindowOpen(conversation, now) || !expires) return strings.window.closed;
  return strings.window.left(timeLeft(Math.max(Date.parse(expires) - now, 120_000)));
}
