-- What is forgotten after its time is found by an index, and so are those who might still refer to it.
create index transaction_drafts_ended on transaction_drafts (updated_at)
where state in ('committed', 'failed', 'cancelled', 'expired', 'rejected', 'create_failed') and due is null;
create index transaction_drafts_consent on transaction_drafts (consent_id) where consent_id is not null;
create index transaction_drafts_approval on transaction_drafts (approval_id) where approval_id is not null;
create index transaction_consents_draft on transaction_consents (draft_id);
create index transaction_tokens_draft on transaction_tokens (draft_id);
create index dead_letters_settled on dead_letters (settled_at) where settled_at is not null;
create index alerts_resolved on alerts (resolved_at) where state = 'resolved';
