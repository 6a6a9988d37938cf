-- name: find
select id, name, colour, description, version, created_at from tags where id = $1

-- name: named
-- The tag of a name, by the form in which two spellings are equal.
select id, name, colour, description, version, created_at from tags where key = $1

-- name: page
-- Tags by name after (key, id).
select id, name, colour, description, version, created_at
from tags
where $1::text is null or (key, id) > ($1, $2::uuid)
order by key, id
limit $3

-- name: in_transition
-- Whether conversations may still carry a former tag of this name.
select exists (select from retaggings where key = $1)

-- name: create
insert into tags (id, name, key, colour, description) values ($1, $2, $3, $4, $5)

-- name: hold
-- The tag, held until the transaction ends.
select id, name, colour, description, version, created_at from tags where id = $1 for update

-- name: change
update tags
set name = $2, key = $3, colour = coalesce($4, colour), description = coalesce($5, description), version = version + 1
where id = $1

-- name: delete
delete from tags where id = $1

-- name: retag
-- Notes that conversations are to get another name, or none.
insert into retaggings (id, old, key, new, by_id, by_name) values ($1, $2, $3, $4, $5, $6)

-- name: pending
select id, old, new, by_id, by_name from retaggings order by created_at, id

-- name: carriers
-- Conversations that carry this very name; the second condition is that of the index.
select id from conversations where tags @> array[$1::text] and tags <> '{}' limit $2

-- name: settle
delete from retaggings r
where r.id = $1 and r.created_at < now() - $2::interval
    and not exists (select from conversations c where c.tags @> array[r.old] and c.tags <> '{}')
