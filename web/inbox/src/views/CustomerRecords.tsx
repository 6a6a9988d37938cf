import { useComputed } from "@preact/signals";
import type { ComponentChildren, JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { minute, second } from "../clock";
import { ageInWords, agoInWords, fullTime, timeLeft } from "../formats";
import { moneyText } from "../money";
import type { Ticket, Transaction } from "../protocol";
import type { Kind, RecordsState, Row, Trouble } from "../records";
import { strings } from "../strings";
import { useDesk } from "./context";
import { Icon } from "./icons";

const words = strings.records;
/** Rows that are shown before one asks for more. */
const FIRST = 4;

/** What the back ends know of the customer; nothing at all of a back end that the hub does not have. */
export function CustomerRecords({ customerId }: { customerId: string }): JSX.Element {
  return (
    <>
      <Part key={`x ${customerId}`} kind="transactions" customerId={customerId} />
      <Part key={`t ${customerId}`} kind="tickets" customerId={customerId} />
    </>
  );
}

function Part({ kind, customerId }: { kind: Kind; customerId: string }): JSX.Element | null {
  const { records } = useDesk();
  const found = records.of(kind, customerId).value;
  useEffect(() => records.watch(kind, customerId), [records, kind, customerId]);
  if (found.state === "absent") return null;
  const { title } = words[kind];
  return (
    <section class="side-part" aria-label={title}>
      <header class="records-head">
        <h3>{title}</h3>
        <button class="small" type="button" aria-label={words.refresh(title)} title={words.refresh(title)} onClick={() => void records.refresh(kind, customerId)}>
          <Icon name="refresh" size={16} />
        </button>
      </header>
      {found.state === "loading" && <span class="bone bone-record" />}
      {found.state === "ready" && <Rows kind={kind} rows={found.rows} />}
      <Standing kind={kind} found={found} />
    </section>
  );
}

function Rows({ kind, rows }: { kind: Kind; rows: readonly Row[] }): JSX.Element {
  const [all, setAll] = useState(false);
  if (rows.length === 0) return <p class="quiet">{words[kind].none}</p>;
  return (
    <>
      <ul class="records">
        {(all ? rows : rows.slice(0, FIRST)).map((row) => (
          <li key={row.id} class="record">
            {"amount" in row ? <TransactionCard transaction={row} /> : <TicketCard ticket={row} />}
          </li>
        ))}
      </ul>
      {!all && rows.length > FIRST && (
        <button class="link" type="button" onClick={() => setAll(true)}>
          {words.more(rows.length - FIRST)}
        </button>
      )}
    </>
  );
}

function TransactionCard({ transaction }: { transaction: Transaction }): JSX.Element {
  const { id, amount, description, created_at: at } = transaction;
  return (
    <Card row={transaction} title={`${id} · ${moneyText(amount)}`} at={at}>
      {description}
    </Card>
  );
}

function TicketCard({ ticket }: { ticket: Ticket }): JSX.Element {
  return (
    <Card row={ticket} title={ticket.id} at={ticket.updated_at ?? ticket.created_at}>
      {ticket.subject}
    </Card>
  );
}

interface CardProps {
  row: Row;
  title: string;
  at: string | null | undefined;
  children: ComponentChildren;
}

function Card({ row, title, at, children }: CardProps): JSX.Element {
  return (
    <>
      <strong class="record-title number">{title}</strong>
      <span class={`chip ${TONES[row.status] ?? ""}`}>{words.status[row.status] ?? row.provider_status}</span>
      <span class="record-text" dir="auto">
        {children}
      </span>
      {at && (
        <time class="quiet number" datetime={at} title={fullTime(at)}>
          {agoInWords(at, minute.value)}
        </time>
      )}
    </>
  );
}

const TONES: Readonly<Record<string, string>> = {
  completed: "success",
  resolved: "success",
  pending: "warning",
  processing: "warning",
  open: "warning",
  failed: "danger",
};

/** How old it is, and what is wrong with asking again. The clock is not announced: it would be at every tick. */
function Standing({ kind, found }: { kind: Kind; found: RecordsState }): JSX.Element {
  const { system } = words[kind];
  return (
    <p class="records-standing">
      {found.state === "ready" && <Age system={system} asOf={found.asOf} stale={found.stale || found.trouble !== null} />}
      {"trouble" in found && found.trouble && <Wrong system={system} trouble={found.trouble} known={found.state === "ready"} />}
    </p>
  );
}

function Age({ system, asOf, stale }: { system: string; asOf: string; stale: boolean }): JSX.Element {
  const age = useComputed(() => ageInWords(asOf, second.value)).value;
  return (
    <span class={stale ? "stale number" : "quiet number"} title={fullTime(asOf)}>
      {stale ? words.copy(system, age) : words.checked(age)}
    </span>
  );
}

function Wrong({ system, trouble, known }: { system: string; trouble: Trouble; known: boolean }): JSX.Element {
  const left = useComputed(() => timeLeft(trouble.againAt - second.value)).value;
  return (
    <>
      {!(known && trouble.kind === "down") && <span class="stale">{words.trouble[trouble.kind](system)}</span>}
      <span class="quiet number">{words.retryIn(left)}</span>
      {trouble.reference && trouble.kind === "error" && <span class="quiet">{strings.toast.reference(trouble.reference)}</span>}
    </>
  );
}
