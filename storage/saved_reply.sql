-- name: find
select id, scope, owner_id, team_id, shortcut, text, version, created_at from saved_replies where id = $1

-- name: page
-- What this reader ($1, $2: all teams', $3: his teams) has before him and begins with $4, after (key, id).
select id, scope, owner_id, team_id, shortcut, text, version, created_at
from saved_replies
where (scope = 'all' or (scope = 'mine' and owner_id = $1) or (scope = 'team' and ($2::boolean or team_id = any($3::uuid[]))))
    and starts_with(key, $4)
    and ($5::text is null or (key, id) > ($5, $6::uuid))
order by key, id
limit $7

-- name: create
insert into saved_replies (id, scope, owner_id, team_id, shortcut, key, text) values ($1, $2, $3, $4, $5, $6, $7)

-- name: change
-- Changes what is not null; nothing when the version has moved on.
update saved_replies
set shortcut = coalesce($3, shortcut), key = coalesce($4, key), text = coalesce($5, text), version = version + 1
where id = $1 and ($2::integer is null or version = $2)
returning id

-- name: delete
delete from saved_replies where id = $1
