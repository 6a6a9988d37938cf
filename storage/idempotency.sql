-- name: claim
-- Takes the key for a first request, or takes it over: from an answer older than $4, or from a first request that has
-- been running for longer than $5 and so died with its process. One whose transaction is open is alive, however old.
-- Null when the key is somebody's.
with over as (
    select principal, key
    from idempotency_keys
    where principal = $1 and key = $2 and (
        created_at < clock_timestamp() - $4::interval
        or (status is null and created_at < clock_timestamp() - $5::interval)
    )
    for update skip locked
), taken as (
    update idempotency_keys k
    set request_hash = $3, status = null, headers = null, body = null, created_at = clock_timestamp()
    from over
    where k.principal = over.principal and k.key = over.key
    returning k.created_at
), made as (
    insert into idempotency_keys (principal, key, request_hash, created_at)
    select $1, $2, $3, clock_timestamp()
    where not exists (select from idempotency_keys where principal = $1 and key = $2)
    on conflict do nothing
    returning created_at
)
select created_at from taken union all select created_at from made

-- name: hold
-- Locks the key until the end of the transaction, if the claim of moment $3 still has it.
select created_at from idempotency_keys where principal = $1 and key = $2 and created_at = $3 and status is null
for update

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
