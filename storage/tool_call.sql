-- name: take
-- Counts a call, or notes that a limit refused it (0015).
select * from tool_call_take($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)

-- name: settle
update tool_calls set outcome = $2 where id = $1 and counted

-- name: suspicions
-- How often something suspicious was tried in a conversation within $2.
select count(*) from tool_calls
where conversation_id = $1 and outcome = 'suspicious_content' and at > clock_timestamp() - $2::interval

-- name: prune
-- At most $2; answers how many.
with gone as (
    delete from tool_calls
    where ctid = any(array(
        select ctid from tool_calls where at < clock_timestamp() - $1::interval order by at limit $2
    ))
    returning 1
)
select count(*) from gone
