-- Endpoints as administrators keep them.

-- name: page
-- Endpoints after ($1, $2), the oldest first.
select
    id, url, description, event_types, team_id, enabled, disabled_reason, disabled_at, failing_since, previous_until,
    cursor, version, created_at, updated_at
from webhooks
where $1::timestamptz is null or (created_at, id) > ($1, $2::uuid)
order by created_at, id
limit $3

-- name: find
select
    id, url, description, event_types, team_id, enabled, disabled_reason, disabled_at, failing_since, previous_until,
    cursor, version, created_at, updated_at
from webhooks
where id = $1

-- name: create
-- A new one that begins behind the newest event; nothing when there are $7 already.
insert into webhooks (id, url, description, event_types, team_id, enabled, secret, cursor)
select $1, $2, $3, $4, $5, $6, $8, seq
from journal_head
where (select count(*) from webhooks) < $7

-- name: change
-- Makes it as wanted; nothing when the version has moved on. Enabling begins anew: what was wrong before is forgotten.
update webhooks
set url = $3, description = $4, event_types = $5, team_id = $6,
    disabled_at = case when $7 then null when enabled then clock_timestamp() else disabled_at end,
    disabled_reason = case when $7 then null else disabled_reason end,
    failing_since = case when $7 and not enabled then null else failing_since end,
    enabled = $7, version = version + 1, updated_at = clock_timestamp()
where id = $1 and ($2::integer is null or version = $2)
returning id

-- name: rotate
update webhooks
set previous_secret = secret, previous_until = clock_timestamp() + make_interval(secs => $3::double precision),
    secret = $2, version = version + 1, updated_at = clock_timestamp()
where id = $1

-- name: delete
delete from webhooks where id = $1 returning id
