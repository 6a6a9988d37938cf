-- name: page
-- A conversation's messages before a number, newest first.
select * from messages where conversation_id = $1 and ($2::integer is null or seq < $2) order by seq desc limit $3

-- name: by_ids
-- Messages by the hub's ids.
select * from messages where conversation_id = $1 and id = any($2::uuid[])

-- name: by_channel_ids
-- Messages by the channel's ids, also those of earlier attempts.
select m.* from messages m
where m.conversation_id = $1 and m.id in (
    select x.id from messages x where x.channel = $3 and x.channel_message_id = any($2::text[])
    union
    select a.message_id from attempts a where a.channel = $3 and a.provider_id = any($2::text[])
)

-- name: by_client_ids
-- Messages by the ids that the writers' side gave them.
select * from messages where conversation_id = $1 and client_id = any($2::uuid[])

-- name: stored
-- Which of these channel ids are stored already, in whichever conversation.
select channel_message_id from messages where channel = $1 and channel_message_id = any($2::text[])

-- name: locate
-- Where a message is that a person names.
select m.conversation_id, c.team_id, c.assignee_id from messages m join conversations c on c.id = m.conversation_id where m.id = $1

-- name: place_reports
-- For channel ids and message ids: which message and conversation they belong to.
select a.provider_id as key, m.id, m.conversation_id
from attempts a join messages m on m.id = a.message_id
where a.channel = $1 and a.provider_id = any($2::text[])
union all
select m.channel_message_id, m.id, m.conversation_id
from messages m where m.channel = $1 and m.channel_message_id = any($2::text[])
union all
select m.id::text, m.id, m.conversation_id
from messages m where m.channel = $1 and m.id = any($3::uuid[])

-- name: orphans
-- Reports that came before their message was known.
select provider_id, status, at, report from delivery_reports
where channel = $1 and provider_id = $2 and message_id is null
order by at

-- name: attempts
-- How each try of sending a message ended.
select attempt, provider_id, status, error_code, error_text, at from attempts where message_id = $1 order by attempt
