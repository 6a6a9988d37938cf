-- The journal: every durable change of a conversation passes through this one function, so that the order of commits
-- is the order of event numbers, and lock, check, write and commit take one round trip.
--
-- Each argument is an array of rows (or null); a row names the item, a change of at most one conversation, that it
-- belongs to; items are numbered from 1 without a gap. A member that is null may be left out. An item that is not `ok`
-- writes nothing and does not hold up the others. `arrivals` and `submissions` are the new messages that a channel or
-- a person gave an id, by which they are recognised. An item's `events` is how many it has, `again` that an earlier item
-- is about the same conversation.
--   ok         written                        done       this very change was written before: a repeated submission, or
--                                                        one of the announcements that it tells of is gone
--   conflict   the revision has moved on      duplicate  a message of it is stored already; `about` names which
--   moved      the customer or an open conversation of theirs exists by now, or begins with an earlier item; or the customer
--              is no more
--   known      a report thought to be an orphan: its message is stored by now
--   awaited    reports that came earlier wait for a message which the item's attempts make known
--   fenced     an outbox row is no longer leased under the item's token; `about` names which
-- `about` is null when there is nothing to name. `head` is the newest event number afterwards: the events of ok items
-- are numbered in the order given, up to it.

create function journal_append(
    in_items json,
    in_arrivals json,
    in_submissions json,
    in_customers json,
    in_customer_updates json,
    in_identities json,
    in_lost_identities json,
    in_conversations json,
    in_conversation_updates json,
    in_handovers json,
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
    in_notes json,
    in_notifications json,
    in_rooms json,
    in_room_messages json,
    in_announced json,
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
    twins integer[] = '{}';
    twin_ids text[] = '{}';
    twins_too integer[];
    twin_ids_too text[];
    moved integer[] = '{}';
    late integer[];
    known integer[] = '{}';
    foreigners integer[] = '{}';
    foreigner_ids text[] = '{}';
    awaited integer[] = '{}';
    crowded integer[] = '{}';
    told integer[] = '{}';
    bad integer[] = '{}';
    bad_changes uuid[] = '{}';
    total bigint;
begin
    perform pg_advisory_xact_lock(7308895133905518968);

    -- What stands against an item is looked up once for the whole batch, and only for rows of the kind that it can
    -- concern; an item then only asks whether it is among those found.
    if in_arrivals is not null then
        select coalesce(array_agg(m.item), '{}'), coalesce(array_agg(m.id::text), '{}') into twins, twin_ids
        from json_to_recordset(in_arrivals) as m (item integer, id uuid, channel text, channel_message_id text)
        join messages x on x.channel = m.channel and x.channel_message_id = m.channel_message_id;
    end if;

    if in_submissions is not null then
        select array_agg(m.item), array_agg(m.id::text) into twins_too, twin_ids_too
        from json_to_recordset(in_submissions) as m (item integer, id uuid, conversation_id uuid, client_id uuid)
        join messages x on x.conversation_id = m.conversation_id and x.client_id = m.client_id;
        twins := twins || twins_too;
        twin_ids := twin_ids || twin_ids_too;
    end if;

    if in_settled is not null then
        select coalesce(array_agg(s.item), '{}'), coalesce(array_agg(s.id::text), '{}') into foreigners, foreigner_ids
        from json_to_recordset(in_settled) as s (item integer, id uuid, token uuid)
        left join outbox x on x.id = s.id
        where x.id is null or x.lease_token is distinct from s.token;
    end if;

    if in_conversations is not null then
        select coalesce(array_agg(n.item), '{}') into moved
        from json_to_recordset(in_conversations) as n (item integer, channel text, customer_id uuid)
        where exists (
                select from conversations x
                where x.channel = n.channel and x.customer_id = n.customer_id and x.status <> 'closed'
            )
            or exists (
                select from customers p
                where p.id = n.customer_id and (p.merged_into_id is not null or p.erased_at is not null)
            );
    end if;

    if in_handovers is not null then
        select array_agg(n.item) into late
        from json_to_recordset(in_handovers) as n (item integer, id uuid, channel text, customer_id uuid, live boolean)
        join conversations x on x.channel = n.channel and x.customer_id = n.customer_id and x.status <> 'closed'
        where n.live and x.id <> n.id;
        moved := moved || late;
    end if;

    if in_customers is not null then
        -- Somebody made this customer; also earlier in this batch: the first item does, the others find them made.
        select array_agg(n.item) into late
        from json_to_recordset(in_customers) as n (item integer)
        where n.item in (
            select k.item
            from (
                select r.*, min(r.item) over (partition by r.channel, r.kind, r.value) as first
                from json_to_recordset(in_identities) as r (item integer, channel text, kind text, value text)
            ) as k
            left join identities x on x.channel = k.channel and x.kind = k.kind and x.value = k.value
            where k.item > k.first or x.channel is not null
        );
        moved := moved || late;
    end if;

    if in_orphans is not null then
        select coalesce(array_agg(o.item), '{}') into known
        from json_to_recordset(in_orphans) as o (item integer, channel text, provider_id text)
        where exists (select from attempts a where a.channel = o.channel and a.provider_id = o.provider_id)
            or exists (select from messages m where m.channel = o.channel and m.channel_message_id = o.provider_id);
    end if;

    if in_attempts is not null then
        select coalesce(array_agg(a.item), '{}') into awaited
        from json_to_recordset(in_attempts) as a (item integer, channel text, provider_id text)
        join delivery_reports d on d.channel = a.channel and d.provider_id = a.provider_id and d.message_id is null
        where not exists (
            select
            from json_to_recordset(in_reports) as p (item integer, channel text, provider_id text, status text, at timestamptz)
            where p.item = a.item and p.channel = d.channel and p.provider_id = d.provider_id
                and p.status = d.status and p.at = d.at
        );
    end if;

    if in_rooms is not null then
        -- Others have spoken in the room since; also earlier in this batch.
        select coalesce(array_agg(n.item), '{}') into crowded
        from (
            select r.*, min(r.item) over (partition by r.id) as first
            from json_to_recordset(in_rooms) as r (item integer, id uuid, expect integer)
        ) as n
        left join rooms x on x.id = n.id
        where n.item > n.first or x.last_seq is distinct from n.expect;
    end if;

    if in_announced is not null then
        -- Somebody has announced it; also earlier in this batch.
        select coalesce(array_agg(n.item), '{}') into told
        from (
            select r.*, min(r.item) over (partition by r.id) as first
            from json_to_recordset(in_announced) as r (item integer, id uuid)
        ) as n
        left join announcements x on x.id = n.id
        where n.item > n.first or x.id is null;
    end if;

    -- In the order given: a function's result is read from its beginning to its end.
    select
        array_agg(
            case
                when c.last_change = i.change then 'done'
                when i.again then 'conflict'
                when i.expect = 0 and c.id is not null then 'conflict'
                when i.expect > 0 and c.revision is distinct from i.expect then 'conflict'
                when i.item = any (twins) then 'duplicate'
                when i.item = any (moved) then 'moved'
                when i.item = any (known) then 'known'
                when i.item = any (foreigners) then 'fenced'
                when i.item = any (awaited) then 'awaited'
                when i.item = any (crowded) then 'conflict'
                when i.item = any (told) then 'done'
                else 'ok'
            end
        ),
        sum(i.events)
    into outcomes, total
    from json_to_recordset(in_items) as i (
        item integer, change uuid, conversation_id uuid, again boolean, expect bigint, events integer
    )
    left join conversations c on c.id = i.conversation_id;

    if 'ok' <> any (outcomes) then
        select
            array_agg(i.item) filter (where i.outcome <> 'ok'),
            array_agg(i.change) filter (where i.outcome <> 'ok'),
            coalesce(sum(i.events) filter (where i.outcome = 'ok'), 0),
            array_agg(
                case i.outcome
                    when 'duplicate' then (
                        select string_agg(distinct t.id, ' ') from unnest(twins, twin_ids) as t (item, id) where t.item = i.item
                    )
                    when 'fenced' then (
                        select string_agg(distinct f.id, ' ')
                        from unnest(foreigners, foreigner_ids) as f (item, id) where f.item = i.item
                    )
                end order by i.item
            )
        into bad, bad_changes, total, about
        from (
            select r.*, outcomes[r.item] as outcome
            from json_to_recordset(in_items) as r (item integer, change uuid, events integer)
        ) as i;
    end if;

    if in_customers is not null then
        insert into customers (id, name, attributes, created_at, updated_at)
        select r.id, r.name, r.attributes, r.at, r.at
        from json_to_recordset(in_customers) as r (item integer, id uuid, name text, attributes jsonb, at timestamptz)
        where r.item <> all (bad);
    end if;

    if in_customer_updates is not null then
        -- A name that a colleague gave stays, and nothing is learnt of somebody who is to be forgotten.
        update customers x
        set name = case when x.named then x.name else coalesce(r.name, x.name) end, attributes = x.attributes || r.attributes,
            updated_at = r.at, version = x.version + 1
        from json_to_recordset(in_customer_updates) as r (item integer, id uuid, name text, attributes jsonb, at timestamptz)
        where x.id = r.id and r.item <> all (bad) and x.erased_at is null
            and (not x.named and r.name is distinct from x.name and r.name is not null or not x.attributes @> r.attributes);
    end if;

    if in_lost_identities is not null then
        with lost as (
            delete from identities x
            using json_to_recordset(in_lost_identities) as r (item integer, channel text, kind text, value text, customer_id uuid)
            where x.channel = r.channel and x.kind = r.kind and x.value = r.value and x.customer_id = r.customer_id
                and r.item <> all (bad)
            returning x.channel, x.kind, x.value, x.customer_id
        )
        insert into former_identities (channel, kind, value, customer_id)
        select l.channel, l.kind, l.value, l.customer_id from lost l
        on conflict do nothing;
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
        -- A row is its item's by the change that it names.
        insert into conversations (
            id, number, channel, channel_type, customer_id, status, team_id, assignee_id, priority, subject, tags, attributes,
            version, revision, last_change, last_seq, unsent, failed, waiting_since, first_reply_at, window_opened_at,
            last_message, last_message_at, snoozed_until, resolved_at, previous_id, merged_into_id, ai_epoch, created_at,
            updated_at
        )
        select
            r.id, r.number, r.channel, r.channel_type, r.customer_id, r.status, r.team_id, r.assignee_id, r.priority, r.subject,
            r.tags, r.attributes, r.version, r.revision, r.last_change, r.last_seq, r.unsent, r.failed, r.waiting_since,
            r.first_reply_at, r.window_opened_at, r.last_message, r.last_message_at, r.snoozed_until, r.resolved_at,
            r.previous_id, r.merged_into_id, coalesce(r.ai_epoch, 0), r.created_at, r.updated_at
        from json_populate_recordset(null::conversations, in_conversations) as r
        where r.last_change <> all (bad_changes);
    end if;

    if in_conversation_updates is not null then
        update conversations x
        set
            status = r.status, team_id = r.team_id, assignee_id = r.assignee_id, priority = r.priority, subject = r.subject,
            tags = r.tags, attributes = r.attributes, version = r.version, revision = r.revision, last_change = r.last_change,
            last_seq = r.last_seq, unsent = r.unsent, failed = r.failed, waiting_since = r.waiting_since,
            first_reply_at = r.first_reply_at, window_opened_at = r.window_opened_at, last_message = r.last_message,
            last_message_at = r.last_message_at, snoozed_until = r.snoozed_until, resolved_at = r.resolved_at,
            merged_into_id = r.merged_into_id, ai_epoch = coalesce(r.ai_epoch, 0), updated_at = r.updated_at
        from json_populate_recordset(null::conversations, in_conversation_updates) as r
        where x.id = r.id and r.last_change <> all (bad_changes);
    end if;

    if in_handovers is not null then
        update conversations x set customer_id = r.customer_id
        from json_to_recordset(in_handovers) as r (item integer, id uuid, customer_id uuid)
        where x.id = r.id and r.item <> all (bad);
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

    if in_notes is not null then
        insert into notes as x (
            id, conversation_id, after_seq, author_id, author_name, text, mentions, client_id, created_at, deleted_at
        )
        select
            r.id, r.conversation_id, r.after_seq, r.author_id, r.author_name, r.text, r.mentions, r.client_id, r.created_at,
            r.deleted_at
        from json_to_recordset(in_notes) as r (
            item integer, id uuid, conversation_id uuid, after_seq integer, author_id uuid, author_name text, text text,
            mentions json, client_id uuid, created_at timestamptz, deleted_at timestamptz
        )
        where r.item <> all (bad)
        on conflict (id) do update
        set text = excluded.text, mentions = excluded.mentions, deleted_at = coalesce(x.deleted_at, excluded.deleted_at);
    end if;

    if in_rooms is not null then
        update rooms x set last_seq = r.last_seq, last_message_at = r.at
        from json_to_recordset(in_rooms) as r (item integer, id uuid, last_seq integer, at timestamptz)
        where x.id = r.id and r.item <> all (bad);
    end if;

    if in_room_messages is not null then
        insert into room_messages (id, room_id, seq, author_id, author_name, text, mentions, client_id, created_at)
        select r.id, r.room_id, r.seq, r.author_id, r.author_name, r.text, r.mentions, r.client_id, r.created_at
        from json_to_recordset(in_room_messages) as r (
            item integer, id uuid, room_id uuid, seq integer, author_id uuid, author_name text, text text, mentions json,
            client_id uuid, created_at timestamptz
        )
        where r.item <> all (bad);
    end if;

    if in_notifications is not null then
        insert into notifications (
            id, user_id, kind, actor, conversation_id, note_id, room_id, room_message_id, alert_id, title, created_at
        )
        select
            r.id, r.user_id, r.kind, r.actor, r.conversation_id, r.note_id, r.room_id, r.room_message_id, r.alert_id,
            r.title, r.created_at
        from json_to_recordset(in_notifications) as r (
            item integer, id uuid, user_id uuid, kind text, actor json, conversation_id uuid, note_id uuid,
            room_id uuid, room_message_id uuid, alert_id uuid, title text, created_at timestamptz
        )
        where r.item <> all (bad);
    end if;

    if in_announced is not null then
        delete from announcements x
        using json_to_recordset(in_announced) as r (item integer, id uuid)
        where x.id = r.id and r.item <> all (bad);
    end if;

    update journal_head x set seq = x.seq + total returning x.seq into head;

    if total > 0 then
        -- The rows are numbered in the order given, as the items above.
        insert into events (
            seq, id, type, at, conversation_id, conversation_seq, version, team_id, assignee_id, audience_user_id, inbox_id,
            audience_members, actor,
            data
        )
        select
            head - total + row_number() over (), r.id, r.type, r.at, r.conversation_id,
            r.conversation_seq, r.version, r.team_id, r.assignee_id, r.audience_user_id, r.inbox_id, r.audience_members, r.actor, r.data
        from json_to_recordset(in_events) as r (
            item integer, id uuid, type text, at timestamptz, conversation_id uuid, conversation_seq integer,
            version integer, team_id uuid, assignee_id uuid, audience_user_id uuid, inbox_id uuid,
            audience_members uuid[], actor json, data json
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
