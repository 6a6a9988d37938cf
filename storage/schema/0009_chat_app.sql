-- The Chat App's customers in the event log: whose inbox an event concerns, so that a customer who comes back after
-- weeks is told what was his, and nothing else is read for it.
alter table events add column inbox_id uuid;
create index events_inbox on events (inbox_id, seq) where inbox_id is not null;

-- Tickets that open a customer's event stream where no header can be set, like stream_tickets for colleagues.
create unlogged table inbox_tickets (
    hash bytea primary key,
    channel text not null,
    customer_id text not null,
    -- Until when the token is good that asked for it: the stream ends then.
    token_until timestamptz not null,
    expires_at timestamptz not null
);
create index inbox_tickets_age on inbox_tickets (expires_at);
