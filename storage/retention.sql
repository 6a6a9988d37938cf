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

-- name: transactions
-- Forgets drafts that ended longer than $1 ago, at most $2, with what belongs to them alone; answers how many drafts.
-- Nothing is left to be done for them: the back end was told, and no letter about them waits for a person.
with gone as (
    delete from transaction_drafts
    where id = any(array(
        select d.id from transaction_drafts d
        where d.state in ('committed', 'failed', 'cancelled', 'expired', 'rejected', 'create_failed')
            and d.due is null and not d.withdraw and d.updated_at < clock_timestamp() - $1::interval
            and not exists (
                select from dead_letters l
                where l.integration = 'transaction_create' and l.ref_id = d.id
                    and l.state in ('dead', 'queued', 'redriving')
            )
        order by d.updated_at
        limit $2
        for update skip locked
    ))
    returning id
), tokens as (
    delete from transaction_tokens where draft_id = any(array(select id from gone))
), consents as (
    delete from transaction_consents where draft_id = any(array(select id from gone))
), approvals as (
    delete from transaction_approvals where draft_id = any(array(select id from gone))
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
