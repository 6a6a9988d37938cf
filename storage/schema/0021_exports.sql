-- Who ordered which export, and whether it was downloaded: the rows themselves are read anew each time.
create table exports (
    id uuid primary key,
    kind text not null check (kind in ('conversations', 'messages')),
    format text not null check (format in ('csv', 'jsonl')),
    begins_at timestamptz not null,
    ends_at timestamptz not null,
    team_id uuid references teams on delete cascade,
    bom boolean not null,
    requested_by text not null,
    requested_name text not null,
    created_at timestamptz not null,
    downloads integer not null default 0,
    downloaded_at timestamptz,
    rows bigint
);
create index exports_requested on exports (requested_by, id desc);
