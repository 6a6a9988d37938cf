-- name: get
-- What somebody has written and not sent: once he has sent something since, it is over.
select d.text, d.media_ids, d.updated_at
from drafts d
where d.user_id = $1 and d.conversation_id = $2 and not exists (
    select from messages m
    where m.conversation_id = d.conversation_id and m.sender_type = 'agent' and m.sender_id = d.user_id
        and m.created_at >= d.updated_at
)

-- name: put
insert into drafts (user_id, conversation_id, text, media_ids, updated_at) values ($1, $2, $3, $4, $5)
on conflict (user_id, conversation_id) do update
set text = excluded.text, media_ids = excluded.media_ids, updated_at = excluded.updated_at

-- name: delete
delete from drafts where user_id = $1 and conversation_id = $2

-- name: prune
-- Forgets what nobody came back to.
delete from drafts where updated_at < $1
