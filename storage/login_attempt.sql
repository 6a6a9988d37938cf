-- name: ensure
-- The rows of the subjects ($1, sorted), so that there is something to hold: else the first of many at once pass uncounted.
insert into login_attempts (subject, failures, first_at)
select subject, 0, clock_timestamp() from unnest($1::text[]) subject
on conflict do nothing

-- name: hold
-- The seconds until the subjects ($1, sorted) may try again, not above 0 or null when they may now. Holds their rows, all of
-- them: so there is no condition on the block here.
select extract(epoch from max(held.blocked_until) - clock_timestamp())::float8
from (select blocked_until from login_attempts where subject = any($1::text[]) order by subject for update) held

-- name: count
-- One more attempt of subject $1. The $2th within $3 blocks what follows: for $4, then twice as long each time, at most $3.
update login_attempts
set
    failures = case when first_at < clock_timestamp() - $3::interval then 1 else failures + 1 end,
    first_at = case when first_at < clock_timestamp() - $3::interval then clock_timestamp() else first_at end,
    blocked_until = case
        when first_at >= clock_timestamp() - $3::interval and failures + 1 >= $2::integer
        then clock_timestamp() + least($3::interval, $4::interval * 2 ^ least(failures + 1 - $2::integer, 20))
    end
where subject = $1

-- name: forget
delete from login_attempts where subject = $1

-- name: give_back
update login_attempts set failures = greatest(failures - 1, 0), blocked_until = null where subject = $1

-- name: prune
delete from login_attempts where first_at < clock_timestamp() - $1::interval and coalesce(blocked_until < clock_timestamp(), true)
