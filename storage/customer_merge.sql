-- name: lock
-- No conversation changes and nobody learns an address until the transaction ends: the journal's own lock.
select pg_advisory_xact_lock(7308895133905518968)

-- name: hold
-- Both customers, held in one order.
select id, name, named, attributes, merged_into_id, erased_at from customers where id = any ($1::uuid[]) order by id for update

-- name: record
insert into customer_merges (id, source_id, target_id, by_id, by_name, source, at)
select
    $1, $2::uuid, $3::uuid, $4, $5,
    json_build_object(
        'name', p.name, 'attributes', p.attributes,
        'identities', (
            select json_agg(json_build_object('channel', i.channel, 'kind', i.kind, 'value', i.value))
            from identities i where i.customer_id = p.id
        )
    ),
    clock_timestamp()
from customers p where p.id = $2

-- name: change_target
update customers set name = $2, named = $3, attributes = $4, version = version + 1, updated_at = now() where id = $1

-- name: change_source
-- Also those who were merged into the source before are the target now.
update customers
set merged_into_id = $2, name = case when id = $1 then null else name end,
    attributes = case when id = $1 then '{}' else attributes end, version = version + 1, updated_at = now()
where id = $1 or merged_into_id = $1

-- name: move_identities
update identities set customer_id = $2 where customer_id = $1

-- name: move_events
-- What was for the source's inbox in an app is for the target's: see `hub.chat_app.inbox`.
update events set inbox_id = $2 where inbox_id = $1

-- name: move_calls
-- Calls of tools about them count as about one person. Transactions stay as they were agreed to, under the customer who
-- did; their amounts are added up by who is the same person.
update tool_calls set customer_id = $2 where customer_id = $1

-- name: channels
-- On which channels a customer has an address or a conversation.
select channel from identities where customer_id = $1 union select channel from conversations where customer_id = $1

-- name: conversations
-- All of the source's conversations, and those of the target that go on.
select id, number, channel, customer_id, status <> 'closed' as live
from conversations
where customer_id = $1 or customer_id = $2 and status <> 'closed'
order by created_at, id
