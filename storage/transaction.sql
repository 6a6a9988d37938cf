-- Drafts of transactions. A turn: `lock`, then what `Sight` shows, then what `Move` writes, the audit's row last.

-- name: place
select c.customer_id, c.assignee_id, clock_timestamp() as now from conversations c where c.id = $1

-- name: insert
insert into transaction_drafts (
    id, conversation_id, customer_id, customer_ref, principal, asked_by, amount_minor, currency, description, key_create,
    key_commit, nonce, code, created_at, expires_at,
    state, version, external_id, terms, prompts_wanted, prompt_ids, first_prompt, last_prompt, heard, spoke, consent_id,
    confirmed_until, failures, risk, approval_id, approval_until, spent_at, reason, transaction_id, withdraw, searched_since,
    tries, replica, due
)
values (
    $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26,
    $27, $28, $29, $30, $31, $32, $33, $34, $35, $36, $37, $38, $39
)
on conflict (conversation_id) where state in (
    'creating', 'create_unknown', 'awaiting_confirmation', 'confirmed', 'awaiting_approval', 'approved', 'committing',
    'commit_unknown'
)
do nothing
returning id

-- name: open_of
-- The one under way; the states are those of the unique index.
select d.* from transaction_drafts d
where d.conversation_id = $1 and d.state in (
    'creating', 'create_unknown', 'awaiting_confirmation', 'confirmed', 'awaiting_approval', 'approved', 'committing',
    'commit_unknown'
)

-- name: find
select d.* from transaction_drafts d where d.id = $1

-- name: of_conversation
-- The newest first, after (created_at, id).
select d.* from transaction_drafts d
where d.conversation_id = $1 and ($2::timestamptz is null or (d.created_at, d.id) < ($2, $3::uuid))
order by d.created_at desc, d.id desc
limit $4

-- name: lock
-- Turns of one customer's drafts are made one after the other: their amounts are added up, over all conversations.
select pg_advisory_xact_lock(41004, hashtext(coalesce(p.merged_into_id, p.id)::text))
from transaction_drafts d
join customers p on p.id = d.customer_id
where d.id = $1

-- name: sight
-- The draft, and how its conversation stands now.
select
    d.*, clock_timestamp() as now, c.customer_id as now_customer_id, c.team_id, c.assignee_id,
    c.status not in ('resolved', 'closed') as now_open, coalesce(t.kind = 'sales', false) as now_sales,
    c.ai_epoch % 2 = 0 as now_attached, k.created_by as owner_id
from transaction_drafts d
join conversations c on c.id = d.conversation_id
left join teams t on t.id = c.team_id
left join api_keys k on 'ai:' || k.id = d.principal
where d.id = $1

-- name: tokens
-- The token that was presented ($1), of whichever draft, and that of the draft's consent ($2).
select t.* from transaction_tokens t where t.digest = $1 or t.consent_id = $2

-- name: approval
select a.* from transaction_approvals a where a.draft_id = $1 order by a.requested_at desc limit 1

-- name: spent
-- What the customer ($1), under whichever name they were known, spends elsewhere: committed or about to be within $4.
select d.amount_minor, d.currency
from transaction_drafts d
where d.customer_id in (
        select p.id
        from customers p
        join customers one on one.id = $1
        where p.id in (one.id, one.merged_into_id) or p.merged_into_id = coalesce(one.merged_into_id, one.id)
    )
    and d.id <> $2 and d.state = any ($3::text[]) and d.spent_at > clock_timestamp() - $4::interval

-- name: waiting
-- Requests for approval that wait: of the conversation ($1), and of the team ($2).
select
    count(*) filter (where d.conversation_id = $1) as of_conversation,
    count(*) filter (where c.team_id is not distinct from $2) as of_team
from transaction_approvals a
join transaction_drafts d on d.id = a.draft_id
join conversations c on c.id = d.conversation_id
where a.state = 'pending' and a.expires_at > clock_timestamp()

-- name: update
-- Only the version that was decided on, in the state that it was in.
update transaction_drafts
set
    state = $4, version = $5, external_id = $6, terms = $7, prompts_wanted = $8, prompt_ids = $9, first_prompt = $10,
    last_prompt = $11, heard = $12, spoke = $13, consent_id = $14, confirmed_until = $15, failures = $16, risk = $17,
    approval_id = $18, approval_until = $19, spent_at = $20, reason = $21, transaction_id = $22, withdraw = $23,
    searched_since = $24, tries = $25, replica = $26, due = $27, claimed_until = null, updated_at = clock_timestamp()
where id = $1 and state = $2 and version = $3
returning id

-- name: add_consent
insert into transaction_consents (id, draft_id, terms, prompt_message_id, customer_message_id, method)
values ($1, $2, $3, $4, $5, $6)

-- name: add_token
insert into transaction_tokens (digest, draft_id, terms, consent_id, principal, conversation_id, expires_at)
values ($1, $2, $3, $4, $5, $6, $7)

-- name: use_token
update transaction_tokens set used_by = $2 where digest = $1 and used_by is null

-- name: put_approval
insert into transaction_approvals as x (
    id, draft_id, terms, state, requested_at, expires_at, decided_by, decided_at, reason
)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
on conflict (id) do update
set state = excluded.state, decided_by = excluded.decided_by, decided_at = excluded.decided_at, reason = excluded.reason
where x.state = 'pending'

-- name: announce
insert into announcements (id, type, conversation_id, actor, data) values ($1, $2, $3, $4::json, $5::json)

-- name: announcements
select n.id, n.type, n.conversation_id, n.actor, n.data, n.at, c.team_id, c.assignee_id
from announcements n
join conversations c on c.id = n.conversation_id
order by n.at
limit $1

-- name: heard
-- What came in after $2, in the conversation $1. Only the customer ($3) on their own channel counts as the customer.
select
    m.id, m.seq, m.at, m.direction = 'inbound' and m.sender_type = 'customer' and m.sender_id = $3 as by_customer,
    m.type, m.text, m.content_metadata -> 'interactive' ->> 'id' as button, m.reply_to ->> 'message_id' as quoted,
    m.reply_to is not null as quotes
from messages m
where m.conversation_id = $1 and m.seq > $2 and m.direction = 'inbound' and m.deleted_at is null
order by m.seq
limit $4

-- name: claim
-- What is due and nobody sees to, for $2 seconds; and what a replica waited for that is gone.
update transaction_drafts x
set claimed_until = clock_timestamp() + make_interval(secs => $2::double precision)
where x.id in (
    select d.id
    from transaction_drafts d
    where d.due is not null and (d.claimed_until is null or d.claimed_until < clock_timestamp())
        and (
            d.due <= clock_timestamp()
            or d.state in ('creating', 'committing') and d.replica <> all (living_replicas())
        )
    order by d.due
    limit $1
    for update skip locked
)
returning x.id

-- name: unheard
select d.id
from transaction_drafts d
where d.state in ('awaiting_confirmation', 'confirmed', 'awaiting_approval') and cardinality(d.prompt_ids) >= d.prompts_wanted
    and exists (
        select from messages m
        where m.conversation_id = d.conversation_id and m.seq > greatest(d.heard, d.first_prompt) and m.direction = 'inbound'
            and m.deleted_at is null
    )
limit $1

-- name: listening
select d.conversation_id
from transaction_drafts d
where d.state in ('awaiting_confirmation', 'confirmed', 'awaiting_approval')

-- name: depth
-- By state what is not over, and what waits for a person.
select
    (
        select coalesce(json_object_agg(g.state, g.count), '{}')
        from (
            select d.state, count(*) from transaction_drafts d
            where d.due is not null or d.state = 'manual_review'
            group by d.state
        ) as g
    ) as open,
    (select count(*) from transaction_approvals a where a.state = 'pending') as pending,
    (select min(a.requested_at) from transaction_approvals a where a.state = 'pending') as oldest
