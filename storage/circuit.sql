-- Circuits: which are open, across restarts.

-- name: opened_ago
select extract(epoch from clock_timestamp() - changed_at)::double precision from circuit_state
where circuit = $1 and state = 'open'

-- name: save
insert into circuit_state as x (circuit, state) values ($1, $2)
on conflict (circuit) do update set state = excluded.state, changed_at = clock_timestamp()
