-- What decides which events people are told of, and which conversation is whose.

-- name: current
select
    u.id, u.name, u.role::text as role, u.token_version,
    coalesce(array_agg(m.team_id) filter (where m.team_id is not null), '{}') as team_ids
from users u
left join team_members m on m.user_id = u.id
where u.id = any ($1::uuid[]) and not u.disabled
group by u.id

-- name: signed_in
select id from auth_sessions where id = any ($1::uuid[]) and revoked_at is null and expires_at > now()

-- name: audience
select team_id, assignee_id, channel, channel_type, customer_id from conversations where id = $1
