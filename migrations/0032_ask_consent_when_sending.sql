-- Consent holds at the moment of sending, not at the moment of queuing. Design section 5.

ALTER TABLE sync_outbox
  ADD COLUMN severity varchar(20),
  ADD COLUMN approved_at timestamptz,
  ADD COLUMN approved_by varchar(255),
  ADD COLUMN must_replan boolean NOT NULL DEFAULT false,
  ADD COLUMN composed jsonb;
COMMENT ON COLUMN sync_outbox.severity IS 'Severity of the weakness that the record is about, when this was decided; null where it is about none, or where nobody said. Policies ask for approval by it.';
COMMENT ON COLUMN sync_outbox.approved_at IS 'When a person agreed to exactly this content; null: nobody was asked. The policy in force when it is sent says whether that is enough.';
COMMENT ON COLUMN sync_outbox.approved_by IS 'Who agreed.';
COMMENT ON COLUMN sync_outbox.composed IS 'Of a new POA&M: what Tieline itself composed. Where the payload says otherwise, a person edited our row of it before it was sent. Null: the payload is what was composed.';
COMMENT ON COLUMN sync_outbox.must_replan IS 'Sending was paused since this was planned: it is planned again by the next sync before it is sent.';

UPDATE sync_outbox
   SET approved_at = a.decided_at, approved_by = a.decided_by
  FROM approvals a
 WHERE a.plan_id = sync_outbox.plan_id AND a.status = 'approved' AND sync_outbox.state IN ('pending', 'sent', 'failed');

-- A policy of an entity says only what it was set for; the rest is looked up above it. Until now a policy that was set for
-- its strategy alone also said "both ways, without approval", and so took the entity out of what its system demands.
ALTER TABLE sync_policies ALTER COLUMN sync_direction DROP NOT NULL;
ALTER TABLE sync_policies ALTER COLUMN conflict_resolution_strategy DROP NOT NULL;
ALTER TABLE sync_policies ALTER COLUMN conflict_resolution_strategy DROP DEFAULT;
ALTER TABLE sync_policies ALTER COLUMN requires_approval DROP NOT NULL;
ALTER TABLE sync_policies ALTER COLUMN requires_approval DROP DEFAULT;
COMMENT ON COLUMN sync_policies.sync_direction IS 'Null: as above it (entity, then system, then both ways).';
COMMENT ON COLUMN sync_policies.conflict_resolution_strategy IS 'Null: as above it (entity, then system, then manual).';
COMMENT ON COLUMN sync_policies.requires_approval IS 'True: an outbound change waits until a person agrees; false: never; null: as above it (entity, then system, then never). Judged when the change is queued and again when it is sent.';

UPDATE sync_policies SET requires_approval = NULL WHERE entity_type <> '*' AND NOT requires_approval;
UPDATE sync_policies SET sync_direction = NULL WHERE entity_type <> '*' AND sync_direction = 'bidirectional';

-- A machine that a person takes off a POA&M at the remote stays off it, though the weakness is still found on it.
ALTER TABLE poam_asset_departures
  ADD COLUMN kind varchar(20) NOT NULL DEFAULT 'moved' CONSTRAINT poam_asset_departures_kind_known CHECK (kind IN ('moved', 'taken off'));
COMMENT ON COLUMN poam_asset_departures.kind IS 'moved: to another system, kept until the remote no longer lists the machine. taken off: by a person at the remote, kept until the remote lists it again.';
