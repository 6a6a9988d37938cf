-- name: known
-- What is known of a sound: nothing yet is null, that nothing can be known is JSON's null.
select waveform::text as waveform from media where id = $1

-- name: keep
update media set waveform = $2 where id = $1
