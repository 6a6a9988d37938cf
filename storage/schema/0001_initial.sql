-- The first schema. Conversations, their messages and the event log change only through journal_append (0002).

create type user_role as enum ('admin', 'supervisor', 'agent');
create type team_kind as enum ('support', 'sales', 'other');
create type conversation_status as enum ('pending', 'open', 'snoozed', 'resolved', 'closed');
create type message_direction as enum ('inbound', 'outbound');
create type delivery_status as enum ('received', 'pending', 'sending', 'unknown', 'sent', 'delivered', 'read', 'failed');
create type media_state as enum ('pending', 'stored', 'failed');
create type outbox_state as enum ('queued', 'leased', 'sending');

-- People -------------------------------------------------------------------------------------------------------------

create table users (
    id uuid primary key,
    email text not null check (email = lower(email)),
    name text not null,
    role user_role not null,
    password_hash text not null,
    capacity integer not null default 8 check (capacity between 0 and 1000),
    disabled boolean not null default false,
    -- Part of every access token: raising it refuses all tokens issued before.
    token_version integer not null default 0,
    version integer not null default 1,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint users_email_key unique (email)
);

create table teams (
    id uuid primary key,
    name text not null,
    kind team_kind not null default 'support',
    version integer not null default 1,
    created_at timestamptz not null default now(),
    constraint teams_name_key unique (name)
);

create table team_members (
    team_id uuid not null references teams on delete cascade,
    user_id uuid not null references users on delete cascade,
    primary key (team_id, user_id)
);
create index team_members_user on team_members (user_id);

-- One row per signed-in browser: a family of rotating refresh tokens. Only hashes are stored.
create table auth_sessions (
    id uuid primary key,
    user_id uuid not null references users on delete cascade,
    token_hash bytea not null,
    -- The token before the last rotation: shown again, it proves a theft and ends the family.
    previous_hash bytea,
    rotated_at timestamptz not null default now(),
    user_agent text,
    address text,
    created_at timestamptz not null default now(),
    last_used_at timestamptz not null default now(),
    expires_at timestamptz not null,
    revoked_at timestamptz,
    constraint auth_sessions_token_key unique (token_hash)
);
create index auth_sessions_user on auth_sessions (user_id);
create index auth_sessions_previous on auth_sessions (previous_hash);

-- Failed sign-ins per account and per address, so that the throttle holds over all replicas.
create table login_attempts (
    subject text primary key,
    failures integer not null,
    first_at timestamptz not null,
    blocked_until timestamptz
);

-- Answers of acting POSTs, kept 24 h, per principal.
create table idempotency_keys (
    principal text not null,
    key text not null,
    request_hash bytea not null,
    -- Null while the first request is running.
    status integer,
    headers json,
    body bytea,
    created_at timestamptz not null default now(),
    primary key (principal, key)
);
create index idempotency_keys_age on idempotency_keys (created_at);

-- Customers ----------------------------------------------------------------------------------------------------------

create table customers (
    id uuid primary key,
    name text,
    attributes jsonb not null default '{}',
    version integer not null default 1,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now()
);

create table identities (
    channel text not null,
    kind text not null,
    value text not null,
    customer_id uuid not null references customers on delete cascade,
    created_at timestamptz not null default now(),
    primary key (channel, kind, value)
);
create index identities_customer on identities (customer_id);

-- Conversations ------------------------------------------------------------------------------------------------------

create sequence conversation_number start 1001;

create table conversations (
    id uuid primary key,
    number bigint not null default nextval('conversation_number'),
    channel text not null,
    channel_type text not null,
    customer_id uuid not null references customers,
    status conversation_status not null,
    team_id uuid references teams on delete set null,
    assignee_id uuid references users on delete set null,
    priority smallint not null default 0 check (priority between 0 and 3),
    subject text,
    tags text[] not null default '{}',
    attributes jsonb not null default '{}',
    -- What people see as the version: raised when a field they can edit changes. It guards PATCH.
    version integer not null,
    -- Raised by every change of the conversation or its messages. It guards the journal.
    revision bigint not null,
    -- The change that led to this revision: a repeated submission of it is answered as done.
    last_change uuid not null,
    -- conversation_seq of the newest message; dense from 1.
    last_seq integer not null default 0,
    -- Messages in the outbox, and messages that failed and wait for a person.
    unsent integer not null default 0,
    failed integer not null default 0,
    waiting_since timestamptz,
    first_reply_at timestamptz,
    -- The customer's last word by the channel's clock: WhatsApp's window counts from here.
    window_opened_at timestamptz,
    last_message json,
    last_message_at timestamptz,
    snoozed_until timestamptz,
    resolved_at timestamptz,
    previous_id uuid,
    merged_into_id uuid,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    constraint conversations_number_key unique (number)
) with (fillfactor = 80);
create unique index conversations_live on conversations (channel, customer_id) where status <> 'closed';
create index conversations_customer on conversations (customer_id, created_at);
create index conversations_waiting on conversations (team_id, coalesce(waiting_since, last_message_at), id) where status = 'open';
create index conversations_assignee on conversations (assignee_id, status);
create index conversations_recent on conversations (last_message_at desc, id);
create index conversations_failed on conversations (id) where failed > 0;

create table messages (
    id uuid primary key,
    conversation_id uuid not null references conversations,
    seq integer not null,
    channel text not null,
    channel_message_id text,
    client_id uuid,
    direction message_direction not null,
    sender_type text not null check (sender_type in ('customer', 'agent', 'system')),
    sender_id uuid,
    sender_name text,
    type text not null check (type in ('text', 'image', 'video', 'audio', 'document', 'interactive')),
    text text,
    content_metadata json not null,
    media_id uuid,
    reply_to json,
    reactions json,
    status delivery_status not null,
    status_at json,
    error json,
    attempt integer not null default 0,
    -- The channel's time of the message (inbound) or the hub's (outbound).
    at timestamptz not null,
    created_at timestamptz not null,
    edited_at timestamptz,
    deleted_at timestamptz,
    metadata json not null,
    -- For the hub's own decisions, shown to nobody.
    internal json not null,
    constraint messages_order_key unique (conversation_id, seq)
);
create unique index messages_channel_key on messages (channel, channel_message_id) where channel_message_id is not null;
create unique index messages_client_key on messages (conversation_id, client_id) where client_id is not null;
create index messages_media on messages (media_id) where media_id is not null;

-- Each try of sending a message, with the channel's id of it: 1:N, because a retry is a new attempt.
create table attempts (
    message_id uuid not null references messages on delete cascade,
    attempt integer not null,
    channel text not null,
    provider_id text,
    status delivery_status not null,
    error_code text,
    error_text text,
    at timestamptz not null,
    primary key (message_id, attempt)
);
create unique index attempts_provider_key on attempts (channel, provider_id) where provider_id is not null;

-- Everything the channel reported about sent messages, in its own words and time.
create table delivery_reports (
    channel text not null,
    provider_id text not null,
    status text not null,
    at timestamptz not null,
    message_id uuid,
    report json not null,
    received_at timestamptz not null default now(),
    primary key (channel, provider_id, status, at)
);
create index delivery_reports_orphans on delivery_reports (channel, provider_id) where message_id is null;

-- Reactions, edits and deletions that came before the message they concern.
create table held_amendments (
    id uuid primary key,
    conversation_id uuid not null references conversations on delete cascade,
    target text not null,
    item json not null,
    created_at timestamptz not null default now()
);
create index held_amendments_conversation on held_amendments (conversation_id);

-- How far each user has read.
create table reads (
    user_id uuid not null references users on delete cascade,
    conversation_id uuid not null references conversations on delete cascade,
    seq integer not null,
    at timestamptz not null default now(),
    primary key (user_id, conversation_id)
);

create table media (
    id uuid primary key,
    channel text,
    conversation_id uuid,
    message_id uuid,
    direction message_direction not null,
    state media_state not null,
    provider_id text,
    url text,
    mime_type text,
    size bigint,
    sha256 text,
    filename text,
    reason text,
    tries integer not null default 0,
    -- When something is to be done: fetch it while it is pending, tell its message once it is settled. Null: nothing.
    next_try_at timestamptz,
    -- Until when the channel has an upload under provider_id.
    provider_until timestamptz,
    -- A user's id, or that of a key.
    uploaded_by uuid,
    -- The request that uploaded it, so that its repetition is the same file.
    upload_key text,
    created_at timestamptz not null default now()
);
create index media_due on media (channel, next_try_at) where next_try_at is not null;
create unique index media_upload_key on media (upload_key) where upload_key is not null;

-- Effects ------------------------------------------------------------------------------------------------------------

-- What is to be sent. A row lives from the commit of its message until its attempt is settled.
create table outbox (
    id uuid primary key,
    channel text not null,
    conversation_id uuid not null,
    message_id uuid,
    seq integer not null,
    attempt integer not null,
    lane smallint not null default 0 check (lane between 0 and 2),
    state outbox_state not null,
    payload json not null,
    tries integer not null default 0,
    not_before timestamptz not null,
    lease_token uuid,
    -- The advisory lock key of the replica that holds the lease; a dead replica's lock is free.
    leased_by bigint,
    lease_until timestamptz,
    created_at timestamptz not null
);
create index outbox_order on outbox (conversation_id, seq);
create index outbox_due on outbox (channel, lane, not_before);

-- Signed payload elements that could not be understood, as they came.
create table quarantine (
    id uuid primary key,
    channel text not null,
    reason text not null,
    payload bytea not null,
    received_at timestamptz not null default now()
);
create index quarantine_age on quarantine (received_at);

-- What the channel said about the company's account, and customer traffic that is no message.
create table channel_events (
    id uuid primary key,
    channel text not null,
    field text not null,
    event text,
    payload json not null,
    at timestamptz not null
);
create index channel_events_age on channel_events (at);

-- Event log ----------------------------------------------------------------------------------------------------------

-- One row: the newest event's seq. Dense numbers, because it changes only under the journal's lock.
create table journal_head (
    one boolean primary key default true check (one),
    seq bigint not null,
    -- The oldest seq still in the log, less one.
    trimmed bigint not null
);
insert into journal_head (seq, trimmed) values (0, 0);

create table events (
    seq bigint not null primary key,
    id uuid not null,
    type text not null,
    at timestamptz not null,
    conversation_id uuid,
    conversation_seq integer,
    version integer,
    -- Who may see it: everybody when no conversation is concerned and audience is null.
    team_id uuid,
    assignee_id uuid,
    audience_user_id uuid,
    actor json,
    data json not null
) partition by range (seq);
create table events_0 partition of events for values from (0) to (1000000);
create table events_rest partition of events default;
create index events_conversation on events (conversation_id, seq);
