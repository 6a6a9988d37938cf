-- name: take
-- Those whose turn it is, the oldest first, with the address of whom they are for. One that nobody is left for is gone.
with next as (
    select id from notices
    where state = 'pending' and due_at <= clock_timestamp() and (lease_until is null or lease_until < clock_timestamp())
    order by due_at, id
    limit $1
    for update skip locked
), taken as (
    update notices n
    set lease_until = clock_timestamp() + $2::interval
    from next
    where n.id = next.id
    returning n.*
)
select
    t.id, t.alert_id, t.channel, t.user_id, t.title, t.text, t.critical, t.attempts, t.created_at,
    case when not u.disabled then u.email end as email,
    exists (select from notifications o where o.id = t.id) as told
from taken t left join users u on u.id = t.user_id
order by t.due_at, t.id

-- name: settle
-- How a try ended.
update notices
set state = case $2::text when 'retry' then 'pending' else $2::text end, attempts = attempts + 1, problem = $4,
    due_at = clock_timestamp() + $3::interval, lease_until = null,
    settled_at = case when $2::text <> 'retry' then clock_timestamp() end
where id = $1 and state = 'pending'

-- name: waiting
-- How many wait, of each channel.
select channel, count(*) as notices from notices where state = 'pending' group by channel
