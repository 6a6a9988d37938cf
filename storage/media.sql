-- name: claim
-- Files of a channel that are due, kept from others for a while. A file whose conversation was merged goes with it.
with due as (
    select id from media
    where channel = $1 and next_try_at <= clock_timestamp()
    order by next_try_at
    limit $2
    for update skip locked
)
update media m
set next_try_at = clock_timestamp() + make_interval(secs => $3::double precision),
    tries = m.tries + (m.state = 'pending')::integer
from due
where m.id = due.id
returning
    m.id, m.channel, m.message_id, m.state, m.tries, m.provider_id, m.url, m.mime_type, m.size, m.sha256, m.filename,
    m.reason, coalesce((select x.conversation_id from messages x where x.id = m.message_id), m.conversation_id)
        as conversation_id,
    extract(epoch from clock_timestamp() - m.created_at)::double precision as age

-- name: renew
-- Keeps files from others for longer.
update media set next_try_at = clock_timestamp() + make_interval(secs => $2::double precision)
where id = any($1::uuid[]) and next_try_at is not null

-- name: release
-- Gives files back, the try that had begun not counted.
update media set next_try_at = clock_timestamp(), tries = greatest(tries - (state = 'pending')::integer, 0)
where id = any($1::uuid[]) and next_try_at is not null

-- name: later
-- Has a file tried again after a pause.
update media
set next_try_at = clock_timestamp() + make_interval(secs => $2::double precision),
    tries = case when $3::boolean then tries else greatest(tries - (state = 'pending')::integer, 0) end
where id = $1 and next_try_at is not null

-- name: stored
-- The file is here. Whoever settles it first has told the truth.
update media
set state = 'stored', size = $2, sha256 = $3, mime_type = $4, filename = $5, reason = null, url = null,
    next_try_at = clock_timestamp() + make_interval(secs => $6::double precision)
where id = $1 and state = 'pending'
returning id

-- name: failed
-- The file will not come.
update media
set state = 'failed', reason = $2, url = null,
    next_try_at = clock_timestamp() + make_interval(secs => $3::double precision)
where id = $1 and state = 'pending'
returning id

-- name: told
-- Nothing is left to do.
update media set next_try_at = null where id = $1 and state <> 'pending'

-- name: waiting
-- Per channel with files that are not here yet: how many, and since when.
select channel, count(*) as pending, min(created_at) as oldest
from media where next_try_at is not null and state = 'pending' group by channel

-- name: forget_key
-- A request's key means something for a day.
update media set upload_key = null where upload_key = $1 and created_at < clock_timestamp() - interval '24 hours'

-- name: upload
-- A file that was put in, unless this request did it before.
insert into media (id, direction, state, uploaded_by, mime_type, size, sha256, filename, upload_key)
values ($1, 'outbound', 'stored', $2, $3, $4, $5, $6, $7)
on conflict (upload_key) where upload_key is not null do nothing
returning id

-- name: uploaded
-- What a request put in.
select id, uploaded_by, mime_type, size, sha256, filename, upload_key from media where upload_key = $1

-- name: visible
-- A file as this reader may see it: with the messages it belongs to; before there is one, only whoever put it in.
select m.id, m.state, m.mime_type, m.size, m.sha256, m.filename, null::text as provider_id
from media m
where m.id = $4 and case
    when m.message_id is null and not exists (select from messages x where x.media_id = m.id) then m.uploaded_by = $1
    else exists (
        select from messages x
        join conversations c on c.id = x.conversation_id
        where x.media_id = m.id and ($2::boolean or c.team_id = any($3::uuid[]) or c.assignee_id = $1)
    )
end

-- name: forget_unsent
-- Uploads of the last days that have become neither part of a message nor of a draft within the time given.
delete from media
where id in (
    select m.id from media m
    where m.direction = 'outbound' and m.created_at < clock_timestamp() - $1::interval
        and m.created_at > clock_timestamp() - $1::interval - interval '7 days'
        and m.message_id is null
        and not exists (select from messages x where x.media_id = m.id)
        and not exists (select from drafts d where m.id = any(d.media_ids))
    order by m.created_at
    limit $2
)
returning id

-- name: outgoing
-- A file that is to be sent on a channel, with the id under which the channel has it.
select
    id, state, mime_type, size, sha256, filename,
    case when channel = $2 and provider_until > clock_timestamp() then provider_id end as provider_id
from media where id = $1 and state = 'stored'

-- name: known_to_channel
-- The channel has an upload under this id until then. A customer's file keeps the id that it came under.
update media set channel = $2, provider_id = $3, provider_until = clock_timestamp() + $4::interval
where id = $1 and direction = 'outbound'
