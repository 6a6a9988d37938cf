-- Back ends: which circuits are open, and what their webhooks have told.

create table circuit_state (
    circuit text primary key,
    state text not null check (state in ('closed', 'open')),
    changed_at timestamptz(3) not null default clock_timestamp()
) with (fillfactor = 50);

-- What webhooks told, each once. Kept longer than a webhook may be late, so that none is taken twice.
create table integration_webhooks (
    integration text not null,
    webhook_id text not null,
    -- What it is about, over there; empty when it did not say.
    subject text not null,
    -- When it happened, as the back end says.
    event_at timestamptz(3) not null,
    body_sha256 bytea not null,
    -- Whether replicas were told; a webhook that comes again before that is told again.
    told boolean not null default false,
    received_at timestamptz(3) not null default clock_timestamp(),
    primary key (integration, webhook_id)
);
create index integration_webhooks_subject on integration_webhooks (integration, subject, event_at desc);
create index integration_webhooks_received on integration_webhooks (received_at);

-- What back ends call a customer is the Chat App's id of them: whose it is, whatever the channel.
create index identities_app_id on identities (value) where kind = 'app_id';
