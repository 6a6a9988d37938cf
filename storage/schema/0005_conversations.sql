-- Conversations as people work with them: lists in every order, moments that come due, drafts, merged threads.

-- Lists are read by team and status in the order they are shown in, so that a page costs its own length. How long
-- somebody has waited puts those who do not wait last.
drop index conversations_waiting;
drop index conversations_recent;
drop index conversations_assignee;
create index conversations_newest on conversations (team_id, status, (coalesce(last_message_at, created_at)), id);
create index conversations_waited
    on conversations (team_id, status, priority, (coalesce(waiting_since, 'infinity'::timestamptz)), id);
create index conversations_queue
    on conversations (team_id, status, priority, (coalesce(waiting_since, 'infinity'::timestamptz)), id)
    where assignee_id is null;
create index conversations_assignee
    on conversations (assignee_id, status, priority, (coalesce(waiting_since, 'infinity'::timestamptz)), id)
    where assignee_id is not null;
create index conversations_merged on conversations (merged_into_id) where merged_into_id is not null;

create index conversations_snoozed
    on conversations (team_id, (coalesce(snoozed_until, 'infinity'::timestamptz)), id) where status = 'snoozed';

-- What is due.
create index conversations_due on conversations (snoozed_until) where status = 'snoozed' and snoozed_until is not null;
create index conversations_resolved on conversations (channel, resolved_at) where status = 'resolved';

-- Finding by words: each word of the question begins a word of the name or the subject.
create index customers_words on customers using gin (to_tsvector('simple', name)) where name is not null;
create index conversations_words on conversations using gin (to_tsvector('simple', subject)) where subject is not null;
-- Numbers are looked for by how they begin or end.
create index identities_begin on identities ((value collate "C")) where kind = 'wa_id';
create index identities_end on identities ((reverse(value) collate "C")) where kind = 'wa_id';

-- What somebody has written and not sent yet; one per person and conversation.
create table drafts (
    user_id uuid not null references users on delete cascade,
    conversation_id uuid not null references conversations on delete cascade,
    text text not null,
    media_ids uuid[] not null,
    updated_at timestamptz not null,
    primary key (user_id, conversation_id)
);
create index drafts_age on drafts (updated_at);

-- Where a merged conversation goes on: the live end of a chain of merges, if there is one.
create function merge_target(start uuid)
returns uuid
language sql
stable
as $$
    with recursive chain as (
        select id, status, merged_into_id, 1 as depth from conversations where id = start
        union all
        select c.id, c.status, c.merged_into_id, chain.depth + 1
        from chain join conversations c on c.id = chain.merged_into_id
        where chain.depth < 20
    )
    select id from chain where status <> 'closed' limit 1
$$;
