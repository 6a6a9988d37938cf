-- Deliveries as administrators see them, and having them made again.

-- name: page
-- An endpoint's deliveries before ($2, $3), the newest first.
select
    event_id, seq, type, conversation_id, state::text, attempts, next_try_at, last_try_at, last_status, last_reason,
    latency_ms, created_at
from webhook_deliveries
where webhook_id = $1 and ($2::timestamptz is null or (created_at, event_id) < ($2, $3::uuid))
order by created_at desc, event_id desc
limit $4

-- name: page_in
-- The same of the state $5 only: a query of its own, so that the few dead ones are found among the many delivered.
select
    event_id, seq, type, conversation_id, state::text, attempts, next_try_at, last_try_at, last_status, last_reason,
    latency_ms, created_at
from webhook_deliveries
where webhook_id = $1 and state = $5::text::webhook_delivery_state
    and ($2::timestamptz is null or (created_at, event_id) < ($2, $3::uuid))
order by created_at desc, event_id desc
limit $4

-- name: find
select
    event_id, seq, type, conversation_id, state::text, attempts, next_try_at, last_try_at, last_status, last_reason,
    latency_ms, created_at, response
from webhook_deliveries
where webhook_id = $1 and event_id = $2

-- name: event
select seq, id, type, at, conversation_id, conversation_seq, version, actor, data
from events
where seq = $1 and id = $2

-- name: again
-- Makes one pending and due, if there still is something to tell.
update webhook_deliveries d
set state = 'pending', attempts = case when d.state = 'pending' then d.attempts else 0 end,
    next_try_at = clock_timestamp(), settled_at = null
where d.webhook_id = $1 and d.event_id = $2
    and (d.seq = 0 or exists (select from events e where e.seq = d.seq and e.id = d.event_id))
returning
    event_id, seq, type, conversation_id, state::text, attempts, next_try_at, last_try_at, last_status, last_reason,
    latency_ms, created_at, response

-- name: again_from
-- Makes the deliveries of the endpoint's events from $2 to its cursor pending, those that were pruned anew; with $4
-- only dead ones. At most $3.
with page as (
    select e.seq, e.id, e.type, e.conversation_id, w.id as webhook_id
    from webhooks w
    join events e on e.seq >= $2 and e.seq <= w.cursor
    left join webhook_deliveries d on d.webhook_id = w.id and d.event_id = e.id
    where w.id = $1 and e.type = any(w.event_types) and e.audience_user_id is null and e.audience_members is null
        and (w.team_id is null or e.team_id = w.team_id)
        and case when $4::boolean then d.state = 'dead' else d.state is distinct from 'pending' end
    order by e.seq
    limit $3
), made as (
    insert into webhook_deliveries (webhook_id, event_id, seq, type, conversation_id, line)
    select webhook_id, id, seq, type, conversation_id, coalesce(conversation_id, webhook_id) from page
    on conflict (webhook_id, event_id) do update
    set state = 'pending', attempts = 0, next_try_at = clock_timestamp(), settled_at = null
    where webhook_deliveries.state <> 'pending'
    returning seq
)
select count(*) as count, coalesce((select max(seq) from page), $2 - 1) as last_seq from made

-- name: log
-- The numbers between which the log has events.
select trimmed + 1 as first, seq as last from journal_head

-- name: moment
-- When the event of a number happened.
select at from events where seq = $1

-- name: test
insert into webhook_deliveries (webhook_id, event_id, seq, type, line)
select id, $2, 0, $3, $2 from webhooks where id = $1
returning
    event_id, seq, type, conversation_id, state::text, attempts, next_try_at, last_try_at, last_status, last_reason,
    latency_ms, created_at, response
