-- Forgetting a customer. `$1` is, unless something else is said, the ids of the customer and of those merged into them,
-- `$2` those of their conversations.

-- name: lock
-- Nothing of a conversation changes until the transaction ends: the journal's own lock.
select pg_advisory_xact_lock(7308895133905518968)

-- name: hold
-- The customer ($1) and those merged into them, held until the transaction ends.
select id, merged_into_id, erased_at from customers where id = $1 or merged_into_id = $1 order by id for update

-- name: conversations
select id, channel from conversations where customer_id = any ($1::uuid[]) order by id

-- name: addresses
select channel, kind, value from identities where customer_id = any ($1::uuid[]) order by channel, kind, value

-- name: former
-- What they were known under before, unless it is somebody else's by now.
select f.value
from former_identities f
where f.customer_id = any ($1::uuid[]) and not exists (
    select from identities i
    where i.channel = f.channel and i.kind = f.kind and i.value = f.value and i.customer_id <> all ($1::uuid[])
)

-- name: on_its_way
-- Whether something is being sent to them at this moment; $1 their conversations.
select exists (select from outbox where conversation_id = any ($1::uuid[]) and state <> 'queued')

-- name: under_way
-- Whether a transaction of theirs is under way; $1 their conversations.
select exists (
    select from transaction_drafts
    where conversation_id = any ($1::uuid[])
        and state not in ('committed', 'failed', 'cancelled', 'expired', 'rejected', 'create_failed')
)

-- name: forget_reports
delete from delivery_reports r
using messages m
left join attempts a on a.message_id = m.id
where m.conversation_id = any ($1::uuid[])
    and (r.channel, r.provider_id) in ((m.channel, m.channel_message_id), (a.channel, a.provider_id))

-- name: forget_media
-- Their files, and those sent to nobody else. Rows stay without what they said until the files are gone: an erasure
-- that is interrupted finds them again. Answers which.
update media f
set conversation_id = ($2::uuid[])[1], message_id = null, provider_id = null, url = null, filename = null, sha256 = null,
    upload_key = null, next_try_at = null
where (
        f.conversation_id = any ($2::uuid[]) or f.uploaded_by = any ($1::uuid[])
        or f.id in (select m.media_id from messages m where m.conversation_id = any ($2::uuid[]) and m.media_id is not null)
        or f.id in (select unnest(d.media_ids) from drafts d where d.conversation_id = any ($2::uuid[]))
    )
    and not exists (select from messages m where m.media_id = f.id and m.conversation_id <> all ($2::uuid[]))
returning f.id

-- name: forget_files
-- The files $1 are gone.
delete from media where id = any ($1::uuid[])

-- name: forget_messages
delete from messages where conversation_id = any ($1::uuid[])

-- name: forget_notes
delete from notes where conversation_id = any ($1::uuid[])

-- name: forget_notifications
delete from notifications where conversation_id = any ($1::uuid[])

-- name: forget_drafts
delete from drafts where conversation_id = any ($1::uuid[])

-- name: forget_outbox
delete from outbox where conversation_id = any ($1::uuid[])

-- name: forget_transactions
-- Of transactions stay the amount, when, and by which consent and approval: that money moved is nobody's to forget.
update transaction_drafts
set description = '', customer_ref = '', nonce = '', code = '', reason = null
where conversation_id = any ($1::uuid[])

-- name: forget_decisions
update transaction_approvals set reason = null
where reason is not null
    and draft_id in (select id from transaction_drafts where conversation_id = any ($1::uuid[]))

-- name: forget_announcements
delete from announcements where conversation_id = any ($1::uuid[])

-- name: forget_held
delete from held_amendments where conversation_id = any ($1::uuid[])

-- name: forget_responses
-- What a receiver of webhooks answered may repeat what it was told.
update webhook_deliveries set response = null where conversation_id = any ($1::uuid[]) and response is not null

-- name: forget_answers
-- Stored answers that hold one of these words ($1); short ones in quotes, as JSON has them.
delete from idempotency_keys k
where exists (select from unnest($1::text[]) as word where position(convert_to(case when length(word) < 6 then to_json(word)::text else word end, 'UTF8') in k.body) > 0)

-- name: forget_quarantine
delete from quarantine q
where exists (select from unnest($1::text[]) as word where position(convert_to(case when length(word) < 6 then to_json(word)::text else word end, 'UTF8') in q.payload) > 0)

-- name: forget_channel_events
delete from channel_events e
where exists (select from unnest($1::text[]) as word where position(case when length(word) < 6 then to_json(word)::text else word end in e.payload::text) > 0)

-- name: forget_orphans
-- Reports on messages that nobody knows, about one of their addresses.
delete from delivery_reports r
where r.message_id is null
    and exists (select from unnest($1::text[]) as word where position(case when length(word) < 6 then to_json(word)::text else word end in r.report::text) > 0)

-- name: forget_tickets
delete from inbox_tickets where customer_id = any ($1::text[])

-- name: forget_merges
update customer_merges set source = null
where source is not null and (source_id = any ($1::uuid[]) or target_id = any ($1::uuid[]))

-- name: forget_identities
delete from identities where customer_id = any ($1::uuid[])

-- name: forget_former
delete from former_identities where customer_id = any ($1::uuid[])

-- name: forget_customers
update customers
set name = null, named = false, attributes = '{}', erased_at = coalesce(erased_at, now()), version = version + 1, updated_at = now()
where id = any ($1::uuid[])

-- name: close
-- What stays of conversations is that there were some: their numbers, times, teams and tags.
update conversations
set status = 'closed', subject = null, attributes = '{}', last_message = null, waiting_since = null, snoozed_until = null,
    unsent = 0, failed = 0, version = version + 1, revision = revision + 1, last_change = $2, updated_at = now()
where id = any ($1::uuid[])

-- name: reduce_events
-- Events keep their place and shape; of what happened only ids stay. Those that were reduced before are left alone.
update events e
set inbox_id = null,
    actor = case when e.actor->>'type' = 'customer'
        then json_build_object('type', 'customer', 'id', e.actor->'id', 'name', null) else e.actor end,
    data = json_build_object('erased', true, 'message_id', e.data->'message'->'message_id', 'note_id', e.data->'note'->'id')
where e.conversation_id = any ($1::uuid[]) and e.data->'erased' is null
