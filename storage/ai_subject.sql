-- name: subject
-- A conversation with what decides over tools in it: its team's kind, its customer, the tools that are switched off.
select
    c.id as conversation_id, c.status::text, c.channel_type, c.ai_epoch, t.kind::text as team_kind,
    p.id, p.name, p.named, p.attributes, p.version, p.created_at, p.updated_at,
    (
        select json_agg(json_build_object('channel', i.channel, 'kind', i.kind, 'value', i.value) order by i.created_at, i.kind)
        from identities i where i.customer_id = p.id
    ) as addresses,
    array(select d.tool from tools_disabled d) as disabled
from conversations c
join customers p on p.id = c.customer_id
left join teams t on t.id = c.team_id
where c.id = $1

-- name: of_draft
select conversation_id from transaction_drafts where id = $1

-- name: off
select tool, by_id, by_name from tools_disabled

-- name: switch_off
-- Answers when it was; nothing if it was off.
insert into tools_disabled (tool, by_id, by_name) values ($1, $2, $3) on conflict do nothing returning at

-- name: switch_on
-- Answers when it was; nothing if it was on.
delete from tools_disabled where tool = $1 returning clock_timestamp()
