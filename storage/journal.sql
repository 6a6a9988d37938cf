-- name: append
-- One batch of changes, written in one order with everybody else's.
select head, outcomes, about
from journal_append($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28, $29)

-- name: replica_lock
-- Proof of life: held as long as this connection lives. Shared, so that a replica whose link broke need not wait until
-- the server notices that the old connection is dead.
select pg_advisory_lock_shared($1)
