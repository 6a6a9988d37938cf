-- Tags as they are defined, and notes between colleagues.

create table tags (
    id uuid primary key,
    name text not null,
    -- The name in the form in which two spellings are equal.
    key text not null,
    colour text not null,
    description text not null default '',
    version integer not null default 1,
    created_at timestamptz not null default now(),
    constraint tags_key unique (key)
);

-- Names that conversations may still carry, with the one they get instead; null takes it off. A row goes when none
-- carries it any more.
create table retaggings (
    id uuid primary key,
    old text not null,
    key text not null,
    new text,
    by_id uuid not null,
    by_name text not null,
    created_at timestamptz not null default now()
);
create index retaggings_key on retaggings (key);

-- Untagged conversations, which are most, are not in it.
create index conversations_tags on conversations using gin (tags) where tags <> '{}';

-- What colleagues write to each other. A deleted one keeps its place and loses its text.
create table notes (
    id uuid primary key,
    conversation_id uuid not null references conversations on delete cascade,
    -- The conversation's newest message when it was written.
    after_seq integer not null,
    author_id uuid not null,
    author_name text not null,
    text text,
    mentions json not null,
    client_id uuid,
    created_at timestamptz not null,
    deleted_at timestamptz
);
create index notes_conversation on notes (conversation_id, created_at desc, id desc);
create unique index notes_client_key on notes (conversation_id, client_id) where client_id is not null;
