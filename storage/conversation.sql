-- name: load
-- Conversations with everything a decision needs of them.
select
    c.*, u.name as assignee_name, p.name as customer_name, p.created_at as customer_created_at,
    p.named as customer_named, p.version as customer_version,
    (select i.value from identities i where i.customer_id = c.customer_id and i.kind = 'wa_id' limit 1) as customer_phone,
    (
        select json_agg(json_build_object('id', h.id, 'target', h.target, 'item', h.item) order by h.id)
        from held_amendments h where h.conversation_id = c.id
    ) as held,
    (
        select json_agg(json_build_object('kind', i.kind, 'value', i.value))
        from identities i where i.customer_id = c.customer_id and i.channel = c.channel
    ) as addresses
from conversations c
join customers p on p.id = c.customer_id
left join users u on u.id = c.assignee_id
where c.id = any($1::uuid[])

-- name: resolve
-- For each address (channel, kind, value): whose it is, and that customer's newest conversation on the channel, or the
-- live one that it was merged into.
select
    a.n, i.customer_id, p.name, p.created_at, p.named, p.version,
    (select x.value from identities x where x.customer_id = i.customer_id and x.kind = 'wa_id' limit 1) as phone,
    coalesce(target.id, last.id) as conversation_id, coalesce(target.status, last.status) as status
from unnest($1::int[], $2::text[], $3::text[], $4::text[]) as a (n, channel, kind, value)
join identities i on i.channel = a.channel and i.kind = a.kind and i.value = a.value
join customers p on p.id = i.customer_id
left join lateral (
    select c.id, c.status, c.merged_into_id from conversations c
    where c.customer_id = i.customer_id and c.channel = a.channel
    order by c.status = 'closed', c.created_at desc
    limit 1
) as last on true
left join conversations target
    on target.id = case when last.merged_into_id is not null then merge_target(last.merged_into_id) end

-- name: openings
-- For new conversations: a fresh number each, and the team they go to: the channel's, else the first there was.
select
    nextval('conversation_number') as number,
    coalesce(
        (select t.id from teams t where t.name = wanted.team),
        (select t.id from teams t order by t.created_at, t.id limit 1)
    ) as team_id
from unnest($1::text[]) as wanted (team)

-- name: audience
-- Who may be told of a conversation.
select team_id, assignee_id from conversations where id = $1

-- name: visible
-- One conversation as this reader may see it; one that was merged is seen with its target too.
select
    c.*, u.name as assignee_name, p.name as customer_name, p.created_at as customer_created_at,
    (select i.value from identities i where i.customer_id = c.customer_id and i.kind = 'wa_id' limit 1) as customer_phone,
    null::json as held,
    (
        select count(*) from messages m
        where m.conversation_id = c.id and m.direction = 'inbound'
            and m.seq > coalesce((select r.seq from reads r where r.user_id = $1 and r.conversation_id = c.id), 0)
    ) as unread
from conversations c
join customers p on p.id = c.customer_id
left join users u on u.id = c.assignee_id
left join conversations target on target.id = c.merged_into_id
where c.id = $4 and (
    $2::boolean or c.team_id = any($3::uuid[]) or c.assignee_id = $1
    or target.team_id = any($3::uuid[]) or target.assignee_id = $1
)

-- name: queue
-- How many conversations of a team are open, and how many of them nobody has.
select count(*) as open, count(*) filter (where assignee_id is null) as unassigned
from conversations where team_id is not distinct from $1 and status = 'open'

-- name: read_position
-- How far this reader has read.
select coalesce(max(seq), 0) from reads where user_id = $1 and conversation_id = $2

-- name: mark_read
-- Moves the reader's position, either way: `mark unread from here` is a position too.
insert into reads (user_id, conversation_id, seq)
select $1, c.id, least($3, c.last_seq) from conversations c where c.id = $2
on conflict (user_id, conversation_id) do update set seq = excluded.seq, at = now() where reads.seq <> excluded.seq
returning seq

-- name: reading
-- A position with what the channel is told was read, and how much comes after it.
select
    r.seq,
    (
        select m.channel_message_id from messages m
        where m.conversation_id = r.conversation_id and m.direction = 'inbound' and m.seq <= r.seq
            and m.channel_message_id is not null
        order by m.seq desc limit 1
    ) as newest,
    (
        select count(*) from messages m
        where m.conversation_id = r.conversation_id and m.direction = 'inbound' and m.seq > r.seq
    ) as unread
from reads r where r.user_id = $1 and r.conversation_id = $2

-- name: newest_inbound
-- What a gesture to the customer refers to.
select channel, channel_message_id from messages
where conversation_id = $1 and direction = 'inbound' and channel_message_id is not null
order by seq desc limit 1

-- name: head
-- The newest event's number: a list read before it holds everything up to it.
select seq from journal_head
