-- name: find
-- One team with its members.
select
    t.id, t.name, t.kind::text, t.version, t.created_at,
    array(select m.user_id from team_members m where m.team_id = t.id order by m.user_id) as member_ids
from teams t
where t.id = $1

-- name: named
-- The team of a name.
select
    t.id, t.name, t.kind::text, t.version, t.created_at,
    array(select m.user_id from team_members m where m.team_id = t.id order by m.user_id) as member_ids
from teams t
where t.name = $1

-- name: page
-- Teams by name after ($1, $2): all, or those of the member $3.
select
    t.id, t.name, t.kind::text, t.version, t.created_at,
    array(select m.user_id from team_members m where m.team_id = t.id order by m.user_id) as member_ids
from teams t
where ($1::text is null or (t.name, t.id) > ($1, $2::uuid))
    and ($3::uuid is null or exists (select from team_members m where m.team_id = t.id and m.user_id = $3))
order by t.name, t.id
limit $4

-- name: create
insert into teams (id, name, kind) values ($1, $2, $3::text::team_kind)

-- name: change
-- Changes what is not null; nothing when the version has moved on.
update teams
set name = coalesce($3, name), kind = coalesce($4::text::team_kind, kind), version = version + 1
where id = $1 and ($2::integer is null or version = $2)
returning id

-- name: in_use
-- Whether conversations that are not closed belong to the team. Holds the team, so that none is added meanwhile.
select exists (select from conversations c where c.team_id = t.id and c.status <> 'closed')
from teams t
where t.id = $1
for update

-- name: delete
delete from teams where id = $1

-- name: add_member
insert into team_members (team_id, user_id) values ($1, $2) on conflict do nothing

-- name: remove_member
delete from team_members where team_id = $1 and user_id = $2
