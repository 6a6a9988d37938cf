-- Webhooks out: endpoints of others that are told of events, and what is to be delivered to each.

create type webhook_delivery_state as enum ('pending', 'delivered', 'dead');

create table webhooks (
    id uuid primary key,
    url text not null,
    description text not null default '',
    event_types text[] not null,
    -- Only events of this team. Kept when the team is gone: then no event fits, instead of all.
    team_id uuid,
    enabled boolean not null,
    -- Why the hub itself has disabled it; null when a person did, or nobody.
    disabled_reason text check (disabled_reason in ('gone', 'failing')),
    disabled_at timestamptz(3),
    -- Since when every try has failed.
    failing_since timestamptz(3),
    secret text not null,
    -- Signs as well until then, so that the receiver can change over.
    previous_secret text,
    previous_until timestamptz(3),
    -- The event up to which deliveries were made.
    cursor bigint not null,
    -- The replica that delivers, by its advisory lock key; a dead replica's lock is free.
    leased_by bigint,
    lease_until timestamptz,
    version integer not null default 1,
    created_at timestamptz(3) not null default now(),
    updated_at timestamptz(3) not null default now()
) with (fillfactor = 80);

-- One row per endpoint and event; the event's id is also the id that the receiver sees. The body is not here: it is
-- made from the event log at each try.
create table webhook_deliveries (
    webhook_id uuid not null references webhooks on delete cascade,
    event_id uuid not null,
    -- 0: a test, which is no event.
    seq bigint not null,
    type text not null,
    conversation_id uuid,
    -- Deliveries of one line go out one after the other: the conversation, or the endpoint's own for what has none.
    line uuid not null,
    state webhook_delivery_state not null default 'pending',
    attempts integer not null default 0,
    next_try_at timestamptz(3) not null default clock_timestamp(),
    last_try_at timestamptz(3),
    last_status smallint,
    last_reason text,
    latency_ms integer,
    response text,
    settled_at timestamptz(3),
    created_at timestamptz(3) not null default clock_timestamp(),
    primary key (webhook_id, event_id)
) with (fillfactor = 80);
create index webhook_deliveries_pending on webhook_deliveries (webhook_id, line, seq) where state = 'pending';
create index webhook_deliveries_newest on webhook_deliveries (webhook_id, created_at desc, event_id desc);
create index webhook_deliveries_state on webhook_deliveries (webhook_id, state, created_at desc, event_id desc);
create index webhook_deliveries_age on webhook_deliveries (settled_at) where state <> 'pending';
