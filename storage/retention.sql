-- name: reports
-- Forgets reports on messages that nobody has known for longer than $1, at most $2; answers how many.
with gone as (
    delete from delivery_reports
    where ctid = any(array(
        select ctid from delivery_reports
        where message_id is null and received_at < clock_timestamp() - $1::interval
        limit $2
    ))
    returning 1
)
select count(*) from gone

-- name: amendments
-- Forgets reactions, edits and deletions whose message has not come for longer than $1, at most $2; answers how many.
with gone as (
    delete from held_amendments
    where id = any(array(
        select id from held_amendments where created_at < clock_timestamp() - $1::interval limit $2
    ))
    returning 1
)
select count(*) from gone

-- name: quarantine
-- Forgets what could not be understood and came longer than $1 ago, at most $2; answers how many.
with gone as (
    delete from quarantine
    where id = any(array(
        select id from quarantine where received_at < clock_timestamp() - $1::interval order by received_at limit $2
    ))
    returning 1
)
select count(*) from gone

-- name: channel_events
-- Forgets what channels said about the account longer than $1 ago, at most $2; answers how many.
with gone as (
    delete from channel_events
    where id = any(array(
        select id from channel_events where at < clock_timestamp() - $1::interval order by at limit $2
    ))
    returning 1
)
select count(*) from gone

-- name: trim
-- Gives up the events of longer than $1 ago, of the oldest $2. Who is further behind is told to reload from now on.
with oldest as (
    select seq, at from events where seq > (select trimmed from journal_head) order by seq limit $2
), last as (
    select max(seq) as seq from oldest where at < clock_timestamp() - $1::interval
)
update journal_head set trimmed = last.seq from last where last.seq > journal_head.trimmed

-- name: events
-- Deletes what was given up; answers how many there were.
with gone as (
    delete from events where seq <= (select trimmed from journal_head) returning 1
)
select count(*) from gone
