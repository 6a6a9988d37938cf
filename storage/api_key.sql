-- Keys for programs. Times are the database's: replicas' clocks may differ.

-- name: create
insert into api_keys (id, secret_hash, name, scope, permissions, created_by, expires_at)
values ($1, $2, $3, $4::text::key_scope, $5::text[], $6, $7)
returning id, name, scope::text, permissions, created_by, created_at, expires_at, last_used_at, revoked_at

-- name: live
-- What a request's key is compared with, found by the primary key.
select id, name, scope::text, permissions, created_by, created_at, expires_at, last_used_at, revoked_at, secret_hash
from api_keys
where id = $1 and revoked_at is null and (expires_at is null or expires_at > clock_timestamp())

-- name: find
select id, name, scope::text, permissions, created_by, created_at, expires_at, last_used_at, revoked_at
from api_keys where id = $1 and revoked_at is null

-- name: page
-- The newest first: ids begin with the time at which they were made.
select id, name, scope::text, permissions, created_by, created_at, expires_at, last_used_at, revoked_at
from api_keys
where ($1::uuid is null or id < $1) and (revoked_at is null or $3::boolean)
order by id desc
limit $2

-- name: revoke
update api_keys set revoked_at = clock_timestamp() where id = $1 and revoked_at is null returning id

-- name: used
-- Another replica may have noted it a moment ago.
update api_keys set last_used_at = clock_timestamp()
where id = $1 and (last_used_at is null or last_used_at < clock_timestamp() - make_interval(secs => $2::double precision))
