-- Requests for approval, as supervisors see them: everything on the card is the draft's own row.

-- name: card
select
    a.id as a_id, a.draft_id as a_draft_id, a.terms as a_terms, a.state as a_state, a.requested_at as a_requested_at,
    a.expires_at as a_expires_at, a.decided_by as a_decided_by, a.decided_at as a_decided_at, a.reason as a_reason,
    c.id as conversation_id, c.number, c.team_id, c.assignee_id, p.id as customer_id, p.name as customer_name,
    d.amount_minor, d.currency, d.description, d.risk
from transaction_approvals a
join transaction_drafts d on d.id = a.draft_id
join conversations c on c.id = d.conversation_id
join customers p on p.id = c.customer_id
where a.id = $1

-- name: find
-- One that the reader ($2, $3: all, $4: teams) may see.
select
    a.id as a_id, a.draft_id as a_draft_id, a.terms as a_terms, a.state as a_state, a.requested_at as a_requested_at,
    a.expires_at as a_expires_at, a.decided_by as a_decided_by, a.decided_at as a_decided_at, a.reason as a_reason,
    c.id as conversation_id, c.number, c.team_id, c.assignee_id, p.id as customer_id, p.name as customer_name,
    d.amount_minor, d.currency, d.description, d.risk
from transaction_approvals a
join transaction_drafts d on d.id = a.draft_id
join conversations c on c.id = d.conversation_id
join customers p on p.id = c.customer_id
where a.id = $1 and ($3::boolean or c.team_id = any ($4::uuid[]) or c.assignee_id = $2)

-- name: pending
-- What waits for this reader ($1, $2: all, $3: teams), the largest amounts first, after (amount, id).
select
    a.id as a_id, a.draft_id as a_draft_id, a.terms as a_terms, a.state as a_state, a.requested_at as a_requested_at,
    a.expires_at as a_expires_at, a.decided_by as a_decided_by, a.decided_at as a_decided_at, a.reason as a_reason,
    c.id as conversation_id, c.number, c.team_id, c.assignee_id, p.id as customer_id, p.name as customer_name,
    d.amount_minor, d.currency, d.description, d.risk
from transaction_approvals a
join transaction_drafts d on d.id = a.draft_id
join conversations c on c.id = d.conversation_id
join customers p on p.id = c.customer_id
where a.state = 'pending' and a.expires_at > clock_timestamp()
    and ($2::boolean or c.team_id = any ($3::uuid[]) or c.assignee_id = $1)
    and ($4::bigint is null or (d.amount_minor, a.id) < ($4, $5::uuid))
order by d.amount_minor desc, a.id desc
limit $6

-- name: all
-- All of this reader's ($1, $2: all, $3: teams), in the state $4 if it is given, the newest first, after (moment, id).
select
    a.id as a_id, a.draft_id as a_draft_id, a.terms as a_terms, a.state as a_state, a.requested_at as a_requested_at,
    a.expires_at as a_expires_at, a.decided_by as a_decided_by, a.decided_at as a_decided_at, a.reason as a_reason,
    c.id as conversation_id, c.number, c.team_id, c.assignee_id, p.id as customer_id, p.name as customer_name,
    d.amount_minor, d.currency, d.description, d.risk
from transaction_approvals a
join transaction_drafts d on d.id = a.draft_id
join conversations c on c.id = d.conversation_id
join customers p on p.id = c.customer_id
where ($4::text is null or a.state = $4) and ($2::boolean or c.team_id = any ($3::uuid[]) or c.assignee_id = $1)
    and ($5::timestamptz is null or (a.requested_at, a.id) < ($5, $6::uuid))
order by a.requested_at desc, a.id desc
limit $7
