-- name: snoozed
-- Conversations whose snooze has ended, the longest overdue first.
select id from conversations
where status = 'snoozed' and snoozed_until <= $1
order by snoozed_until
limit $2

-- name: over
-- Resolved conversations that can no longer go on; each channel has its own reopen window.
select found.id
from unnest($1::text[], $2::timestamptz[]) as w (channel, resolved_before)
cross join lateral (
    select c.id from conversations c
    where c.status = 'resolved' and c.channel = w.channel and c.resolved_at < w.resolved_before
    order by c.resolved_at
    limit $3
) as found
limit $3
