-- What the bare server keeps: the least that could be called the same.

create table customers (
    id uuid primary key,
    phone text not null unique,
    name text not null
);
create table conversations (
    id uuid primary key,
    customer_id uuid not null unique references customers,
    phone text not null unique,
    last_seq integer not null default 0,
    updated_at timestamptz not null default now()
) with (fillfactor = 80);
create table messages (
    id uuid primary key,
    conversation_id uuid not null references conversations,
    seq integer not null,
    channel_message_id text unique,
    direction text not null,
    text text not null,
    status text not null,
    at timestamptz not null default now(),
    unique (conversation_id, seq)
);

-- Stores a batch of messages, `direction` in or out, with customers and conversations that are new.
create function take_in(given json, direction text)
returns table (n integer, conversation_id uuid, seq integer)
language plpgsql
as $$
#variable_conflict use_column
begin
    insert into customers (id, phone, name)
    select distinct on (r.phone) r.customer, r.phone, r.name
    from json_to_recordset(given) as r (customer uuid, phone text, name text)
    on conflict (phone) do nothing;

    insert into conversations (id, customer_id, phone)
    select distinct on (r.phone) r.conversation, c.id, r.phone
    from json_to_recordset(given) as r (conversation uuid, phone text)
    join customers c on c.phone = r.phone
    on conflict (phone) do nothing;

    return query
    with incoming as (
        select r.*, row_number() over (partition by r.phone order by r.n) as place
        from json_to_recordset(given) as r (n integer, id uuid, phone text, channel_message_id text, text text)
    ), moved as (
        update conversations c
        set last_seq = c.last_seq + x.count, updated_at = clock_timestamp()
        from (select phone, count(*) as count from incoming group by phone) x
        where c.phone = x.phone
        returning c.id, c.phone, c.last_seq - x.count as before
    ), stored as (
        insert into messages (id, conversation_id, seq, channel_message_id, direction, text, status)
        select i.id, m.id, m.before + i.place, i.channel_message_id, direction, i.text, 'stored'
        from incoming i join moved m on m.phone = i.phone
        on conflict do nothing
    )
    select i.n, m.id, (m.before + i.place)::integer
    from incoming i join moved m on m.phone = i.phone
    order by i.n;
end
$$;

create function mark_sent(given json)
returns table (n integer)
language plpgsql
as $$
begin
    update messages m
    set status = 'sent', channel_message_id = r.channel_message_id
    from json_to_recordset(given) as r (id uuid, channel_message_id text)
    where m.id = r.id;
    return query select r.n from json_to_recordset(given) as r (n integer) order by r.n;
end
$$;
