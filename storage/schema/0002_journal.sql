-- The journal: every durable change of a conversation passes through this one function, so that the order of commits
-- is the order of event numbers, and lock, check, write and commit take one round trip.
--
-- Each argument is an array of rows (or null); a row names the item, a change of at most one conversation, that it
-- belongs to; items are numbered from 1 without a gap. An item that is not `ok` writes nothing and does not hold up
-- the others.
--   ok         written                        done       this very change was written before: a repeated submission
--   conflict   the revision has moved on      duplicate  a message of it is stored already; `about` names which
--   moved      the customer or an open conversation of theirs exists by now, or begins with an earlier item
--   known      a report thought to be an orphan: its message is stored by now
--   awaited    reports that came earlier wait for a message which the item's attempts make known
--   fenced     an outbox row is no longer leased under the item's token; `about` names which
-- `head` is the newest event number afterwards: the events of ok items are numbered in the order given, up to it.

create function journal_append(
    in_items json,
    in_customers json,
    in_customer_updates json,
    in_identities json,
    in_lost_identities json,
    in_conversations json,
    in_messages json,
    in_message_updates json,
    in_attempts json,
    in_reports json,
    in_orphans json,
    in_media json,
    in_outbox json,
    in_settled json,
    in_held json,
    in_released json,
    in_channel_events json,
    in_events json,
    replica bigint,
    lease interval
)
returns table (head bigint, outcomes text[], about text[])
language plpgsql
-- Whatever the statistics say of tables that were empty a minute ago, the right plan is always: few rows, by index.
set plan_cache_mode = force_generic_plan
set enable_seqscan = off
set enable_hashjoin = off
set enable_mergejoin = off
set enable_material = off
as $$
#variable_conflict use_column
declare
    bad integer[];
    bad_changes uuid[];
    late integer[] = '{}';
    total bigint;
begin
    perform pg_advisory_xact_lock(7308895133905518968);

    if in_customers is not null then
        -- Two first messages of one person in one batch: the first item makes the customer, the others find them made.
        select coalesce(array_agg(k.item), '{}') into late
        from (
            select r.item, min(r.item) over (partition by r.channel, r.kind, r.value) as first
            from json_to_recordset(in_identities) as r (item integer, channel text, kind text, value text)
        ) as k
        where k.item > k.first;
    end if;

    -- Each set below is looked up once for the whole batch; an item then only asks whether it is in it.
    with twins as materialized (
        select found.item, string_agg(found.id::text, ' ') as ids
        from (
            select m.item, m.id
            from json_to_recordset(in_messages) as m (item integer, id uuid, channel text, channel_message_id text)
            join messages x on x.channel = m.channel and x.channel_message_id = m.channel_message_id
            union
            select m.item, m.id
            from json_to_recordset(in_messages) as m (item integer, id uuid, conversation_id uuid, client_id uuid)
            join messages x on x.conversation_id = m.conversation_id and x.client_id = m.client_id
        ) as found
        group by found.item
    ), foreigners as materialized (
        select s.item, string_agg(s.id::text, ' ') as ids
        from json_to_recordset(in_settled) as s (item integer, id uuid, token uuid)
        left join outbox x on x.id = s.id
        where x.id is null or x.lease_token is distinct from s.token
        group by s.item
    ), moved as materialized (
        select n.item
        from json_to_recordset(in_conversations) as n (item integer, channel text, customer_id uuid, revision bigint)
        join conversations x on x.channel = n.channel and x.customer_id = n.customer_id and x.status <> 'closed'
        where n.revision = 1
        union all
        select n.item
        from json_to_recordset(in_customers) as n (item integer)
        where n.item = any (late) or n.item in (
            select k.item
            from json_to_recordset(in_identities) as k (item integer, channel text, kind text, value text)
            join identities x on x.channel = k.channel and x.kind = k.kind and x.value = k.value
        )
    ), known as materialized (
        select o.item
        from json_to_recordset(in_orphans) as o (item integer, channel text, provider_id text)
        where exists (select from attempts a where a.channel = o.channel and a.provider_id = o.provider_id)
            or exists (select from messages m where m.channel = o.channel and m.channel_message_id = o.provider_id)
    ), awaited as materialized (
        select a.item
        from json_to_recordset(in_attempts) as a (item integer, channel text, provider_id text)
        join delivery_reports d on d.channel = a.channel and d.provider_id = a.provider_id and d.message_id is null
        where not exists (
            select
            from json_to_recordset(in_reports) as p (item integer, channel text, provider_id text, status text, at timestamptz)
            where p.item = a.item and p.channel = d.channel and p.provider_id = d.provider_id
                and p.status = d.status and p.at = d.at
        )
    ), items as (
        select r.*, case when r.conversation_id is null then 1 else
            row_number() over (partition by r.conversation_id order by r.item) end as place
        from json_to_recordset(in_items) as r (item integer, change uuid, conversation_id uuid, expect bigint)
    ), verdicts as (
        select
            i.item, i.change, twins.ids as twins, foreigners.ids as foreigners,
            case
                when c.last_change = i.change then 'done'
                when i.place > 1 then 'conflict'
                when i.expect = 0 and c.id is not null then 'conflict'
                when i.expect > 0 and c.revision is distinct from i.expect then 'conflict'
                when twins.ids is not null then 'duplicate'
                when i.item in (select m.item from moved m) then 'moved'
                when i.item in (select k.item from known k) then 'known'
                when foreigners.ids is not null then 'fenced'
                when i.item in (select a.item from awaited a) then 'awaited'
                else 'ok'
            end as outcome
        from items i
        left join conversations c on c.id = i.conversation_id
        left join twins on twins.item = i.item
        left join foreigners on foreigners.item = i.item
    )
    select
        array_agg(v.outcome order by v.item),
        array_agg(case v.outcome when 'duplicate' then v.twins when 'fenced' then v.foreigners end order by v.item),
        coalesce(array_agg(v.item) filter (where v.outcome <> 'ok'), '{}'),
        coalesce(array_agg(v.change) filter (where v.outcome <> 'ok'), '{}')
    into outcomes, about, bad, bad_changes
    from verdicts v;

    if in_customers is not null then
        insert into customers (id, name, attributes, created_at, updated_at)
        select r.id, r.name, r.attributes, r.at, r.at
        from json_to_recordset(in_customers) as r (item integer, id uuid, name text, attributes jsonb, at timestamptz)
        where r.item <> all (bad);
    end if;

    if in_customer_updates is not null then
        update customers x
        set name = coalesce(r.name, x.name), attributes = x.attributes || r.attributes, updated_at = r.at, version = x.version + 1
        from json_to_recordset(in_customer_updates) as r (item integer, id uuid, name text, attributes jsonb, at timestamptz)
        where x.id = r.id and r.item <> all (bad);
    end if;

    if in_lost_identities is not null then
        delete from identities x
        using json_to_recordset(in_lost_identities) as r (item integer, channel text, kind text, value text, customer_id uuid)
        where x.channel = r.channel and x.kind = r.kind and x.value = r.value and x.customer_id = r.customer_id
            and r.item <> all (bad);
    end if;

    if in_identities is not null then
        -- An address that is somebody else's already stays theirs, unless the channel itself said that it moved.
        delete from identities x
        using json_to_recordset(in_identities) as r (item integer, channel text, kind text, value text, customer_id uuid, moved boolean)
        where x.channel = r.channel and x.kind = r.kind and x.value = r.value and x.customer_id <> r.customer_id
            and r.moved and r.item <> all (bad);

        insert into identities as x (channel, kind, value, customer_id)
        select r.channel, r.kind, r.value, r.customer_id
        from json_to_recordset(in_identities) as r (item integer, channel text, kind text, value text, customer_id uuid)
        where r.item <> all (bad)
        on conflict (channel, kind, value) do nothing;
    end if;

    if in_conversations is not null then
        -- Revision 1 is a new one. A row is its item's by the change that it names.
        insert into conversations (
            id, number, channel, channel_type, customer_id, status, team_id, assignee_id, priority, subject, tags, attributes,
            version, revision, last_change, last_seq, unsent, failed, waiting_since, first_reply_at, window_opened_at,
            last_message, last_message_at, snoozed_until, resolved_at, previous_id, merged_into_id, created_at, updated_at
        )
        select
            r.id, r.number, r.channel, r.channel_type, r.customer_id, r.status, r.team_id, r.assignee_id, r.priority, r.subject,
            r.tags, r.attributes, r.version, r.revision, r.last_change, r.last_seq, r.unsent, r.failed, r.waiting_since,
            r.first_reply_at, r.window_opened_at, r.last_message, r.last_message_at, r.snoozed_until, r.resolved_at,
            r.previous_id, r.merged_into_id, r.created_at, r.updated_at
        from json_populate_recordset(null::conversations, in_conversations) as r
        where r.revision = 1 and r.last_change <> all (bad_changes);

        update conversations x
        set
            status = r.status, team_id = r.team_id, assignee_id = r.assignee_id, priority = r.priority, subject = r.subject,
            tags = r.tags, attributes = r.attributes, version = r.version, revision = r.revision, last_change = r.last_change,
            last_seq = r.last_seq, unsent = r.unsent, failed = r.failed, waiting_since = r.waiting_since,
            first_reply_at = r.first_reply_at, window_opened_at = r.window_opened_at, last_message = r.last_message,
            last_message_at = r.last_message_at, snoozed_until = r.snoozed_until, resolved_at = r.resolved_at,
            merged_into_id = r.merged_into_id, updated_at = r.updated_at
        from json_populate_recordset(null::conversations, in_conversations) as r
        where x.id = r.id and r.revision > 1 and r.last_change <> all (bad_changes);
    end if;

    if in_messages is not null then
        insert into messages (
            id, conversation_id, seq, channel, channel_message_id, client_id, direction, sender_type, sender_id, sender_name,
            type, text, content_metadata, media_id, reply_to, reactions, status, status_at, error, attempt, at, created_at,
            edited_at, deleted_at, metadata, internal
        )
        select
            r.id, r.conversation_id, r.seq, r.channel, r.channel_message_id, r.client_id, r.direction, r.sender_type, r.sender_id,
            r.sender_name, r.type, r.text, r.content_metadata, r.media_id, r.reply_to, r.reactions, r.status, r.status_at,
            r.error, r.attempt, r.at, r.created_at, r.edited_at, r.deleted_at, r.metadata, r.internal
        from json_to_recordset(in_messages) as r (
            item integer, id uuid, conversation_id uuid, seq integer, channel text, channel_message_id text, client_id uuid,
            direction message_direction, sender_type text, sender_id uuid, sender_name text, type text, text text,
            content_metadata json, media_id uuid, reply_to json, reactions json, status delivery_status, status_at json,
            error json, attempt integer, at timestamptz, created_at timestamptz, edited_at timestamptz,
            deleted_at timestamptz, metadata json, internal json
        )
        where r.item <> all (bad);
    end if;

    if in_message_updates is not null then
        update messages x
        set
            channel_message_id = r.channel_message_id, type = r.type, text = r.text, content_metadata = r.content_metadata,
            reactions = r.reactions, status = r.status, status_at = r.status_at, error = r.error, attempt = r.attempt,
            edited_at = r.edited_at, deleted_at = r.deleted_at, metadata = r.metadata, internal = r.internal
        from json_to_recordset(in_message_updates) as r (
            item integer, id uuid, channel_message_id text, type text, text text, content_metadata json, reactions json,
            status delivery_status, status_at json, error json, attempt integer, edited_at timestamptz,
            deleted_at timestamptz, metadata json, internal json
        )
        where x.id = r.id and r.item <> all (bad);
    end if;

    if in_attempts is not null then
        insert into attempts as x (message_id, attempt, channel, provider_id, status, error_code, error_text, at)
        select r.message_id, r.attempt, r.channel, r.provider_id, r.status, r.error_code, r.error_text, r.at
        from json_to_recordset(in_attempts) as r (
            item integer, message_id uuid, attempt integer, channel text, provider_id text, status delivery_status,
            error_code text, error_text text, at timestamptz
        )
        where r.item <> all (bad)
        on conflict (message_id, attempt) do update
        -- Forward only; the states are declared in their order. What was delivered does not fail.
        set provider_id = coalesce(x.provider_id, excluded.provider_id),
            (status, error_code, error_text) = (
                select case when forward then excluded.status else x.status end,
                    case when forward then excluded.error_code else x.error_code end,
                    case when forward then excluded.error_text else x.error_text end
                from (values (
                    excluded.status >= x.status and (excluded.status <> 'failed' or x.status not in ('delivered', 'read'))
                )) as moves (forward)
            );
    end if;

    if in_reports is not null then
        insert into delivery_reports as x (channel, provider_id, status, at, message_id, report)
        select distinct on (r.channel, r.provider_id, r.status, r.at)
            r.channel, r.provider_id, r.status, r.at, r.message_id, r.report
        from json_to_recordset(in_reports) as r (
            item integer, channel text, provider_id text, status text, at timestamptz, message_id uuid, report json
        )
        where r.item <> all (bad)
        on conflict (channel, provider_id, status, at) do update set message_id = coalesce(x.message_id, excluded.message_id);
    end if;

    if in_orphans is not null then
        insert into delivery_reports (channel, provider_id, status, at, report)
        select r.channel, r.provider_id, r.status, r.at, r.report
        from json_to_recordset(in_orphans) as r (
            item integer, channel text, provider_id text, status text, at timestamptz, report json
        )
        where r.item <> all (bad)
        on conflict do nothing;
    end if;

    if in_media is not null then
        insert into media as x (
            id, channel, conversation_id, message_id, direction, state, provider_id, url, mime_type, sha256, filename, reason, next_try_at
        )
        select
            r.id, r.channel, r.conversation_id, r.message_id, 'inbound', r.state, r.provider_id, r.url, r.mime_type, r.sha256,
            r.filename, r.reason, case when r.state = 'pending' then clock_timestamp() end
        from json_to_recordset(in_media) as r (
            item integer, id uuid, channel text, conversation_id uuid, message_id uuid, state media_state, provider_id text,
            url text, mime_type text, sha256 text, filename text, reason text
        )
        where r.item <> all (bad);
    end if;

    if in_outbox is not null then
        insert into outbox (
            id, channel, conversation_id, message_id, seq, attempt, lane, state, payload, not_before, lease_token, leased_by,
            lease_until, created_at
        )
        select
            r.id, r.channel, r.conversation_id, r.message_id, r.seq, r.attempt, r.lane,
            case when r.token is null then 'queued' else 'leased' end::outbox_state, r.payload, clock_timestamp(), r.token,
            case when r.token is null then null else replica end,
            case when r.token is null then null else clock_timestamp() + lease end, clock_timestamp()
        from json_to_recordset(in_outbox) as r (
            item integer, id uuid, channel text, conversation_id uuid, message_id uuid, seq integer, attempt integer,
            lane smallint, payload json, token uuid
        )
        where r.item <> all (bad);
    end if;

    if in_settled is not null then
        -- `retry_in` null: the attempt is over. Otherwise the row waits that many seconds for its next try.
        delete from outbox x
        using json_to_recordset(in_settled) as r (item integer, id uuid, retry_in double precision)
        where x.id = r.id and r.retry_in is null and r.item <> all (bad);

        update outbox x
        set state = 'queued', not_before = clock_timestamp() + make_interval(secs => r.retry_in), tries = r.tries,
            lease_token = null, leased_by = null, lease_until = null
        from json_to_recordset(in_settled) as r (item integer, id uuid, retry_in double precision, tries integer)
        where x.id = r.id and r.retry_in is not null and r.item <> all (bad);
    end if;

    if in_held is not null then
        insert into held_amendments (id, conversation_id, target, item)
        select r.id, r.conversation_id, r.target, r.amendment
        from json_to_recordset(in_held) as r (item integer, id uuid, conversation_id uuid, target text, amendment json)
        where r.item <> all (bad);
    end if;

    if in_released is not null then
        delete from held_amendments x
        using json_to_recordset(in_released) as r (item integer, id uuid)
        where x.id = r.id and r.item <> all (bad);
    end if;

    if in_channel_events is not null then
        insert into channel_events (id, channel, field, event, payload, at)
        select r.id, r.channel, r.field, r.event, r.payload, r.at
        from json_to_recordset(in_channel_events) as r (
            item integer, id uuid, channel text, field text, event text, payload json, at timestamptz
        )
        where r.item <> all (bad)
        on conflict do nothing;
    end if;

    select count(*) into total
    from json_to_recordset(in_events) as r (item integer) where r.item <> all (bad);

    update journal_head x set seq = x.seq + total returning x.seq into head;

    if total > 0 then
        insert into events (
            seq, id, type, at, conversation_id, conversation_seq, version, team_id, assignee_id, audience_user_id, actor, data
        )
        select
            head - total + row_number() over (order by r.item, r.n), r.id, r.type, r.at, r.conversation_id,
            r.conversation_seq, r.version, r.team_id, r.assignee_id, r.audience_user_id, r.actor, r.data
        from json_to_recordset(in_events) as r (
            item integer, n integer, id uuid, type text, at timestamptz, conversation_id uuid, conversation_seq integer,
            version integer, team_id uuid, assignee_id uuid, audience_user_id uuid, actor json, data json
        )
        where r.item <> all (bad);
    end if;

    return next;
end
$$;

-- The numbers of the replicas that are connected: the writer of each holds the advisory lock of its number.
create function living_replicas()
returns bigint[]
language sql
stable
as $$
    select coalesce(array_agg(l.classid::bigint << 32 | l.objid::bigint), '{}')
    from pg_locks l
    where l.locktype = 'advisory' and l.granted and l.objsubid = 1
        and l.database = (select oid from pg_database where datname = current_database())
$$;
