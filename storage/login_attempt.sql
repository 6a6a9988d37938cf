-- name: hold
-- The seconds until the subjects ($1, sorted) may try again, null when they may now. Holds their rows.
select extract(epoch from max(held.blocked_until) - clock_timestamp())::float8
from (select blocked_until from login_attempts where subject = any($1::text[]) order by subject for update) held
where held.blocked_until > clock_timestamp()

-- name: count
-- One more attempt of subject $1. The $2th within $3 blocks what follows: for $4, then twice as long each time, at most $3.
insert into login_attempts as a (subject, failures, first_at, blocked_until)
values ($1, 1, clock_timestamp(), case when $2::integer <= 1 then clock_timestamp() + $4::interval end)
on conflict (subject) do update
set
    failures = case when a.first_at < clock_timestamp() - $3::interval then 1 else a.failures + 1 end,
    first_at = case when a.first_at < clock_timestamp() - $3::interval then clock_timestamp() else a.first_at end,
    blocked_until = case
        when a.first_at >= clock_timestamp() - $3::interval and a.failures + 1 >= $2::integer
        then clock_timestamp() + least($3::interval, $4::interval * 2 ^ least(a.failures + 1 - $2::integer, 20))
    end

-- name: forget
delete from login_attempts where subject = $1

-- name: give_back
update login_attempts set failures = greatest(failures - 1, 0), blocked_until = null where subject = $1

-- name: prune
delete from login_attempts where first_at < clock_timestamp() - $1::interval and coalesce(blocked_until < clock_timestamp(), true)
