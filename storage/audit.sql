-- The audit. Rows are numbered and chained by the table itself (schema/0014_audit.sql).

-- name: append
-- $1: the row's canonical JSON. Waits for whoever else is appending; answers the row's number.
select audit_append($1::text)
