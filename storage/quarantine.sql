-- name: put
-- Keeps an element as it came; a repetition of it is the same row.
insert into quarantine (id, channel, reason, payload) values ($1, $2, $3, $4) on conflict do nothing

-- name: newest
-- What was put aside lately, newest first.
select id, channel, reason, payload, received_at from quarantine order by received_at desc, id limit $1
