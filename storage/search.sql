-- name: sort_in
-- Sorts new words into the index of words; answers how many pages of them there were, null while there is no index:
-- somebody is making it anew.
select gin_clean_pending_list(to_regclass('messages_words'))

-- name: message_edge
-- The message until which so many are looked at, going back from one; none when fewer are left.
select id from messages where id < $1 and id >= $2 order by id desc offset $3 limit 1

-- name: messages_walked
-- Messages between two, the newest first, that this reader may see and in which the words are. Rights come first; then
-- letter by letter, which costs little and lets few through; then the words. The index of words is of no use here.
with seen as materialized (
    select m.id, m.text
    from messages m
    join conversations c on c.id = m.conversation_id
    left join conversations target on target.id = c.merged_into_id
    where m.id < $5::uuid and m.id >= $6::uuid
        and m.text is not null and m.deleted_at is null
        and (
            $2::boolean or c.team_id = any($3::uuid[]) or c.assignee_id = $1::uuid
            or target.team_id = any($3::uuid[]) or target.assignee_id = $1::uuid
        )
        and ($7::uuid is null or c.team_id = $7::uuid)
        and ($8::text[] is null or m.channel = any($8))
        and ($9::text is null or m.sender_type = $9::text)
)
select id from seen
where text ~* all($11::text[]) and search_words(text) @@ $4::text::tsquery
order by id desc
limit $10

-- name: little
-- The conversations that this reader may see, if they are few.
select c.id, c.last_seq
from conversations c
left join conversations target on target.id = c.merged_into_id
where c.team_id = any($2::uuid[]) or c.assignee_id = $1::uuid
    or target.team_id = any($2::uuid[]) or target.assignee_id = $1::uuid
limit $3

-- name: messages_among
-- The same in these conversations.
select m.id
from messages m
join conversations c on c.id = m.conversation_id
where m.conversation_id = any($1::uuid[]) and m.id < $3::uuid and m.id >= $4::uuid
    and m.text is not null and m.deleted_at is null
    and ($5::uuid is null or c.team_id = $5::uuid)
    and ($6::text[] is null or m.channel = any($6))
    and ($7::text is null or m.sender_type = $7::text)
    and m.text ~* all($9::text[])
    and (search_words(m.text) @@ $2::text::tsquery) is true
order by m.id desc
limit $8

-- name: messages_of_conversation
-- The same in one conversation, of those numbered below one; and how far it was looked.
select m.id, m.seq
from messages m
join conversations c on c.id = m.conversation_id
left join conversations target on target.id = c.merged_into_id
where m.conversation_id = $7::uuid and m.seq < $5::integer and m.seq >= $6::integer
    and m.text is not null and m.deleted_at is null
    and (
        $2::boolean or c.team_id = any($3::uuid[]) or c.assignee_id = $1::uuid
        or target.team_id = any($3::uuid[]) or target.assignee_id = $1::uuid
    )
    and ($8::text[] is null or m.channel = any($8))
    and ($9::text is null or m.sender_type = $9::text)
    and m.id < $12 and m.id >= $13
    and m.text ~* all($11::text[])
    and (search_words(m.text) @@ $4::text::tsquery) is true
order by m.seq desc
limit $10

-- name: messages_found
-- All messages in which the words are, by the index of words, unless there are more than so many; of those that this
-- reader may see the newest. The conditions on ids are kept from the index of ids, which would read everything. What
-- the index does not know, how words follow each other, is looked at in those few.
with found as materialized (
    select m.id, m.conversation_id, m.text
    from messages m
    where search_words(m.text) @@ $4::text::tsquery and m.text is not null and m.deleted_at is null
        and (m.id < $5::uuid and m.id >= $6::uuid) is true
        and ($8::text[] is null or m.channel = any($8))
        and ($9::text is null or m.sender_type = $9::text)
    limit $11
)
select (select count(*) from found) as found, hit.id
from (select) as once
left join lateral (
    select f.id
    from found f
    join conversations c on c.id = f.conversation_id
    left join conversations target on target.id = c.merged_into_id
    where (
            $2::boolean or c.team_id = any($3::uuid[]) or c.assignee_id = $1::uuid
            or target.team_id = any($3::uuid[]) or target.assignee_id = $1::uuid
        )
        and ($7::uuid is null or c.team_id = $7::uuid)
        and ($12::text is null or f.text ~* all($13::text[]) and search_words(f.text) @@ $12::text::tsquery)
    order by f.id desc
    limit $10
) as hit on true

-- name: last_seq
select last_seq from conversations where id = $1

-- name: messages
-- What is shown of found messages.
select
    m.id, m.conversation_id, c.number, m.seq, m.channel, m.sender_type, m.sender_id, m.sender_name, m.at,
    left(m.text, 20000) as text, c.customer_id, p.name as customer_name
from messages m
join conversations c on c.id = m.conversation_id
join customers p on p.id = c.customer_id
where m.id = any($1::uuid[])
order by m.id desc

-- name: notes
-- Notes in which the words are, at conversations that this reader may see, the newest first.
select
    n.id, n.conversation_id, c.number, n.after_seq as seq, c.channel, 'agent' as sender_type, n.author_id as sender_id,
    n.author_name as sender_name, n.created_at as at, n.text, c.customer_id, p.name as customer_name
from notes n
join conversations c on c.id = n.conversation_id
join customers p on p.id = c.customer_id
left join conversations target on target.id = c.merged_into_id
where search_words(n.text) @@ $4::text::tsquery and n.text is not null
    and (n.id < $5::uuid and n.id >= $6::uuid) is true
    and (
        $2::boolean or c.team_id = any($3::uuid[]) or c.assignee_id = $1::uuid
        or target.team_id = any($3::uuid[]) or target.assignee_id = $1::uuid
    )
    and ($7::uuid is null or c.team_id = $7::uuid)
    and ($8::text[] is null or c.channel = any($8))
    and ($9::uuid is null or n.conversation_id = $9::uuid)
order by n.id desc
limit $10

-- name: customers
-- Customers by the words of their name, or four or more digits with which a number of theirs begins or ends, of whom
-- this reader may see a conversation. Of more than so many, those that come first in the index are looked at.
with found as materialized (
    (
        select p.id from customers p
        where $4::text <> '' and p.name is not null and search_words(p.name) @@ $4::text::tsquery limit $8
    )
    union
    (
        select i.customer_id from identities i
        where length($7::text) >= 4 and i.kind = 'wa_id'
            and i.value collate "C" >= $7::text and i.value collate "C" < $7::text || ':'
        limit $8
    )
    union
    (
        select i.customer_id from identities i
        where length($7::text) >= 4 and i.kind = 'wa_id'
            and reverse(i.value) collate "C" >= reverse($7::text)
            and reverse(i.value) collate "C" < reverse($7::text) || ':'
        limit $8
    )
)
select
    p.id, p.name, p.created_at,
    (select i.value from identities i where i.customer_id = p.id and i.kind = 'wa_id' limit 1) as phone
from found f
join customers p on p.id = f.id
where p.id < $5 and p.merged_into_id is null and p.erased_at is null
    and ($2::boolean or exists (
        select from conversations c
        where c.customer_id = p.id and (c.team_id = any($3::uuid[]) or c.assignee_id = $1::uuid)
    ))
order by p.id desc
limit $6

-- name: conversations
-- Conversations by the words of their subject, or by their number, that this reader may see. Likewise.
with found as materialized (
    (
        select c.id from conversations c
        where $4::text <> '' and c.subject is not null and search_words(c.subject) @@ $4::text::tsquery limit $8
    )
    union
    select c.id from conversations c where c.number = $7::bigint
)
select
    c.id, c.number, c.subject, c.channel, coalesce(c.last_message_at, c.created_at) as at,
    c.customer_id, p.name as customer_name
from found f
join conversations c on c.id = f.id
join customers p on p.id = c.customer_id
left join conversations target on target.id = c.merged_into_id
where c.id < $5
    and (
        $2::boolean or c.team_id = any($3::uuid[]) or c.assignee_id = $1::uuid
        or target.team_id = any($3::uuid[]) or target.assignee_id = $1::uuid
    )
    and ($9::uuid is null or c.team_id = $9::uuid)
    and ($10::text[] is null or c.channel = any($10))
order by c.id desc
limit $6
