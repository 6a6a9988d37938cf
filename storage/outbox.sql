-- name: claim
-- The first unsent row of each conversation, where it is due and nobody alive holds it. One that somebody was sending
-- stays marked so: until its message is shown as unknown, nobody may take it for unsent.
with free as (
    select o.id, o.state = 'sending' as interrupted
    from outbox o
    where o.channel = $1
        and (
            (o.state = 'queued' and o.not_before <= clock_timestamp())
            or (o.state <> 'queued' and (o.lease_until < clock_timestamp() or o.leased_by <> all ((select living_replicas())::bigint[])))
        )
        and not exists (
            select from outbox p
            where p.conversation_id = o.conversation_id
                and (p.seq, p.created_at, p.id) < (o.seq, o.created_at, o.id)
        )
    order by o.lane, o.not_before
    limit $2
    for update skip locked
)
update outbox o
set state = case when free.interrupted then 'sending' else 'leased' end::outbox_state,
    lease_token = gen_random_uuid(), leased_by = $3, lease_until = clock_timestamp() + $4::interval
from free
where o.id = free.id
returning o.*, free.interrupted

-- name: claim_next
-- The conversation's first unsent row, if it is due and free.
with free as (
    select o.id, o.state = 'sending' as interrupted,
        (o.state = 'queued' and o.not_before <= clock_timestamp())
        or (o.state <> 'queued' and (o.lease_until < clock_timestamp() or o.leased_by <> all ((select living_replicas())::bigint[]))) as due
    from outbox o
    where o.conversation_id = $1
    order by o.seq, o.created_at, o.id
    limit 1
    for update skip locked
)
update outbox o
set state = case when free.interrupted then 'sending' else 'leased' end::outbox_state,
    lease_token = gen_random_uuid(), leased_by = $2, lease_until = clock_timestamp() + $3::interval
from free
where o.id = free.id and free.due
returning o.*, free.interrupted

-- name: sending
-- Marks rows as being sent where the lease is ours and long enough to finish under.
update outbox o
set state = 'sending'
from unnest($1::uuid[], $2::uuid[]) as mine (id, token)
where o.id = mine.id and o.lease_token = mine.token and o.state = 'leased'
    and o.lease_until > clock_timestamp() + $3::interval / 2
returning o.id

-- name: release
-- Hands back what this replica leased and is not sending.
update outbox set state = 'queued', lease_token = null, leased_by = null, lease_until = null
where channel = $1 and leased_by = $2 and state = 'leased'

-- name: depth
-- Unsent rows per channel and the oldest's age, for the gauges.
select channel, count(*) as pending, min(created_at) as oldest from outbox group by channel
