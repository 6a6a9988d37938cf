-- name: page
-- This reader's ($1, $2: all, $3: teams), the newest first, after (created_at, id); all, or what is not read.
select
    n.id, n.user_id, n.kind, n.actor, n.created_at, n.read_at, n.note_id, left(coalesce(t.text, m.text, n.title), $7) as text,
    c.id as conversation_id, c.number, p.name as customer_name, r.id as room_id, coalesce(e.name, r.name) as room_name,
    n.room_message_id, n.alert_id, n.title
from notifications n
left join conversations c on c.id = n.conversation_id
left join customers p on p.id = c.customer_id
left join notes t on t.id = n.note_id
left join rooms r on r.id = n.room_id
left join teams e on e.id = r.team_id
left join room_messages m on m.id = n.room_message_id
where n.user_id = $1
    and (n.conversation_id is null or $2::boolean or c.team_id = any($3::uuid[]) or c.assignee_id = $1)
    and (r.team_id is null or r.team_id = any($3))
    and (not $4::boolean or n.read_at is null)
    and ($5::timestamptz is null or (n.created_at, n.id) < ($5, $6::uuid))
order by n.created_at desc, n.id desc
limit $8

-- name: unread
-- How many this reader has not read, counted up to $4.
select count(*) from (
    select
    from notifications n
    left join conversations c on c.id = n.conversation_id
    left join rooms r on r.id = n.room_id
    where n.user_id = $1 and n.read_at is null
        and (n.conversation_id is null or $2::boolean or c.team_id = any($3::uuid[]) or c.assignee_id = $1)
        and (r.team_id is null or r.team_id = any($3))
    limit $4
) as counted

-- name: prune
-- Forgets up to $3 of those that were read longer ago than $1, or are older than $2; how many it were.
with old as (
    select id from notifications where read_at < now() - $1::interval or created_at < now() - $2::interval limit $3
), gone as (delete from notifications where id in (select id from old) returning 1)
select count(*) from gone

-- name: mark
-- Some of a user's: read, or not.
update notifications
set read_at = case when $3::boolean then now() end
where user_id = $1 and id = any($2::uuid[]) and (read_at is null) = $3

-- name: mark_up_to
-- All of a user's up to one of his own.
update notifications n
set read_at = case when $3::boolean then now() end
from notifications last
where last.user_id = $1 and last.id = $2
    and n.user_id = $1 and (n.created_at, n.id) <= (last.created_at, last.id) and (n.read_at is null) = $3
