-- Drafts of transactions: what an AI agent wants to be paid, the customer's consent, a person's approval, and the commit.
-- hub/transaction/state.py has the states and what leads from one to another.

create table transaction_consents (
    id uuid primary key,
    draft_id uuid not null,
    -- SHA-256 of what was agreed to.
    terms bytea not null,
    prompt_message_id uuid not null,
    -- One message agrees to one thing.
    customer_message_id uuid not null,
    method text not null check (method in ('button', 'code', 'words')),
    created_at timestamptz not null default clock_timestamp(),
    constraint transaction_consents_message_key unique (customer_message_id)
);

create table transaction_approvals (
    id uuid primary key,
    draft_id uuid not null,
    terms bytea not null,
    state text not null check (state in ('pending', 'approved', 'rejected', 'expired', 'withdrawn')),
    requested_at timestamptz not null,
    expires_at timestamptz not null,
    decided_by uuid references users on delete set null,
    decided_at timestamptz,
    reason text,
    constraint transaction_approvals_terms_key unique (draft_id, terms)
);
create index transaction_approvals_newest on transaction_approvals (requested_at desc, id desc);
create index transaction_approvals_pending on transaction_approvals (expires_at) where state = 'pending';

create table transaction_drafts (
    id uuid primary key,
    conversation_id uuid not null references conversations,
    customer_id uuid not null references customers,
    -- What the back end knows the customer as.
    customer_ref text not null,
    principal text not null,
    asked_by uuid,
    amount_minor bigint not null check (amount_minor > 0),
    currency text not null check (currency ~ '^[A-Z]{3}$'),
    description text not null,
    state text not null,
    version integer not null,
    -- The idempotency keys of the two calls, made before the first of them.
    key_create uuid not null,
    key_commit uuid not null,
    external_id text,
    terms bytea,
    -- The question to the customer, and how far what they wrote was read.
    nonce text not null,
    code text not null,
    prompts_wanted integer not null,
    prompt_ids uuid[] not null,
    first_prompt integer not null,
    last_prompt integer not null,
    heard integer not null,
    spoke boolean not null,
    consent_id uuid references transaction_consents,
    confirmed_until timestamptz,
    failures integer not null,
    risk text[] not null,
    approval_id uuid references transaction_approvals,
    approval_until timestamptz,
    spent_at timestamptz,
    reason text,
    transaction_id text,
    withdraw boolean not null,
    -- Looking for an answer that was lost: since when, how often; and which replica waits for one.
    searched_since timestamptz,
    tries integer not null,
    replica bigint,
    -- When something is to be done about it by itself, and until when a replica is about to.
    due timestamptz,
    claimed_until timestamptz,
    created_at timestamptz not null,
    expires_at timestamptz not null,
    updated_at timestamptz not null default clock_timestamp(),
    -- The last word on what must never be, whatever the code above does: money moves with the customer's consent, and
    -- with a person's approval where that was found to be needed.
    constraint transaction_drafts_consent check (
        consent_id is not null
        or state not in ('confirmed', 'awaiting_approval', 'approved', 'committing', 'commit_unknown', 'manual_review', 'committed')
    ),
    constraint transaction_drafts_approval check (
        approval_id is not null or cardinality(risk) = 0
        or state not in ('approved', 'committing', 'commit_unknown', 'manual_review', 'committed')
    )
) with (fillfactor = 80);
create unique index transaction_drafts_open on transaction_drafts (conversation_id)
where state in (
    'creating', 'create_unknown', 'awaiting_confirmation', 'confirmed', 'awaiting_approval', 'approved', 'committing',
    'commit_unknown'
);
create index transaction_drafts_conversation on transaction_drafts (conversation_id, created_at desc);
create index transaction_drafts_spent on transaction_drafts (customer_id, spent_at) where spent_at is not null;
create index transaction_drafts_due on transaction_drafts (due) where due is not null;
create index transaction_drafts_listening on transaction_drafts (conversation_id, heard)
where state in ('awaiting_confirmation', 'confirmed', 'awaiting_approval');

-- The tokens that open a commit. Only hashes are stored.
create table transaction_tokens (
    digest bytea primary key,
    draft_id uuid not null references transaction_drafts on delete cascade,
    terms bytea not null,
    consent_id uuid not null references transaction_consents,
    principal text not null,
    conversation_id uuid not null,
    expires_at timestamptz not null,
    used_by uuid,
    constraint transaction_tokens_consent_key unique (consent_id)
);

-- What is still to be told as an event. A row is written together with what it tells of, and goes when the journal has
-- numbered the event: nothing is told twice, or not at all.
create table announcements (
    id uuid primary key,
    type text not null,
    conversation_id uuid not null,
    actor json,
    data json not null,
    at timestamptz not null default clock_timestamp()
);
create index announcements_at on announcements (at);
