-- Matches of assets that a person is asked about, one row each, so that every list and every count is of the same rows (design section 2,
-- promise 6); decisions that also hold for records to come; and the mark of an asset that no source reports any more.

CREATE TABLE match_reviews (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  kind varchar(20) NOT NULL CHECK (kind IN ('component', 'duplicate', 'identity')),
  external_system_id integer NOT NULL REFERENCES external_systems (id),
  asset_uuid uuid REFERENCES ingestion_assets (asset_uuid) ON DELETE CASCADE,
  component_id integer REFERENCES system_components (id) ON DELETE CASCADE,
  decision_id bigint REFERENCES asset_identity_decisions (id) ON DELETE CASCADE,
  opened_at timestamptz NOT NULL DEFAULT now(),
  operation_id uuid REFERENCES ingestion_batches (batch_id),
  settled_at timestamptz,
  settled_by varchar(255),
  outcome varchar(20) CHECK (outcome IN ('accepted', 'rejected', 'always', 'withdrawn')),
  reason text
);
CREATE UNIQUE INDEX idx_match_reviews_component_open ON match_reviews (external_system_id, asset_uuid) WHERE kind = 'component' AND settled_at IS NULL;
CREATE UNIQUE INDEX idx_match_reviews_duplicate_open ON match_reviews (component_id) WHERE kind = 'duplicate' AND settled_at IS NULL;
CREATE UNIQUE INDEX idx_match_reviews_decision ON match_reviews (decision_id);
CREATE INDEX idx_match_reviews_asset ON match_reviews (asset_uuid);
CREATE INDEX idx_match_reviews_component ON match_reviews (component_id);
CREATE INDEX idx_match_reviews_system ON match_reviews (external_system_id);
CREATE INDEX idx_match_reviews_operation ON match_reviews (operation_id);
COMMENT ON TABLE match_reviews IS 'Matches that a person is asked about, and what came of each.';
COMMENT ON COLUMN match_reviews.kind IS 'component: which component is this asset; duplicate: are the assets of this component one machine; identity: is what a source reports an asset that is known.';
COMMENT ON COLUMN match_reviews.asset_uuid IS 'Of a component: the asset that is asked about. A duplicate is about all assets of the component; an identity names its asset in the decision.';
COMMENT ON COLUMN match_reviews.component_id IS 'Of a duplicate: the component that the assets share.';
COMMENT ON COLUMN match_reviews.decision_id IS 'Of an identity: the decision with its candidates.';
COMMENT ON COLUMN match_reviews.operation_id IS 'The operation that first left it to a person.';
COMMENT ON COLUMN match_reviews.outcome IS 'withdrawn: it settled itself, for what raised it is gone.';

INSERT INTO match_reviews (kind, external_system_id, decision_id, opened_at, settled_at, settled_by)
SELECT 'identity', external_system_id, id, decided_at, settled_at, settled_by
  FROM asset_identity_decisions WHERE decision = 'review';

CREATE TABLE standing_matches (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  external_system_id integer NOT NULL REFERENCES external_systems (id),
  component_id varchar(255) NOT NULL,
  evidence jsonb NOT NULL,
  decided_by varchar(255) NOT NULL,
  reason text,
  decided_at timestamptz NOT NULL DEFAULT now(),
  ended_at timestamptz,
  ended_by varchar(255)
);
CREATE INDEX idx_standing_matches_system ON standing_matches (external_system_id);
COMMENT ON TABLE standing_matches IS 'A person''s word that whatever asset bears this evidence is this component, also one that a scanner knows by another id tomorrow.';
COMMENT ON COLUMN standing_matches.component_id IS 'The id that the external system gives the component.';
COMMENT ON COLUMN standing_matches.evidence IS 'Array of {kind, value}: what the asset was known by when it was decided.';

ALTER TABLE ingestion_assets
  ADD COLUMN unreported_since timestamptz;
COMMENT ON COLUMN ingestion_assets.unreported_since IS 'Since when no source reports the asset any more: each one that did has terminated or deleted it, or its full reads no longer show it. Its findings stay as they were last seen.';
CREATE INDEX idx_ingestion_assets_unreported ON ingestion_assets (unreported_since) WHERE unreported_since IS NOT NULL;
