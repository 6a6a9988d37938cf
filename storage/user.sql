-- name: find
-- One user with his teams.
select
    u.id, u.email, u.name, u.role::text, u.capacity, u.disabled, u.token_version, u.version, u.created_at, u.updated_at,
    u.password_hash, t.teams
from users u
cross join lateral (
    select coalesce(json_agg(json_build_array(t.id, t.name, t.kind) order by t.name), '[]') as teams
    from team_members m join teams t on t.id = m.team_id where m.user_id = u.id
) t
where u.id = $1

-- name: by_email
-- The same by e-mail (in lower case).
select
    u.id, u.email, u.name, u.role::text, u.capacity, u.disabled, u.token_version, u.version, u.created_at, u.updated_at,
    u.password_hash, t.teams
from users u
cross join lateral (
    select coalesce(json_agg(json_build_array(t.id, t.name, t.kind) order by t.name), '[]') as teams
    from team_members m join teams t on t.id = m.team_id where m.user_id = u.id
) t
where u.email = $1

-- name: page
-- Users by name after ($1, $2): all, or (unless $3 is null) members of the teams $3 and the one of $4.
select
    u.id, u.email, u.name, u.role::text, u.capacity, u.disabled, u.token_version, u.version, u.created_at, u.updated_at,
    u.password_hash, t.teams
from users u
cross join lateral (
    select coalesce(json_agg(json_build_array(t.id, t.name, t.kind) order by t.name), '[]') as teams
    from team_members m join teams t on t.id = m.team_id where m.user_id = u.id
) t
where ($1::text is null or (u.name, u.id) > ($1, $2::uuid))
    and (
        $3::uuid[] is null or u.id = $4::uuid
        or exists (select from team_members m where m.user_id = u.id and m.team_id = any($3))
    )
order by u.name, u.id
limit $5

-- name: accounts
-- Users with their teams and the ids of their sign-ins that have not ended.
select
    u.id, u.email, u.name, u.role::text, u.capacity, u.disabled, u.token_version, u.version, u.created_at, u.updated_at,
    t.teams,
    array(
        select s.id from auth_sessions s
        where s.user_id = u.id and s.revoked_at is null
            and s.expires_at > clock_timestamp() and s.last_used_at > clock_timestamp() - $2::interval
    ) as sessions
from users u
cross join lateral (
    select coalesce(json_agg(json_build_array(t.id, t.name, t.kind) order by t.name), '[]') as teams
    from team_members m join teams t on t.id = m.team_id where m.user_id = u.id
) t
where u.id = any ($1::uuid[])

-- name: create
insert into users (id, email, name, role, password_hash, capacity) values ($1, $2, $3, $4::text::user_role, $5, $6)

-- name: lock_admins
-- The administrators who can work, held until the transaction ends, so that two cannot remove each other.
select id from users where role = 'admin' and not disabled order by id for update

-- name: change
-- Changes what is not null; another role or being (en|dis)abled refuses earlier tokens. Nothing when the version moved on.
update users
set
    email = coalesce($3, email), name = coalesce($4, name), role = coalesce($5::text::user_role, role),
    capacity = coalesce($6, capacity), disabled = coalesce($7, disabled),
    token_version = token_version + (coalesce($5::text::user_role <> role, false) or coalesce($7 <> disabled, false))::integer,
    version = version + 1, updated_at = clock_timestamp()
where id = $1 and ($2::integer is null or version = $2)
returning disabled, role::text

-- name: set_password
update users
set password_hash = $2, token_version = token_version + 1, version = version + 1, updated_at = clock_timestamp()
where id = $1
returning id

-- name: rehash
update users set password_hash = $3 where id = $1 and password_hash = $2

-- name: end_sessions
-- Ends a user's sign-ins, but for one.
update auth_sessions set revoked_at = clock_timestamp()
where user_id = $1 and revoked_at is null and ($2::uuid is null or id <> $2)
