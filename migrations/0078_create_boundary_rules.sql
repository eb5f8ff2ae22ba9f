-- Which machines belong to which authorization boundary, as rules that people set beside the identifiers of components, with every
-- decision that they led to; and the role in which a boundary has a machine.

CREATE TABLE boundary_rules (
  id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  system_id varchar(50) NOT NULL REFERENCES ingestion_systems (system_id) ON DELETE CASCADE,
  priority integer NOT NULL CONSTRAINT boundary_rules_priority_range CHECK (priority BETWEEN 1 AND 1000),
  asset_role varchar(20) NOT NULL CONSTRAINT boundary_rules_role_known CHECK (asset_role IN ('responsible', 'inherited')),
  conditions jsonb NOT NULL CONSTRAINT boundary_rules_conditions_listed CHECK (jsonb_typeof(conditions) = 'array' AND conditions <> '[]'),
  note text,
  made_by varchar(255) NOT NULL,
  made_at timestamptz NOT NULL,
  ended_by varchar(255),
  ended_at timestamptz
);
CREATE INDEX idx_boundary_rules_system ON boundary_rules (system_id);
COMMENT ON TABLE boundary_rules IS 'Which assets belong to an authorization boundary, where neither an identifier nor a person says so. A rule is never changed: it ends, and another one is made.';
COMMENT ON COLUMN boundary_rules.system_id IS 'The boundary: ingestion_systems.system_id.';
COMMENT ON COLUMN boundary_rules.priority IS '1 comes first. Rules of two boundaries with the same one that both fit an asset leave it to a person.';
COMMENT ON COLUMN boundary_rules.asset_role IS 'responsible: a finding on the asset makes a weakness of this boundary; inherited: the boundary sees it, and another one answers for it.';
COMMENT ON COLUMN boundary_rules.conditions IS 'Array of {kind, values}: all of them must fit the asset, each by one of its values. Kinds: src/canonical/boundary-rules.';
COMMENT ON COLUMN boundary_rules.ended_at IS 'Since when the rule is not in force; it is kept because decisions name it.';

CREATE TABLE boundary_decisions (
  asset_uuid uuid NOT NULL REFERENCES ingestion_assets (asset_uuid) ON DELETE CASCADE,
  system_id varchar(50) NOT NULL REFERENCES ingestion_systems (system_id) ON DELETE CASCADE,
  decision varchar(20) NOT NULL CONSTRAINT boundary_decisions_decision_known CHECK (decision IN ('linked', 'review', 'rejected')),
  asset_role varchar(20) NOT NULL CONSTRAINT boundary_decisions_role_known CHECK (asset_role IN ('responsible', 'inherited')),
  rule_id integer REFERENCES boundary_rules (id) ON DELETE CASCADE,
  evidence jsonb NOT NULL,
  reason text,
  reason_code varchar(60),
  reason_params jsonb,
  decided_by_kind varchar(10) NOT NULL,
  rule_code varchar(60),
  decided_by varchar(255),
  operation_id uuid REFERENCES ingestion_batches (batch_id),
  decided_at timestamptz NOT NULL,
  PRIMARY KEY (asset_uuid, system_id),
  CONSTRAINT boundary_decisions_decided CHECK (decided_by_kind IN ('rule', 'person') AND (decided_by_kind = 'rule') = (rule_code IS NOT NULL)
                                  AND (decided_by_kind = 'rule') = (decided_by IS NULL))
);
CREATE INDEX idx_boundary_decisions_system ON boundary_decisions (system_id);
CREATE INDEX idx_boundary_decisions_rule ON boundary_decisions (rule_id);
CREATE INDEX idx_boundary_decisions_operation ON boundary_decisions (operation_id);
COMMENT ON TABLE boundary_decisions IS 'What was decided about an asset and a boundary that a rule of boundary_rules puts it into, and on what evidence; what identifiers of components say is in asset_correlations.';
COMMENT ON COLUMN boundary_decisions.decision IS 'linked: the asset is in the boundary; review: a person is asked; rejected: something comes before the rule, which the reason names.';
COMMENT ON COLUMN boundary_decisions.rule_id IS 'The rule that put the asset forward; null where a person decided.';
COMMENT ON COLUMN boundary_decisions.evidence IS 'Array of {kind, value, found}: each value of the rule that fits, and what of the asset it fits.';
COMMENT ON COLUMN boundary_decisions.decided_by_kind IS 'rule: Tieline, by what rule_code says; person: a user, by name in decided_by. What a person decided, rules leave alone.';
COMMENT ON COLUMN boundary_decisions.rule_code IS 'Of src/canonical/vocabulary/rule-codes.ts; null where a person decided.';
COMMENT ON COLUMN boundary_decisions.decided_by IS 'Name of the person; null where a rule decided.';
COMMENT ON COLUMN boundary_decisions.reason IS 'What a person gave as the reason, as it was written; null where reason_code says it.';
COMMENT ON COLUMN boundary_decisions.reason_code IS 'Of src/canonical/vocabulary/rule-codes.ts; its sentence is made when it is shown.';
COMMENT ON COLUMN boundary_decisions.reason_params IS 'Object: what the sentences of reason_code and rule_code name in braces.';

ALTER TABLE ingestion_system_assets
  ADD COLUMN asset_role varchar(20);
COMMENT ON COLUMN ingestion_system_assets.asset_role IS 'inherited: the boundary sees the asset, another one answers for it, and its findings make no weakness here; responsible, or null: they do.';

ALTER TABLE match_reviews DROP CONSTRAINT match_reviews_kind_check;
ALTER TABLE match_reviews ADD CONSTRAINT match_reviews_kind_check CHECK (kind IN ('component', 'duplicate', 'identity', 'boundary'));
CREATE UNIQUE INDEX idx_match_reviews_boundary_open ON match_reviews (external_system_id, asset_uuid) WHERE kind = 'boundary' AND settled_at IS NULL;
COMMENT ON COLUMN match_reviews.kind IS 'component: which component is this asset; duplicate: are the assets of this component one machine; identity: is what a source reports an asset that is known; boundary: in which boundary is this asset, of those whose rules fit it.';
