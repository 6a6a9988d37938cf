-- name: events
-- What happened to a conversation, newest first: messages only when they are asked for, and nothing that was addressed
-- to one person alone. Notes have a list of their own, in which a deleted one has no text any more.
select
    seq, id, type, at, conversation_id, conversation_seq, version, team_id, assignee_id, audience_user_id, inbox_id,
    audience_members, actor, data
from events
where conversation_id = $1 and ($2::bigint is null or seq < $2) and audience_user_id is null
    and type <> 'note.created' and ($3::boolean or type not like 'message.%')
order by seq desc
limit $4

-- name: messages
-- A conversation's messages after a number, oldest first.
select * from messages where conversation_id = $1 and seq > $2 order by seq limit $3

-- name: notes
-- A conversation's notes after (created_at, id), oldest first.
select id, conversation_id, after_seq, author_id, author_name, text, mentions, client_id, created_at, deleted_at
from notes
where conversation_id = $1 and ($2::timestamptz is null or (created_at, id) > ($2, $3::uuid))
order by created_at, id
limit $4

-- name: merged
-- Conversations that were merged into this one, or into one of those.
with recursive merged as (
    select id, number, channel, channel_type, last_seq, created_at, 1 as depth from conversations where merged_into_id = $1
    union all
    select c.id, c.number, c.channel, c.channel_type, c.last_seq, c.created_at, merged.depth + 1
    from merged join conversations c on c.merged_into_id = merged.id
    where merged.depth < 20
)
select id, number, channel, channel_type, last_seq from merged order by created_at, number limit 100
