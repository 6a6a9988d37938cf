-- Whom back ends mean.

-- name: owners
-- The customers whom a back end calls this: by the Chat App's id of them, or by the hub's own.
select i.customer_id as id from identities i where i.kind = 'app_id' and i.value = $1
union
select p.id from customers p where p.id = $2::uuid
limit $3
