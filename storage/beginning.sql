-- name: of_customer
-- How a customer's next conversation on a channel would begin: whose, to which addresses, after which one.
select
    p.id, p.name, p.created_at,
    (select i.value from identities i where i.customer_id = p.id and i.kind = 'wa_id' limit 1) as phone,
    (
        select json_agg(json_build_object('kind', i.kind, 'value', i.value))
        from identities i where i.customer_id = p.id and i.channel = $2
    ) as addresses,
    last.id as last_id, last.status as last_status, last.window_opened_at
from customers p
left join lateral (
    select c.id, c.status, c.window_opened_at from conversations c
    where c.customer_id = p.id and c.channel = $2
    order by c.status = 'closed', c.created_at desc
    limit 1
) as last on true
where p.id = $1 and p.merged_into_id is null and p.erased_at is null
