-- name: find
select id, conversation_id, after_seq, author_id, author_name, text, mentions, client_id, created_at, deleted_at
from notes
where id = $1

-- name: page
-- A conversation's notes, the newest first, after (created_at, id).
select id, conversation_id, after_seq, author_id, author_name, text, mentions, client_id, created_at, deleted_at
from notes
where conversation_id = $1 and ($2::timestamptz is null or (created_at, id) < ($2, $3::uuid))
order by created_at desc, id desc
limit $4

-- name: by_client_ids
select id, conversation_id, after_seq, author_id, author_name, text, mentions, client_id, created_at, deleted_at
from notes
where conversation_id = $1 and client_id = any($2::uuid[])
