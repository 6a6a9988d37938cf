-- The audit. Rows are numbered and chained by the table itself (schema/0014_audit.sql).

-- name: append
-- $1: the row's canonical JSON. Waits for whoever else is appending; answers the row's number.
select audit_append($1::text)

-- name: page
-- Rows before $1, the newest first, that concern a conversation $2, a call $3, a draft $4, an actor $5, a tool $6, and
-- were written from $7 to $8 (RFC 3339, UTC, milliseconds); each null for all.
select seq, stream, body, hash
from audit_log
where ($1::bigint is null or seq < $1)
    and ($2::text is null or body::jsonb ->> 'conversation_id' = $2)
    and ($3::text is null or body::jsonb ->> 'call_id' = $3)
    and ($4::text is null or body::jsonb ->> 'draft_id' = $4)
    and ($5::text is null or body::jsonb ->> 'actor' = $5)
    and ($6::text is null or body::jsonb ->> 'tool' = $6)
    and ($7::text is null or body::jsonb ->> 'at' >= $7)
    and ($8::text is null or body::jsonb ->> 'at' < $8)
order by seq desc
limit $9

-- name: rows
-- Rows after $1 in their order.
select seq, stream, body, hash from audit_log where seq > $1 order by seq limit $2

-- name: head
-- Where the chain ends.
select seq, stream, hash from audit_head

-- name: checkpoints
-- Of the rows after $1 up to $2.
select seq, stream, hash, at, key_id, signature
from audit_checkpoints
where seq > $1 and seq <= $2
order by seq, key_id

-- name: last_checkpoint
select seq, stream, hash, at, key_id, signature from audit_checkpoints order by seq desc, key_id limit 1

-- name: broke
-- It is broken at $1, with the flaw $2, after $3.
insert into audit_breaks (seq, flaw, since, seen_at) values ($1, $2, $3, clock_timestamp())
on conflict (only_one) do update
set seq = excluded.seq, flaw = excluded.flaw, since = excluded.since, seen_at = excluded.seen_at

-- name: sign
-- Another replica may have signed the same with the same key.
insert into audit_checkpoints (seq, stream, hash, at, key_id, signature)
values ($1, $2, $3, $4, $5, $6)
on conflict do nothing
