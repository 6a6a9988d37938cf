-- name: page
-- A page of a list as its reader sees it. What is in brackets after `from` is replaced by the query of the places
-- (storage/conversation_list.py): which conversations, in which order.
select
    c.*, u.name as assignee_name, p.name as customer_name, p.created_at as customer_created_at,
    (select i.value from identities i where i.customer_id = c.customer_id and i.kind = 'wa_id' limit 1) as customer_phone,
    (
        select count(*) from messages m
        where m.conversation_id = c.id and m.direction = 'inbound'
            and m.seq > coalesce((select r.seq from reads r where r.user_id = $1 and r.conversation_id = c.id), 0)
    ) as unread,
    found.leg, found.moment::text as moment
from (select id, 0 as leg, created_at as moment, number as place from conversations) as found
join conversations c on c.id = found.id
join customers p on p.id = c.customer_id
left join users u on u.id = c.assignee_id
order by found.place

-- name: head
-- The newest event's number: a list read after it holds everything up to it.
select seq from journal_head
