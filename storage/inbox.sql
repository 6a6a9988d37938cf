-- Customers' inboxes on Chat App channels: the messages of the channel, whatever conversation they are in by now. What a
-- customer sees of the company's messages is what was sent.

-- name: head
select seq from journal_head

-- name: after
select m.*, c.number
from conversations c
join messages m on m.conversation_id = c.id
where c.customer_id = $1 and m.channel = $2
    and (m.direction = 'inbound' or m.status in ('sent', 'delivered', 'read'))
    and c.number >= $3 and (c.number > $3 or m.seq > $4)
order by c.number, m.seq
limit $5

-- name: before
-- The last ones before a place, newest first.
select m.*, c.number
from conversations c
join messages m on m.conversation_id = c.id
where c.customer_id = $1 and m.channel = $2
    and (m.direction = 'inbound' or m.status in ('sent', 'delivered', 'read'))
    and ($3::bigint is null or (c.number <= $3 and (c.number < $3 or m.seq < $4)))
order by c.number desc, m.seq desc
limit $5

-- name: find
-- A message by the channel's id of it, and whether it is this customer's: also one that is just being merged into them.
select m.*, c.number, exists (
    select from identities i
    where i.channel = m.channel and i.kind = 'app_id' and i.value = $3
        and i.customer_id in (c.customer_id, (select p.merged_into_id from customers p where p.id = c.customer_id))
) as theirs
from messages m join conversations c on c.id = m.conversation_id
where m.channel = $1 and m.channel_message_id = $2

-- name: live
select id from conversations where customer_id = $1 and channel = $2 and status <> 'closed'

-- name: place
-- Where a message of the inbox stands.
select c.number, m.seq
from messages m join conversations c on c.id = m.conversation_id
where m.id = $3 and c.customer_id = $1 and m.channel = $2

-- name: unreached
select m.channel_message_id
from conversations c
join messages m on m.conversation_id = c.id
where c.customer_id = $1 and m.channel = $2 and m.direction = 'outbound' and m.channel_message_id is not null
    and m.status >= 'sent' and m.status < $5::delivery_status
    and c.number <= $3 and (c.number < $3 or m.seq <= $4)
order by c.number, m.seq
limit $6

-- name: unread
select m.channel_message_id
from messages upto
join messages m on m.conversation_id = upto.conversation_id and m.seq <= upto.seq
where upto.channel = $1 and upto.channel_message_id = $2 and m.direction = 'inbound'
    and m.channel_message_id is not null and m.status_at->>'read' is null
order by m.seq desc
limit $3

-- name: file
-- A file of the inbox: with what the customer sees; before there is a message, only whoever put it in.
select m.id, m.state, m.mime_type, m.size, m.sha256, m.filename, null::text as provider_id
from media m
where m.id = $3 and case
    when m.message_id is null and not exists (select from messages x where x.media_id = m.id) then m.uploaded_by = $4
    else exists (
        select from messages x
        join conversations c on c.id = x.conversation_id
        where x.media_id = m.id and c.customer_id = $1 and x.channel = $2
            and (x.direction = 'inbound' or x.status in ('sent', 'delivered', 'read'))
    )
end

-- name: issue
-- What has expired is cleared away by whoever comes next.
with expired as (
    delete from inbox_tickets where hash in (
        select hash from inbox_tickets where expires_at < now() order by expires_at limit 100 for update skip locked
    )
)
insert into inbox_tickets (hash, channel, customer_id, token_until, expires_at)
values ($1, $2, $3, $4, now() + make_interval(secs => $5))

-- name: redeem
delete from inbox_tickets where hash = $1
returning channel, customer_id, token_until, expires_at > now() as valid
