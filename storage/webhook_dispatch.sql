-- Delivering: which endpoints are ours, what is to be delivered to each, and how it went.

-- name: hold
-- Leases the endpoints that nobody alive holds, and renews ours when a third of the lease is over.
with free as (
    select id from webhooks
    where enabled
        and (
            leased_by is null
            or lease_until < clock_timestamp()
            or (leased_by = $1 and lease_until < clock_timestamp() + $2::interval * 2 / 3)
            or (leased_by <> $1 and leased_by <> all ((select living_replicas())::bigint[]))
        )
    for update skip locked
)
update webhooks w
set leased_by = $1, lease_until = clock_timestamp() + $2::interval
from free
where w.id = free.id

-- name: held
-- Our endpoints, and whether there is something to do for each.
select
    w.id, w.url, w.secret, w.failing_since,
    case when w.previous_until > clock_timestamp() then w.previous_secret end as previous_secret,
    extract(epoch from w.lease_until - clock_timestamp())::double precision as seconds,
    w.cursor < h.seq or exists (
        select from webhook_deliveries d
        where d.webhook_id = w.id and d.state = 'pending' and d.next_try_at <= clock_timestamp()
    ) as due
from webhooks w cross join journal_head h
where w.enabled and w.leased_by = $1 and w.lease_until > clock_timestamp()

-- name: fill
-- Makes deliveries of the next $3 events behind the cursor and moves it. Nothing while $4 are pending.
with ours as (
    select w.id, w.cursor, greatest(w.cursor, h.trimmed) as start, w.event_types, w.team_id
    from webhooks w cross join journal_head h
    where w.id = $1 and w.enabled and w.leased_by = $2
        and (select count(*) from webhook_deliveries d where d.webhook_id = $1 and d.state = 'pending') < $4
    for update of w
), page as (
    select e.seq, e.id, e.type, e.conversation_id, e.team_id, e.audience_user_id, e.audience_members
    from events e
    where e.seq > (select start from ours)
    order by e.seq
    limit $3
), made as (
    insert into webhook_deliveries (webhook_id, event_id, seq, type, conversation_id, line)
    select o.id, p.id, p.seq, p.type, p.conversation_id, coalesce(p.conversation_id, o.id)
    from page p cross join ours o
    where p.type = any(o.event_types) and p.audience_user_id is null and p.audience_members is null
        and (o.team_id is null or p.team_id = o.team_id)
    on conflict (webhook_id, event_id) do nothing
    returning 1
), moved as (
    update webhooks w
    set cursor = coalesce((select max(seq) from page), o.start)
    from ours o
    where w.id = o.id and w.cursor < coalesce((select max(seq) from page), o.start)
)
select (select count(*) from page) as read, (select count(*) from made) as made, start - cursor as missed from ours

-- name: due
-- Pending deliveries in order, at most $3 of a line and $4 in all; not of the lines $2, and none behind one that waits.
with pending as (
    select event_id, line, seq, type, attempts, created_at, next_try_at
    from webhook_deliveries
    where webhook_id = $1 and state = 'pending' and line <> all($2::uuid[])
), waiting as (
    select line, min(seq) as seq from pending where next_try_at > clock_timestamp() group by line
), free as (
    select p.*, row_number() over (partition by p.line order by p.seq) as place
    from pending p left join waiting w on w.line = p.line
    where w.seq is null or p.seq < w.seq
), first as (
    select * from free where place <= $3 order by seq, event_id limit $4
)
select
    f.event_id, f.line, f.seq as place, f.type as kind, f.attempts, f.created_at,
    e.seq, e.id, e.type, e.at, e.conversation_id, e.conversation_seq, e.version, e.actor, e.data
from first f left join events e on e.seq = f.seq and e.id = f.event_id
order by f.seq, f.event_id

-- name: settle
-- How a try ended.
update webhook_deliveries
set state = $3::text::webhook_delivery_state, attempts = attempts + 1, last_try_at = clock_timestamp(),
    last_status = $4, last_reason = $5, latency_ms = $6, response = $7,
    next_try_at = clock_timestamp() + make_interval(secs => $8::double precision),
    settled_at = case when $3::text <> 'pending' then clock_timestamp() end
where webhook_id = $1 and event_id = $2 and state = 'pending'

-- name: succeeded
update webhooks set failing_since = null where id = $1 and failing_since is not null

-- name: failed
-- Notes since when it fails; disables it when that is too long ago.
update webhooks
set failing_since = coalesce(failing_since, clock_timestamp()),
    enabled = coalesce(failing_since, clock_timestamp()) > clock_timestamp() - make_interval(secs => $2::double precision)
where id = $1 and enabled
returning enabled

-- name: disable
update webhooks
set enabled = false, disabled_reason = $2, disabled_at = clock_timestamp(), version = version + 1,
    updated_at = clock_timestamp()
where id = $1

-- name: prune
-- Forgets what was settled long ago, at most $3.
with old as (
    select webhook_id, event_id from webhook_deliveries
    where state <> 'pending'
        and settled_at < clock_timestamp() - case state when 'dead' then $2::interval else $1::interval end
    limit $3
    for update skip locked
), gone as (
    delete from webhook_deliveries d using old
    where d.webhook_id = old.webhook_id and d.event_id = old.event_id
    returning 1
)
select count(*) from gone

-- name: depth
select
    (select count(*) from webhook_deliveries where state = 'pending') as pending,
    (select min(created_at) from webhook_deliveries where state = 'pending') as oldest,
    coalesce(
        sum((select count(*) from webhook_deliveries d where d.webhook_id = w.id and d.state = 'dead')), 0
    )::bigint as dead,
    coalesce(max(h.seq - w.cursor) filter (where w.enabled), 0) as behind,
    count(w.id) filter (where w.enabled) as enabled,
    count(w.id) filter (where not w.enabled) as disabled
from journal_head h left join webhooks w on true
