-- name: alone
-- Whether nobody else looks now; until the transaction ends.
select pg_try_advisory_xact_lock(hashtextextended('alerts.look', 0))

-- name: holding
-- What holds now: the rules of hub/alert.py over the tables of others.
select 'dead_letters' as rule, integration as subject, count(*)::integer as occurrences, null::uuid as conversation_id,
    null::uuid as team_id
from dead_letters
where first_at > clock_timestamp() - interval '15 minutes' and state in ('dead', 'queued', 'redriving')
group by integration
having count(*) >= 3

union all
select 'circuit_open', circuit, 1, null, null from circuit_state where state = 'open'

union all
select 'transaction_unknown', d.id::text, 1, d.conversation_id, c.team_id
from transaction_drafts d join conversations c on c.id = d.conversation_id
where d.state in ('commit_unknown', 'create_unknown') and d.searched_since < clock_timestamp() - interval '60 seconds'

union all
select 'transaction_review', d.id::text, 1, d.conversation_id, c.team_id
from transaction_drafts d join conversations c on c.id = d.conversation_id
where d.state = 'manual_review'

union all
select 'approval_waiting', a.id::text, 1, d.conversation_id, c.team_id
from transaction_approvals a
join transaction_drafts d on d.id = a.draft_id
join conversations c on c.id = d.conversation_id
where a.state = 'pending' and a.requested_at < clock_timestamp() - interval '5 minutes'
    and a.expires_at > clock_timestamp()

union all
select 'wrong_confirmations', d.conversation_id::text, sum(d.failures)::integer, d.conversation_id, c.team_id
from transaction_drafts d join conversations c on c.id = d.conversation_id
where d.failures > 0 and d.updated_at > clock_timestamp() - interval '1 hour'
group by d.conversation_id, c.team_id
having sum(d.failures) >= 5

union all
select 'suspicious_calls', t.conversation_id::text, count(*)::integer, t.conversation_id, c.team_id
from tool_calls t join conversations c on c.id = t.conversation_id
where t.outcome = 'suspicious_content' and t.at > clock_timestamp() - interval '1 hour'
group by t.conversation_id, c.team_id
having count(*) >= 3

union all
select 'rate_refusals', t.principal, count(*)::integer, null, null
from tool_calls t
where t.outcome = 'rate_limited' and t.at > clock_timestamp() - interval '1 hour'
group by t.principal
having count(*) >= 20

union all
select 'audit_broken', 'audit', 1, null, null
from audit_breaks
where seen_at > clock_timestamp() - interval '15 minutes'

-- name: known
-- Alerts that fire, and those that people were told of since $1.
select distinct on (rule, subject) * from alerts
where state = 'firing' or told_at > $1
order by rule, subject, first_at desc

-- name: keep
-- An alert as it is now.
insert into alerts (
    id, rule, subject, state, occurrences, times, told, told_occurrences, told_at, first_at, last_at, resolved_at,
    conversation_id, team_id, facts
)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
on conflict (id) do update set
    state = excluded.state, occurrences = excluded.occurrences, times = excluded.times, told = excluded.told,
    told_occurrences = excluded.told_occurrences, told_at = excluded.told_at, last_at = excluded.last_at,
    resolved_at = excluded.resolved_at, facts = excluded.facts

-- name: recipients
-- Whom to tell: the team's supervisors, or all without a team; administrators when there is none, and of what is
-- critical.
with people as (
    select u.id, u.role from users u
    where not u.disabled and (
        u.role = 'admin'
        or (
            u.role = 'supervisor'
            and ($1::uuid is null or exists (select from team_members m where m.user_id = u.id and m.team_id = $1))
        )
    )
)
select id from people
where role = 'supervisor' or $2::boolean or not exists (select from people where role = 'supervisor')
order by id
limit $3

-- name: tell
-- What is to be told.
insert into notices (id, alert_id, channel, user_id, title, text, critical)
select n.id, $1, n.channel, n.user_id, $2, $3, $4
from unnest($5::uuid[], $6::text[], $7::uuid[]) as n (id, channel, user_id)

-- name: page
-- The newest first, after ($1, $2): of a state, of a rule; of no team, or of the teams $5, or all.
select * from alerts
where ($1::timestamptz is null or (last_at, id) < ($1, $2::uuid))
    and ($3::text is null or state = $3)
    and ($4::text is null or rule = $4)
    and (team_id is null or $6::boolean or team_id = any($5::uuid[]))
order by last_at desc, id desc
limit $7

-- name: firing
-- How many fire, of each rule.
select rule, count(*) as alerts from alerts where state = 'firing' group by rule

-- name: prune
-- Forgets what was over long ago, with its notices and notifications.
with gone as (
    delete from alerts
    where id in (
        select id from alerts where state = 'resolved' and resolved_at < clock_timestamp() - $1::interval limit $2
    )
    returning 1
)
select count(*) from gone
