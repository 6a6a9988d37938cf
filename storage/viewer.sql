-- What decides which events people are told of, and which conversation is whose.

-- name: outdated
select k.id
from unnest($1::uuid[], $2::text[], $3::integer[], $4::uuid[]) as k (id, rights, token_version, sign_in)
left join users u on u.id = k.id and not u.disabled
left join auth_sessions s on s.id = k.sign_in and s.revoked_at is null and s.expires_at > now()
where u.id is null
    or u.token_version <> k.token_version
    or k.sign_in is not null and s.id is null
    or concat_ws(
        ',', u.role, (select string_agg(m.team_id::text, ',' order by m.team_id) from team_members m where m.user_id = k.id)
    ) <> k.rights

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
