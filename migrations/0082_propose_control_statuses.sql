-- What Tieline proposes about the status of controls, from open and closed weaknesses, and what a person said to it.

CREATE TABLE control_status_proposals (
  id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  control_ref integer NOT NULL REFERENCES ingestion_controls (id) ON DELETE CASCADE,
  present varchar(50),
  proposed varchar(50) NOT NULL,
  code varchar(40) NOT NULL CONSTRAINT control_status_proposals_code_known CHECK (code IN ('weaknesses_open', 'weaknesses_closed')),
  worst smallint,
  facts jsonb NOT NULL,
  opened_at timestamptz NOT NULL,
  operation_id uuid,
  settled_at timestamptz,
  settled_by varchar(255),
  settlement varchar(20) CONSTRAINT control_status_proposals_settlement_known CHECK (settlement IN ('accepted', 'refused', 'lapsed')),
  reason text,
  CONSTRAINT control_status_proposals_settled CHECK ((settled_at IS NULL) = (settlement IS NULL))
);
CREATE UNIQUE INDEX idx_control_status_proposals_open ON control_status_proposals (control_ref) WHERE settled_at IS NULL;
CREATE INDEX idx_control_status_proposals_control ON control_status_proposals (control_ref, id DESC);
COMMENT ON TABLE control_status_proposals IS 'A status of a control that follows from its weaknesses: a person accepts or refuses it, nothing sets it by itself. Never deleted but with its control.';
COMMENT ON COLUMN control_status_proposals.control_ref IS 'ingestion_controls.id.';
COMMENT ON COLUMN control_status_proposals.present IS 'implementation_status when it was proposed; null: the control had none.';
COMMENT ON COLUMN control_status_proposals.code IS 'Why: weaknesses_open (it is not implemented everywhere), weaknesses_closed (those that there were are closed).';
COMMENT ON COLUMN control_status_proposals.worst IS 'The gravest of the open weaknesses, 0 to 4: one that is graver is asked about again.';
COMMENT ON COLUMN control_status_proposals.facts IS 'Counts, ids of POA&Ms, and the latest scans that showed their findings or no longer did.';
COMMENT ON COLUMN control_status_proposals.operation_id IS 'The run that proposed it; null: a person asked for it.';
COMMENT ON COLUMN control_status_proposals.settlement IS 'accepted, refused, or lapsed: its reason is gone.';
