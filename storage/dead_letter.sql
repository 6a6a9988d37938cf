-- name: put
-- Puts a letter down, or adds to the open one about the same.
insert into dead_letters (
    id, integration, operation, kind, ref_id, conversation_id, idempotency_key, problem, provider_status, attempts, payload
)
values (
    $1, $2, $3, $4, $5, (select id from conversations where id = $6), $7, $8, $9, $10, $11
)
on conflict (integration, operation, ref_id) where state in ('dead', 'queued', 'redriving') and ref_id is not null
do update set
    kind = excluded.kind, problem = excluded.problem, provider_status = excluded.provider_status,
    attempts = dead_letters.attempts + excluded.attempts, times = dead_letters.times + 1,
    payload = excluded.payload, last_at = excluded.last_at,
    idempotency_key = coalesce(dead_letters.idempotency_key, excluded.idempotency_key)
returning id

-- name: find
select * from dead_letters where id = $1

-- name: page
-- Those that fit, the newest first, after ($1, $2).
select * from dead_letters
where ($1::timestamptz is null or (last_at, id) < ($1, $2::uuid))
    and ($3::text is null or integration = $3)
    and ($4::text is null or operation = $4)
    and ($5::text is null or kind = $5)
    and ($6::text is null or state = $6)
order by last_at desc, id desc
limit $7

-- name: redrive
-- Queues one that is dead. Nobody waits for a read any more.
update dead_letters set state = 'queued', requested_by = $2, due_at = clock_timestamp()
where id = $1 and state = 'dead' and kind <> 'read'
returning *, clock_timestamp() as now

-- name: redrive_all
-- Queues all that fit, the oldest first, so many a second; none of an integration that has a queue already.
with busy as (
    select distinct integration from dead_letters where state in ('queued', 'redriving')
), chosen as (
    select id, row_number() over (partition by integration order by first_at, id) as place
    from dead_letters d
    where state = 'dead' and kind <> 'read'
        and ($1::text is null or integration = $1)
        and ($2::text is null or operation = $2)
        and ($3::text is null or kind = $3)
        and not exists (select from busy b where b.integration = d.integration)
), queued as (
    update dead_letters d
    set state = 'queued', requested_by = $4,
        due_at = clock_timestamp() + make_interval(secs => (c.place - 1) / $5::double precision)
    from chosen c
    where d.id = c.id and d.state = 'dead'
    returning d.integration
)
select integration, count(*) as queued, clock_timestamp() as now from queued group by integration order by integration

-- name: discard
update dead_letters set state = 'discarded', requested_by = $2, settled_at = clock_timestamp()
where id = $1 and state = 'dead'
returning *, clock_timestamp() as now

-- name: take
-- The next one whose turn it is, unless one of its integration is being done. One look at a time, over all replicas.
with alone as (
    select pg_try_advisory_xact_lock(hashtextextended('dead_letters.take', 0)) as yes
), next as (
    select d.id from dead_letters d
    where (select yes from alone)
        and (
            (d.state = 'queued' and d.due_at <= clock_timestamp())
            or (d.state = 'redriving' and d.lease_until <= clock_timestamp())
        )
        and not exists (
            select from dead_letters o
            where o.integration = d.integration and o.state = 'redriving' and o.lease_until > clock_timestamp()
        )
    order by d.due_at, d.first_at, d.id
    limit 1
    for update skip locked
)
update dead_letters d
set state = 'redriving', lease_until = clock_timestamp() + $1::interval
from next
where d.id = next.id
returning d.*

-- name: settle
-- How it ended.
update dead_letters
set state = $2::text, lease_until = null, due_at = null,
    problem = coalesce($3, problem), provider_status = coalesce($4, provider_status),
    attempts = attempts + case when $2::text = 'skipped' then 0 else 1 end,
    last_at = clock_timestamp(),
    settled_at = case when $2::text <> 'dead' then clock_timestamp() end
where id = $1 and state = 'redriving'

-- name: stop
-- The queue of an integration is dead again.
with stopped as (
    update dead_letters set state = 'dead', due_at = null where integration = $1 and state = 'queued' returning 1
)
select count(*) from stopped

-- name: added
-- Letters put down since $1, of each integration, up to a moment by which everybody has committed.
with span as (select clock_timestamp() - interval '10 seconds' as until)
select s.until, d.integration, count(d.id) as letters
from span s left join dead_letters d on d.first_at > $1::timestamptz and d.first_at <= s.until
group by s.until, d.integration

-- name: depth
-- Letters that somebody has to see to, of each integration.
select integration, count(*) as letters from dead_letters
where state in ('dead', 'queued', 'redriving')
group by integration

-- name: prune
-- Forgets reads after $1 and those beyond the newest $2 of an integration, and what was settled after $3; at most $4.
with old as (
    select id from dead_letters where settled_at < clock_timestamp() - $3::interval
    union all
    select id from dead_letters where kind = 'read' and state = 'dead' and last_at < clock_timestamp() - $1::interval
    union all
    select id from (
        select id, row_number() over (partition by integration order by last_at desc) as place
        from dead_letters
        where kind = 'read' and state = 'dead'
    ) as reads
    where place > $2
    limit $4
), gone as (
    delete from dead_letters where id in (select id from old) returning 1
)
select count(*) from gone
