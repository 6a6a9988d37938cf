-- name: open
insert into auth_sessions (id, user_id, token_hash, user_agent, address, expires_at)
values ($1, $2, $3, $4, $5, clock_timestamp() + $6::interval)

-- name: end_surplus
-- Ends the sign-ins of a user that were used longest ago, so that at most $2 are left.
update auth_sessions set revoked_at = clock_timestamp()
where id in (
    select id from auth_sessions where user_id = $1 and revoked_at is null order by last_used_at desc, id offset $2
)

-- name: hold
-- One sign-in, held until the transaction ends: what the shown token's hash ($2) is to it, and whether it is alive.
select
    user_id,
    revoked_at is null and expires_at > clock_timestamp() and last_used_at > clock_timestamp() - $3::interval as alive,
    token_hash = $2 as is_current,
    previous_hash is not distinct from $2 and rotated_at > clock_timestamp() - $4::interval as just_rotated
from auth_sessions
where id = $1
for update

-- name: rotate
update auth_sessions
set previous_hash = token_hash, token_hash = $2, rotated_at = clock_timestamp(), last_used_at = clock_timestamp()
where id = $1

-- name: end
update auth_sessions set revoked_at = coalesce(revoked_at, clock_timestamp()) where id = $1 and user_id = $2 returning id

-- name: end_others
update auth_sessions set revoked_at = clock_timestamp()
where user_id = $1 and revoked_at is null and ($2::uuid is null or id <> $2)

-- name: owner
select user_id from auth_sessions where id = $1

-- name: of_user
select id, user_agent, address, created_at, last_used_at, expires_at
from auth_sessions
where user_id = $1 and revoked_at is null and expires_at > clock_timestamp() and last_used_at > clock_timestamp() - $2::interval
order by last_used_at desc, id

-- name: prune
-- Forgets sign-ins that ended or expired more than $1 ago.
delete from auth_sessions where coalesce(revoked_at, expires_at) < clock_timestamp() - $1::interval
