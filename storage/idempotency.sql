-- name: claim
-- Takes the key for a first request, or takes it over: from an answer older than $4, or from a first request that has
-- been running for longer than $5 and so died with its process. Null when the key is somebody's.
insert into idempotency_keys as k (principal, key, request_hash, created_at)
values ($1, $2, $3, clock_timestamp())
on conflict (principal, key) do update
set request_hash = $3, status = null, headers = null, body = null, created_at = clock_timestamp()
where k.created_at < clock_timestamp() - $4::interval
    or (k.status is null and k.created_at < clock_timestamp() - $5::interval)
returning created_at

-- name: find
select request_hash, status, headers, body from idempotency_keys where principal = $1 and key = $2

-- name: settle
-- Keeps the answer, if the key is still held by the claim of moment $3.
update idempotency_keys set status = $4, headers = $5, body = $6
where principal = $1 and key = $2 and created_at = $3 and status is null

-- name: release
delete from idempotency_keys where principal = $1 and key = $2 and created_at = $3 and status is null

-- name: prune
delete from idempotency_keys where created_at < clock_timestamp() - $1::interval
