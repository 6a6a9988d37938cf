-- Conditions that supervisors have to know of, and what they are told of each.
create table alerts (
    id uuid primary key,
    rule text not null,
    subject text not null,
    state text not null check (state in ('firing', 'resolved')),
    occurrences integer not null,
    times integer not null,
    told boolean not null,
    told_occurrences integer not null,
    told_at timestamptz,
    first_at timestamptz not null,
    last_at timestamptz not null,
    resolved_at timestamptz,
    conversation_id uuid references conversations on delete cascade,
    team_id uuid references teams on delete set null,
    facts json not null
) with (fillfactor = 80);
create unique index alerts_firing on alerts (rule, subject) where state = 'firing';
create index alerts_newest on alerts (last_at desc, id desc);
create index alerts_told on alerts (told_at);
create index alerts_conversation on alerts (conversation_id) where conversation_id is not null;

-- What is to be told, to whom and how: written together with the alert, and sent until it arrived or was given up. An
-- address is looked up when it is sent.
create table notices (
    id uuid primary key,
    alert_id uuid not null references alerts on delete cascade,
    channel text not null check (channel in ('in_app', 'email', 'slack')),
    user_id uuid references users on delete cascade,
    title text not null,
    text text not null,
    critical boolean not null,
    state text not null default 'pending' check (state in ('pending', 'sent', 'dead')),
    attempts integer not null default 0,
    due_at timestamptz not null default clock_timestamp(),
    lease_until timestamptz,
    problem text,
    created_at timestamptz not null default clock_timestamp(),
    settled_at timestamptz
) with (fillfactor = 80);
create index notices_due on notices (due_at) where state = 'pending';
create index notices_alert on notices (alert_id);
create index notices_user on notices (user_id);

alter table notifications
    drop constraint notifications_kind_check,
    add constraint notifications_kind_check check (kind in ('mention', 'team_mention', 'assigned', 'alert')),
    add column alert_id uuid references alerts on delete cascade,
    add column title text;
create index notifications_alert on notifications (alert_id) where alert_id is not null;

-- What is looked for every few seconds among drafts of transactions.
create index transaction_drafts_review on transaction_drafts (conversation_id) where state = 'manual_review';
create index transaction_drafts_failures on transaction_drafts (updated_at) where failures > 0;
