-- Merges of conversations whose source has ended, and whose target does not know yet. The source's commit puts the row
-- down with what is to be handed over; the commit by which the target tells of it takes the row away. What is left after
-- a while was interrupted.
create table merges_under_way (
    source_id uuid primary key references conversations on delete cascade,
    into_id uuid not null references conversations on delete cascade,
    -- Since when the source's customer waited for an answer.
    waiting_since timestamptz,
    -- When somebody last set about it; the merge itself did so first.
    tried_at timestamptz not null default clock_timestamp()
);
create index merges_under_way_into on merges_under_way (into_id);
create index merges_under_way_tried on merges_under_way (tried_at);

create function merge_began() returns trigger language plpgsql as $$
begin
    insert into merges_under_way (source_id, into_id, waiting_since)
    values (new.id, new.merged_into_id, old.waiting_since);
    return null;
end
$$;
create trigger merge_began after update of merged_into_id on conversations
for each row when (old.merged_into_id is null and new.merged_into_id is not null)
execute function merge_began();

create function merge_ended() returns trigger language plpgsql as $$
begin
    delete from merges_under_way where source_id = (new.data -> 'from' ->> 'id')::uuid;
    return null;
end
$$;
create trigger merge_ended after insert on events
for each row when (new.type = 'conversation.merged')
execute function merge_ended();
