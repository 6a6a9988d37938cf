-- What colleagues share: replies and views that they keep, and the rooms in which they talk.

create table saved_replies (
    id uuid primary key,
    scope text not null check (scope in ('mine', 'team', 'all')),
    owner_id uuid not null,
    team_id uuid references teams on delete cascade,
    -- Whose it is: a shortcut belongs to one reply of a person, of a team, and of all.
    holder uuid not null generated always as (
        case scope when 'mine' then owner_id when 'team' then team_id else '00000000-0000-0000-0000-000000000000' end
    ) stored,
    shortcut text not null,
    -- The shortcut in the form in which two spellings are equal.
    key text not null,
    text text not null,
    version integer not null default 1,
    created_at timestamptz not null default now(),
    constraint saved_replies_key unique (holder, key),
    check ((scope = 'team') = (team_id is not null))
);

create table views (
    id uuid primary key,
    scope text not null check (scope in ('mine', 'team', 'all')),
    owner_id uuid not null,
    team_id uuid references teams on delete cascade,
    holder uuid not null generated always as (
        case scope when 'mine' then owner_id when 'team' then team_id else '00000000-0000-0000-0000-000000000000' end
    ) stored,
    name text not null,
    key text not null,
    filter json not null,
    version integer not null default 1,
    created_at timestamptz not null default now(),
    constraint views_key unique (holder, key),
    check ((scope = 'team') = (team_id is not null))
);

-- A team's room has its members of the moment; a direct one those who were named, once for the same people; a named one
-- likewise, as often as one likes.
create table rooms (
    id uuid primary key,
    kind text not null check (kind in ('team', 'direct', 'named')),
    name text,
    team_id uuid references teams on delete cascade,
    -- The ids of a direct room's people, in order.
    members_key text,
    -- seq of the newest message; dense from 1. It guards the journal.
    last_seq integer not null default 0,
    last_message_at timestamptz,
    created_at timestamptz not null default now(),
    constraint rooms_team_key unique (team_id),
    constraint rooms_members_key unique (members_key),
    check ((kind = 'team') = (team_id is not null) and (kind = 'named') = (name is not null))
);

create table room_members (
    room_id uuid not null references rooms on delete cascade,
    user_id uuid not null references users on delete cascade,
    primary key (room_id, user_id)
);
create index room_members_user on room_members (user_id);

create table room_messages (
    id uuid primary key,
    room_id uuid not null references rooms on delete cascade,
    seq integer not null,
    author_id uuid not null,
    author_name text not null,
    text text not null,
    mentions json not null,
    client_id uuid not null,
    created_at timestamptz not null,
    constraint room_messages_order_key unique (room_id, seq),
    constraint room_messages_client_key unique (room_id, client_id)
);

-- How far each user has read in each room.
create table room_reads (
    user_id uuid not null references users on delete cascade,
    room_id uuid not null references rooms on delete cascade,
    seq integer not null,
    primary key (user_id, room_id)
);

alter table notifications
    add column room_id uuid references rooms on delete cascade,
    add column room_message_id uuid references room_messages on delete cascade;

-- Whom an event of a room is for: people and teams by their ids, and nobody else.
alter table events add column audience_members uuid[];
