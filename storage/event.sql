-- The event log as its readers ask for it.

-- name: position
-- The timeline is that of the log being written: a promoted standby has a new one at once, not at its next checkpoint.
select
    (select system_identifier from pg_control_system())::text
        || '-' || substr(pg_walfile_name(pg_current_wal_insert_lsn()), 1, 8) as epoch,
    seq as head,
    trimmed
from journal_head

-- name: after
select
    seq, id, type, at, conversation_id, conversation_seq, version, team_id, assignee_id, audience_user_id, actor, data
from events
where seq > $1
order by seq
limit $2

-- name: between
select
    seq, id, type, at, conversation_id, conversation_seq, version, team_id, assignee_id, audience_user_id, actor, data
from events
where seq > $1 and seq <= $2
order by seq
limit $3
