-- Customers as people work with them: names that colleagues gave, two that are one, those who are forgotten.

alter table customers
    -- A colleague gave the name: what the channel calls them no longer changes it.
    add column named boolean not null default false,
    -- Whom they turned out to be. Nothing refers to them any more; the row says where they went.
    add column merged_into_id uuid references customers,
    -- Everything that was known of them is gone since then. The row holds what their conversations refer to.
    add column erased_at timestamptz;
create index customers_merged on customers (merged_into_id) where merged_into_id is not null;

-- Addresses of every kind are looked for by how they begin.
create index identities_value on identities ((value collate "C"));

-- Who was merged into whom, and what was known of them before.
create table customer_merges (
    id uuid primary key,
    source_id uuid not null references customers,
    target_id uuid not null references customers,
    by_id uuid not null,
    by_name text not null,
    -- Name, attributes and addresses of the source; null once the target is erased.
    source json,
    at timestamptz not null
);
create index customer_merges_source on customer_merges (source_id);
create index customer_merges_target on customer_merges (target_id);

-- Addresses that were somebody's before: whoever is to be forgotten is found under these too.
create table former_identities (
    customer_id uuid not null references customers,
    channel text not null,
    kind text not null,
    value text not null,
    until timestamptz not null default now(),
    primary key (customer_id, channel, kind, value)
);
