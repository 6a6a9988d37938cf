-- What was to be done at a back end and was given up, until a person has seen to it.
create table dead_letters (
    id uuid primary key,
    integration text not null,
    operation text not null,
    kind text not null check (kind in ('write', 'read', 'review', 'webhook')),
    state text not null default 'dead'
        check (state in ('dead', 'queued', 'redriving', 'redriven', 'skipped', 'discarded')),
    -- What it is about: a draft, a tool call. Kept when that is gone.
    ref_id uuid,
    conversation_id uuid references conversations on delete set null,
    idempotency_key text,
    problem text not null,
    provider_status smallint,
    attempts integer not null,
    times integer not null default 1,
    payload json not null,
    first_at timestamptz(3) not null default clock_timestamp(),
    last_at timestamptz(3) not null default clock_timestamp(),
    requested_by text,
    due_at timestamptz(3),
    lease_until timestamptz,
    settled_at timestamptz(3)
) with (fillfactor = 80);
create unique index dead_letters_open on dead_letters (integration, operation, ref_id)
where state in ('dead', 'queued', 'redriving') and ref_id is not null;
create index dead_letters_newest on dead_letters (last_at desc, id desc);
create index dead_letters_state on dead_letters (integration, state, first_at);
create index dead_letters_queue on dead_letters (due_at) where state in ('queued', 'redriving');
create index dead_letters_conversation on dead_letters (conversation_id) where conversation_id is not null;
