-- name: find
select id, scope, owner_id, team_id, name, filter, version, created_at from views where id = $1

-- name: page
-- What this reader ($1, $2: all teams', $3: his teams) has before him, after (key, id).
select id, scope, owner_id, team_id, name, filter, version, created_at
from views
where (scope = 'all' or (scope = 'mine' and owner_id = $1) or (scope = 'team' and ($2::boolean or team_id = any($3::uuid[]))))
    and ($4::text is null or (key, id) > ($4, $5::uuid))
order by key, id
limit $6

-- name: create
insert into views (id, scope, owner_id, team_id, name, key, filter) values ($1, $2, $3, $4, $5, $6, $7)

-- name: change
-- Changes what is not null; nothing when the version has moved on.
update views
set name = coalesce($3, name), key = coalesce($4, key), filter = coalesce($5, filter), version = version + 1
where id = $1 and ($2::integer is null or version = $2)
returning id

-- name: delete
delete from views where id = $1
