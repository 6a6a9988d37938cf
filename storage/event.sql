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
    seq, id, type, at, conversation_id, conversation_seq, version, team_id, assignee_id, audience_user_id, inbox_id,
    audience_members, actor, data
from events
where seq > $1
order by seq
limit $2

-- name: between
select
    seq, id, type, at, conversation_id, conversation_seq, version, team_id, assignee_id, audience_user_id, inbox_id,
    audience_members, actor, data
from events
where seq > $1 and seq <= $2
order by seq
limit $3

-- name: of_inbox
-- What concerns one customer's inbox, and from the same moment up to where the log is no longer kept.
select
    h.trimmed, e.seq, e.id, e.type, e.at, e.conversation_id, e.conversation_seq, e.version, e.team_id, e.assignee_id,
    e.audience_user_id, e.inbox_id, e.audience_members, e.actor, e.data
from journal_head h
left join lateral (
    select * from events x where x.inbox_id = $1 and x.seq > $2 and x.seq <= $3 order by x.seq limit $4
) as e on true
order by e.seq
