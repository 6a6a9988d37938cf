-- Merges of conversations that were interrupted.

-- name: take
-- At most $2 of those that nobody has set about for $1, for this replica to. Whoever goes on in the target's place takes
-- over; null when nobody does.
update merges_under_way
set tried_at = clock_timestamp()
where source_id = any(array(
    select source_id from merges_under_way
    where tried_at < clock_timestamp() - $1::interval
    order by tried_at
    limit $2
    for update skip locked
))
returning source_id, merge_target(into_id) as into_id, waiting_since

-- name: drop
delete from merges_under_way where source_id = $1
