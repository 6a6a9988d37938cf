-- Tickets that open an event stream where no header can be set: single use over all replicas, seconds of life. Only
-- hashes are stored. Unlogged: a crash of the server makes clients ask for another.
create unlogged table stream_tickets (
    hash bytea primary key,
    user_id uuid not null references users on delete cascade,
    session_id uuid,
    token_version integer not null,
    -- Until when the access token is good that asked for it: the stream ends then.
    access_until timestamptz not null,
    expires_at timestamptz not null
);
create index stream_tickets_age on stream_tickets (expires_at);
