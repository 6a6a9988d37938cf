-- Keys for programs. The secret is known to its holder alone: only its SHA-256 is stored.

create type key_scope as enum ('chat_app', 'ai', 'api');

create table api_keys (
    id uuid primary key,
    secret_hash bytea not null,
    name text not null,
    scope key_scope not null,
    -- What an `api` key is narrowed to; null: all that a service may do.
    permissions text[],
    -- Null when the command line made it.
    created_by uuid references users on delete set null,
    created_at timestamptz not null default clock_timestamp(),
    expires_at timestamptz,
    last_used_at timestamptz,
    revoked_at timestamptz
);
