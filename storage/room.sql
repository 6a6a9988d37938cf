-- name: without_room
-- The teams of a user that have no room yet.
select m.team_id from team_members m
where m.user_id = $1 and not exists (select from rooms r where r.team_id = m.team_id)

-- name: add_team_rooms
-- A room for each of these teams that is still there, under these ids.
insert into rooms (id, kind, team_id)
select x.id, 'team', t.id from unnest($1::uuid[], $2::uuid[]) as x (id, team_id) join teams t on t.id = x.team_id
on conflict (team_id) do nothing

-- name: page
-- The rooms that a user is in now, the most lively first, after (moment, id).
select
    r.id, r.kind, coalesce(t.name, r.name) as name, r.team_id, r.last_seq, r.created_at, a.active_at, s.read_seq,
    (
        select count(*) from room_messages m where m.room_id = r.id and m.seq > s.read_seq and m.author_id <> $1
    ) as unread,
    (
        select json_build_object('seq', m.seq, 'author', json_build_object('id', m.author_id, 'name', m.author_name),
            'text', left(m.text, 160))
        from room_messages m where m.room_id = r.id and m.seq = r.last_seq
    ) as newest,
    (
        select json_agg(json_build_object('id', u.id, 'name', u.name) order by u.name, u.id)
        from users u
        where exists (select from room_members x where x.room_id = r.id and x.user_id = u.id)
            or exists (select from team_members x where x.team_id = r.team_id and x.user_id = u.id)
    ) as members
from rooms r
left join teams t on t.id = r.team_id
cross join lateral (select coalesce(r.last_message_at, r.created_at) as active_at) as a
cross join lateral (
    select coalesce((select x.seq from room_reads x where x.room_id = r.id and x.user_id = $1), 0) as read_seq
) as s
where r.id in (
        select x.room_id from room_members x where x.user_id = $1
        union all
        select x.id from rooms x join team_members m on m.team_id = x.team_id where m.user_id = $1
    )
    and ($2::uuid is null or r.id = $2)
    and ($3::timestamptz is null or (a.active_at, r.id) < ($3, $4::uuid))
order by a.active_at desc, r.id desc
limit $5

-- name: load
-- A room for its actor.
select
    r.id, r.kind, coalesce(t.name, r.name) as name, r.team_id, r.last_seq, r.created_at,
    (
        select json_agg(json_build_object('id', u.id, 'name', u.name) order by u.name, u.id)
        from room_members x join users u on u.id = x.user_id where x.room_id = r.id
    ) as members
from rooms r
left join teams t on t.id = r.team_id
where r.id = $1

-- name: of_people
-- The direct room of just these people.
select id from rooms where members_key = $1

-- name: add
insert into rooms (id, kind, name, members_key) values ($1, $2, $3, $4) on conflict (members_key) do nothing returning id

-- name: add_members
insert into room_members (room_id, user_id) select $1, x from unnest($2::uuid[]) as x

-- name: messages
-- The newest messages before a number.
select id, room_id, seq, author_id, author_name, text, mentions, client_id, created_at
from room_messages
where room_id = $1 and ($2::integer is null or seq < $2)
order by seq desc
limit $3

-- name: said
select id, room_id, seq, author_id, author_name, text, mentions, client_id, created_at
from room_messages
where room_id = $1 and client_id = any($2::uuid[])

-- name: mark_read
insert into room_reads (user_id, room_id, seq)
select $1, r.id, least($3, r.last_seq) from rooms r where r.id = $2
on conflict (user_id, room_id) do update set seq = excluded.seq
