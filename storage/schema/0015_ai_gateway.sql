-- The AI agent: who answers a conversation, what it has called, and which tools are switched off.

-- How often the conversation changed hands between the AI agent and people; even: the AI agent may act in it.
alter table conversations add column ai_epoch integer not null default 0;

-- Calls of tools, for their limits and for what was suspicious in them. The audit has the rest.
create table tool_calls (
    id uuid primary key,
    conversation_id uuid not null,
    customer_id uuid not null,
    principal text not null,
    tool text not null,
    at timestamptz not null,
    -- A call that a limit refused does not count: refusals would extend the time for which they go on.
    counted boolean not null,
    -- `ok`, or the code of what went wrong; null while it runs.
    outcome text
);
create index tool_calls_conversation on tool_calls (conversation_id, at) where counted;
create index tool_calls_customer on tool_calls (customer_id, at) where counted;
create index tool_calls_principal on tool_calls (principal, at) where counted;
create index tool_calls_outcome on tool_calls (conversation_id, outcome, at);
create index tool_calls_age on tool_calls (at);

-- How many of these calls there were within the window, when the oldest of them was, and when the one was that has to
-- leave the window before there is room for one more.
create function tool_calls_within(
    of_conversation uuid, of_customer uuid, of_principal text, most integer, span interval, moment timestamptz
)
returns table (used bigint, oldest timestamptz, blocking timestamptz)
language sql
stable
as $$
    select count(*), min(c.at), (array_agg(c.at order by c.at desc))[most]
    from tool_calls c
    where c.counted and c.at > moment - span and (
        c.conversation_id = of_conversation or c.customer_id = of_customer or c.principal = of_principal
    )
$$;

-- Takes a call if every limit has room for it; otherwise notes that it was refused. Exact however many ask at once, on
-- however many replicas: whoever counts holds the locks of principal, customer and conversation until the row is
-- committed. They are taken in this order by everybody, so that nobody waits for one who waits for him.
-- Answers how the limit that refused stands, or the conversation's.
create function tool_call_take(
    call uuid, of_conversation uuid, of_customer uuid, of_principal text, of_tool text,
    principal_most integer, principal_span interval,
    customer_most integer, customer_span interval,
    conversation_most integer, conversation_span interval
)
returns table (refused boolean, of_limit text, remaining integer, reset_s double precision)
language plpgsql
as $$
declare
    moment timestamptz;
    standing record;
begin
    perform pg_advisory_xact_lock(41001, hashtext(of_principal));
    perform pg_advisory_xact_lock(41002, hashtext(of_customer::text));
    perform pg_advisory_xact_lock(41003, hashtext(of_conversation::text));
    moment := clock_timestamp();
    for standing in
        select 1 as place, 'principal' as name, principal_most as most, principal_span as span, w.*
        from tool_calls_within(null, null, of_principal, principal_most, principal_span, moment) w
        union all
        select 2, 'customer', customer_most, customer_span, w.*
        from tool_calls_within(null, of_customer, null, customer_most, customer_span, moment) w
        union all
        select 3, 'conversation', conversation_most, conversation_span, w.*
        from tool_calls_within(of_conversation, null, null, conversation_most, conversation_span, moment) w
        order by 1
    loop
        refused := standing.used >= standing.most;
        of_limit := standing.name;
        remaining := greatest(standing.most - standing.used - 1, 0);
        reset_s := extract(epoch from
            case when refused then standing.blocking else coalesce(standing.oldest, moment) end + standing.span - moment
        );
        exit when refused;
    end loop;
    insert into tool_calls (id, conversation_id, customer_id, principal, tool, at, counted, outcome)
    values (
        call, of_conversation, of_customer, of_principal, of_tool, moment, not refused,
        case when refused then 'rate_limited' end
    );
    return next;
end
$$;

-- Tools that an administrator has switched off. Every call looks, so that it holds on all replicas at once.
create table tools_disabled (
    tool text primary key,
    by_id uuid not null,
    by_name text not null,
    at timestamptz not null default now()
);
