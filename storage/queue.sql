-- name: page
-- The queues of the teams $2, or of all teams and of none, after ($3, $4).
with team as (
    select t.id, t.name from teams t where $1::boolean or t.id = any($2::uuid[])
    union all
    select null, null where $1::boolean
), asked as (
    select id, name, coalesce(name, '') as by_name, coalesce(id, '00000000-0000-0000-0000-000000000000') as by_id
    from team
    where $3::text is null
        or (coalesce(name, ''), coalesce(id, '00000000-0000-0000-0000-000000000000')) > ($3, $4::uuid)
    order by by_name, by_id
    limit $5
)
select asked.id as team_id, asked.name as team_name, waits.*
from asked
cross join lateral (
    select
        count(*) as open, count(*) filter (where c.assignee_id is null) as unassigned,
        count(c.waiting_since) as waiting, min(c.waiting_since) as waiting_since
    from conversations c
    -- Written as a comparison and a null test: `is not distinct from` would not use the index.
    where c.status = 'open' and (c.team_id = asked.id or asked.id is null and c.team_id is null)
) as waits
order by asked.by_name, asked.by_id

-- name: head
-- The newest event's number: what is counted after it holds everything up to it.
select seq from journal_head
