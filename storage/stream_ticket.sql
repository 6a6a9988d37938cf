-- Tickets for event streams. Times are the database's: replicas' clocks may differ.

-- name: issue
-- What has expired is cleared away by whoever comes next.
with expired as (
    delete from stream_tickets where hash in (
        select hash from stream_tickets where expires_at < now() order by expires_at limit 100 for update skip locked
    )
)
insert into stream_tickets (hash, user_id, session_id, token_version, access_until, expires_at)
values ($1, $2, $3, $4, $5, now() + make_interval(secs => $6))

-- name: redeem
delete from stream_tickets where hash = $1
returning user_id, session_id, token_version, access_until, expires_at > now() as valid
