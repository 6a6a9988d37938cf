-- What people are told of personally. The text that is shown is the note's own, so that a deleted note leaves none.
create table notifications (
    id uuid primary key,
    user_id uuid not null references users on delete cascade,
    kind text not null check (kind in ('mention', 'team_mention', 'assigned')),
    actor json not null,
    conversation_id uuid references conversations on delete cascade,
    note_id uuid references notes on delete cascade,
    created_at timestamptz not null,
    read_at timestamptz
);
create index notifications_user on notifications (user_id, created_at desc, id desc);
create index notifications_unread on notifications (user_id, created_at desc, id desc) where read_at is null;
