-- The audit: a chain of rows that are never changed. Whoever inserts a row gives its text only; number, month and hash
-- are the table's own. The triggers hold for the owner of the tables too; who switches them off, as an owner can, is
-- found out by the hashes and the signed checkpoints.

create table audit_log (
    seq bigint primary key,
    -- The month in which it was written, by the database's clock: "2026-11".
    stream text not null,
    -- Canonical JSON (hub/audit.py).
    body text not null check (jsonb_typeof(body::jsonb) = 'object'),
    -- sha256(the hash of the row before || stream|seq|body); 32 zero bytes stand before the first row.
    hash bytea not null
);
create index audit_log_conversation on audit_log ((body::jsonb ->> 'conversation_id'), seq desc);
create index audit_log_call on audit_log ((body::jsonb ->> 'call_id'), seq);
create index audit_log_draft on audit_log ((body::jsonb ->> 'draft_id'), seq desc);
create index audit_log_actor on audit_log ((body::jsonb ->> 'actor'), seq desc);
create index audit_log_at on audit_log ((body::jsonb ->> 'at'), seq);

-- The end of the chain, in one row: whoever appends holds it until his transaction ends.
create table audit_head (
    only_one boolean primary key default true check (only_one),
    seq bigint not null,
    stream text not null,
    hash bytea not null
);
insert into audit_head (seq, stream, hash) values (0, '', decode(repeat('00', 32), 'hex'));

-- Where the chain stood at a time, signed with a key that is not in the database: rows that were cut off, or changed
-- together with all hashes after them, show by it.
create table audit_checkpoints (
    seq bigint not null,
    stream text not null,
    hash bytea not null,
    at text not null,
    -- Which key signed it, and the Ed25519 signature of the canonical JSON of {at, hash, seq, stream}.
    key_id text not null,
    signature bytea not null,
    primary key (seq, key_id)
);

-- What was wrong when somebody last looked, so that people are told. It proves nothing: the rows do.
create table audit_breaks (
    only_one boolean primary key default true check (only_one),
    seq bigint not null,
    flaw text not null,
    since bigint not null,
    seen_at timestamptz(3) not null
);

create function audit_refuse() returns trigger language plpgsql as $$
begin
    raise exception 'the audit is only appended to' using errcode = 'insufficient_privilege';
end
$$;

-- The head moves only from within the trigger of audit_log.
create function audit_head_guard() returns trigger language plpgsql as $$
begin
    if pg_trigger_depth() < 2 then
        raise exception 'the audit is only appended to' using errcode = 'insufficient_privilege';
    end if;
    return new;
end
$$;

create function audit_chain() returns trigger language plpgsql as $$
declare
    head record;
begin
    select h.seq, h.stream, h.hash into strict head from audit_head h for update;
    new.seq := head.seq + 1;
    new.stream := greatest(head.stream, to_char(clock_timestamp() at time zone 'UTC', 'YYYY-MM'));
    new.hash := sha256(head.hash || convert_to(new.stream || '|' || new.seq || '|' || new.body, 'UTF8'));
    update audit_head h set seq = new.seq, stream = new.stream, hash = new.hash;
    return new;
end
$$;

-- For a role that may not write to the tables: it runs as their owner.
create function audit_append(body text) returns bigint language sql security definer as $$
    insert into audit_log (body) values (body) returning seq
$$;

create trigger audit_log_chain before insert on audit_log for each row execute function audit_chain();
create trigger audit_log_refuse before update or delete or truncate on audit_log
    for each statement execute function audit_refuse();
create trigger audit_head_guard before update on audit_head for each row execute function audit_head_guard();
create trigger audit_head_refuse before insert or delete or truncate on audit_head
    for each statement execute function audit_refuse();
create trigger audit_checkpoints_refuse before update or delete or truncate on audit_checkpoints
    for each statement execute function audit_refuse();

revoke all on audit_log, audit_head, audit_checkpoints, audit_breaks from public;
revoke all on function audit_append(text) from public;

-- What runs as the owner must not find a caller's temporary table under one of these names.
do $$
begin
    execute format('alter function audit_append(text) set search_path = %I, pg_temp', current_schema());
    execute format('alter function audit_chain() set search_path = %I, pg_temp', current_schema());
end
$$;
