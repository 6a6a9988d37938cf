-- Finding by words: what was written, and the names and subjects by which people and conversations are known.

-- A text's words, however they are written: letters with accents count as those without, and punctuation parts words
-- instead of making addresses and numbers out of them (`hub.search.fold` says the same of a question). What is beyond
-- 20000 characters is not found. A call of its own, because what PostgreSQL can put in place of a call it plans anew
-- with every statement that writes a row; and texts in plain letters, which need no folding, are not folded.
create function search_words(given text)
returns tsvector
language plpgsql
immutable parallel safe strict
cost 100
as $$
declare
    t text := left(given, 20000);
begin
    t := replace(replace(replace(replace(replace(replace(replace(replace(
        t, '.', ' '), '-', ' '), '/', ' '), '@', ' '), '_', ' '), '+', ' '), '<', ' '), '&', ' ');
    if octet_length(t) > length(t) then
        t := lower(t);
        t := replace(replace(replace(replace(replace(replace(
            t, 'á', 'a'), 'à', 'a'), 'â', 'a'), 'ã', 'a'), 'ä', 'a'), 'å', 'a');
        t := replace(replace(replace(replace(replace(replace(
            t, 'ç', 'c'), 'é', 'e'), 'è', 'e'), 'ê', 'e'), 'ë', 'e'), 'ñ', 'n');
        t := replace(replace(replace(replace(t, 'í', 'i'), 'ì', 'i'), 'î', 'i'), 'ï', 'i');
        t := replace(replace(replace(replace(replace(t, 'ó', 'o'), 'ò', 'o'), 'ô', 'o'), 'õ', 'o'), 'ö', 'o');
        t := replace(replace(replace(replace(t, 'ú', 'u'), 'ù', 'u'), 'û', 'u'), 'ü', 'u');
    end if;
    return to_tsvector('simple', t);
end
$$;

-- New words are put aside and sorted in together: by the hub, every second. A commit that fills up what is aside, in
-- KiB, would have to do it, and the next messages would wait for it.
create index messages_words on messages using gin (search_words(text)) with (gin_pending_list_limit = 8192)
    where text is not null and deleted_at is null;
create index notes_words on notes using gin (search_words(text)) where text is not null;

drop index customers_words;
drop index conversations_words;
create index customers_words on customers using gin (search_words(name)) where name is not null;
create index conversations_words on conversations using gin (search_words(subject)) where subject is not null;

-- Uploads by age: those that were never sent are deleted.
create index media_uploads on media (created_at) where direction = 'outbound';

-- How a sound looks, once somebody has asked; JSON's null when it cannot be heard.
alter table media add column waveform json;
