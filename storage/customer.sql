-- name: find
-- A customer with all addresses, as this reader may see them.
select
    p.id, p.name, p.named, p.attributes, p.version, p.created_at, p.updated_at,
    (
        select json_agg(json_build_object('channel', i.channel, 'kind', i.kind, 'value', i.value) order by i.created_at, i.kind)
        from identities i where i.customer_id = p.id
    ) as addresses
from customers p
where p.id = $4 and p.merged_into_id is null and p.erased_at is null and (
    $2::boolean or exists (
        select from conversations c
        where c.customer_id = p.id and (c.team_id = any ($3::uuid[]) or c.assignee_id = $1::uuid)
    )
)

-- name: page
-- The reader's customers, the newest first (their ids begin with the time), after an id.
select
    p.id, p.name, p.named, p.attributes, p.version, p.created_at, p.updated_at,
    (
        select json_agg(json_build_object('channel', i.channel, 'kind', i.kind, 'value', i.value) order by i.created_at, i.kind)
        from identities i where i.customer_id = p.id
    ) as addresses
from customers p
where ($4::uuid is null or p.id < $4) and p.merged_into_id is null and p.erased_at is null
    and ($2::boolean or exists (
        select from conversations c
        where c.customer_id = p.id and (c.team_id = any ($3::uuid[]) or c.assignee_id = $1::uuid)
    ))
    and (
        $5::text[] is null
        or exists (select from identities i where i.customer_id = p.id and i.channel = any($5))
    )
order by p.id desc
limit $6

-- name: found
-- The same of those whom words mean: each begins a word of the name, or all together begin an address.
with meant as materialized (
    (
        select y.id from customers y
        where $7::text is not null and y.name is not null and search_words(y.name) @@ to_tsquery('simple', $7)
        limit $9
    )
    union
    (
        select i.customer_id from identities i
        where i.value collate "C" >= $8::text and i.value collate "C" < $8::text || U&'\+10FFFF' limit $9
    )
)
select
    p.id, p.name, p.named, p.attributes, p.version, p.created_at, p.updated_at,
    (
        select json_agg(json_build_object('channel', i.channel, 'kind', i.kind, 'value', i.value) order by i.created_at, i.kind)
        from identities i where i.customer_id = p.id
    ) as addresses
from meant
join customers p on p.id = meant.id
where ($4::uuid is null or p.id < $4) and p.merged_into_id is null and p.erased_at is null
    and ($2::boolean or exists (
        select from conversations c
        where c.customer_id = p.id and (c.team_id = any ($3::uuid[]) or c.assignee_id = $1::uuid)
    ))
    and (
        $5::text[] is null
        or exists (select from identities i where i.customer_id = p.id and i.channel = any($5))
    )
order by p.id desc
limit $6

-- name: merged_into
select merged_into_id from customers where id = $1

-- name: history
-- A customer's conversations that this reader may see, the newest first, with how many there are.
select
    c.id, c.number, c.channel, c.channel_type, c.status::text as status, c.subject, c.team_id, c.assignee_id, c.created_at,
    c.last_message_at, c.resolved_at, c.merged_into_id, count(*) over () as total
from conversations c
where c.customer_id = $4 and ($2::boolean or c.team_id = any ($3::uuid[]) or c.assignee_id = $1::uuid)
order by c.created_at desc, c.id desc
limit $5

-- name: live
select id from conversations where customer_id = $1 and status <> 'closed' order by created_at

-- name: hold
-- A customer, held until the transaction ends.
select version from customers where id = $1 and merged_into_id is null and erased_at is null for update

-- name: change
update customers set name = $2, named = $3, attributes = $4, version = version + 1, updated_at = now() where id = $1
