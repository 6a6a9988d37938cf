-- name: create
insert into exports (
    id, kind, format, begins_at, ends_at, team_id, bom, requested_by, requested_name, created_at
)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)

-- name: find
select * from exports where id = $1

-- name: page
-- The newest first, of one who ordered or of all, before $2.
select * from exports
where ($1::text is null or requested_by = $1) and ($2::uuid is null or id < $2)
order by id desc
limit $3

-- name: downloaded
update exports set downloads = downloads + 1, downloaded_at = clock_timestamp(), rows = $2 where id = $1

-- name: prune
-- Forgets orders made longer than $1 ago, at most $2; answers how many.
with gone as (
    delete from exports
    where id = any(array(select id from exports where created_at < clock_timestamp() - $1::interval limit $2))
    returning 1
)
select count(*) from gone

-- name: stretch
-- The last of the next $2 conversations after $1, whoever may see them: a look at so many is short, however few of them
-- the reader sees.
select id from (
    select id from conversations where $1::uuid is null or id > $1 order by id limit $2
) as looked_at
order by id desc
limit 1

-- name: conversations
-- Conversations after $4, up to $5, that began in the time; as their reader may see them, like `visible` of
-- conversation.sql.
select
    c.*, u.name as assignee_name, p.name as customer_name, p.created_at as customer_created_at, t.name as team_name,
    (select i.value from identities i where i.customer_id = c.customer_id and i.kind = 'wa_id' limit 1) as customer_phone
from conversations c
join customers p on p.id = c.customer_id
left join users u on u.id = c.assignee_id
left join teams t on t.id = c.team_id
left join conversations target on target.id = c.merged_into_id
where c.id <= $5 and ($4::uuid is null or c.id > $4)
    and c.created_at >= $6 and c.created_at < $7
    and ($8::uuid is null or c.team_id = $8)
    and (
        $2::boolean or c.team_id = any($3::uuid[]) or c.assignee_id = $1
        or target.team_id = any($3::uuid[]) or target.assignee_id = $1
    )
order by c.id
limit $9

-- name: messages
-- Messages stored in the time, of the next few conversations from $4 (after its message $10) up to $5, that the reader
-- may see. A conversation without such a message is a row without one, so that it is known to have been looked at.
select talk.id as talk_id, talk.number as talk_number, talk.channel_type as talk_channel_type, m.*
from (
    select c.id, c.number, c.channel_type
    from conversations c
    left join conversations target on target.id = c.merged_into_id
    where c.id <= $5 and ($4::uuid is null or c.id >= $4)
        -- Replicas' clocks may differ: a conversation is looked at a little before and after.
        and c.created_at < $7::timestamptz + interval '1 hour' and c.updated_at >= $6::timestamptz - interval '1 hour'
        and ($8::uuid is null or c.team_id = $8)
        and (
            $2::boolean or c.team_id = any($3::uuid[]) or c.assignee_id = $1
            or target.team_id = any($3::uuid[]) or target.assignee_id = $1
        )
    order by c.id
    limit $11
) as talk
left join lateral (
    select * from messages said
    where said.conversation_id = talk.id and said.seq > case when talk.id = $4 then $10 else 0 end
        and said.created_at >= $6 and said.created_at < $7
    order by said.seq
    limit $9
) as m on true
order by talk.id, m.seq
limit $9
