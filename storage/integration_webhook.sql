-- What back ends tell by webhook, each word once and no older word after a newer one.

-- name: was_told
select told from integration_webhooks where integration = $1 and webhook_id = $2

-- name: take
-- Notes a webhook unless it is known. One that is older than another about the same subject is nothing to be told.
with newer as (
    select exists (
        select from integration_webhooks x
        where x.integration = $1 and x.subject = $3 and $3 <> '' and x.event_at > $4
    ) as found
)
insert into integration_webhooks (integration, webhook_id, subject, event_at, body_sha256, told)
select $1, $2, $3, $4, $5, found from newer
on conflict (integration, webhook_id) do nothing
returning told as older

-- name: told
update integration_webhooks set told = true where integration = $1 and webhook_id = $2

-- name: prune
-- At most $2; answers how many.
with gone as (
    delete from integration_webhooks
    where ctid = any(array(
        select ctid from integration_webhooks where received_at < clock_timestamp() - $1::interval order by received_at limit $2
    ))
    returning 1
)
select count(*) from gone
