-- What due dates hang on and only people can say: of a boundary, a weakness, an asset or a network zone. Rows are only added; the newest counts.

CREATE TABLE boundary_due_facts (
  id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  system_id varchar(50) NOT NULL REFERENCES ingestion_systems (system_id),
  class varchar(1) CHECK (class IN ('A', 'B', 'C', 'D')),
  national_security boolean,
  set_at timestamptz NOT NULL,
  set_by varchar(255) NOT NULL,
  set_by_principal varchar(100) NOT NULL,
  reason text
);
CREATE INDEX idx_boundary_due_facts_system ON boundary_due_facts (system_id, id DESC);
COMMENT ON TABLE boundary_due_facts IS 'What due-date policies ask about an authorization boundary; of each boundary the newest row counts.';
COMMENT ON COLUMN boundary_due_facts.class IS 'FedRAMP class; null: nobody has said.';
COMMENT ON COLUMN boundary_due_facts.national_security IS 'true: a national security system; false: a civilian one; null: nobody has said.';

CREATE TABLE weakness_evaluations (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  system_id varchar(50) NOT NULL,
  grouping varchar(20) NOT NULL,
  identifier varchar(255) NOT NULL,
  evaluated_at timestamptz NOT NULL,
  exploitable boolean,
  reachable boolean,
  agency_impact varchar(2) CHECK (agency_impact IN ('N1', 'N2', 'N3', 'N4', 'N5')),
  comply_by date,
  vendor_released_on date,
  note text,
  set_at timestamptz NOT NULL,
  set_by varchar(255) NOT NULL,
  set_by_principal varchar(100) NOT NULL
);
CREATE INDEX idx_weakness_evaluations_weakness ON weakness_evaluations (system_id, grouping, identifier, id DESC);
COMMENT ON TABLE weakness_evaluations IS 'How weaknesses were evaluated, by whom and when; of each the newest row counts, the older ones are its history. Named like the weakness (weaknesses.system_id, grouping, identifier), which may be made again.';
COMMENT ON COLUMN weakness_evaluations.exploitable IS 'Likely exploitable; null: not known.';
COMMENT ON COLUMN weakness_evaluations.reachable IS 'Reachable from the internet; null: not known.';
COMMENT ON COLUMN weakness_evaluations.agency_impact IS 'Potential agency impact, N1 to N5; null: not known.';
COMMENT ON COLUMN weakness_evaluations.comply_by IS 'The day that a notice (IAVM) gives; null: none does.';
COMMENT ON COLUMN weakness_evaluations.vendor_released_on IS 'When the vendor released the fix that was waited for; null: it was not waited for, or is not released.';

CREATE TABLE exposures (
  id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  asset_uuid uuid,
  network_zone varchar(255),
  exposed boolean,
  set_at timestamptz NOT NULL,
  set_by varchar(255) NOT NULL,
  set_by_principal varchar(100) NOT NULL,
  reason text,
  CONSTRAINT exposures_of_one CHECK (num_nonnulls(asset_uuid, network_zone) = 1)
);
CREATE INDEX idx_exposures_asset ON exposures (asset_uuid, id DESC) WHERE asset_uuid IS NOT NULL;
CREATE INDEX idx_exposures_zone ON exposures (lower(network_zone), id DESC) WHERE network_zone IS NOT NULL;
COMMENT ON TABLE exposures IS 'Whether an asset, or all of a network zone, can be reached from public networks by anybody: somebody says so, no scanner. The newest row of each counts, an asset before its zone.';
COMMENT ON COLUMN exposures.exposed IS 'null: not known any more.';

CREATE TABLE weakness_due_unknowns (
  weakness_id integer PRIMARY KEY REFERENCES weaknesses (id) ON DELETE CASCADE,
  unknown text[] NOT NULL,
  since timestamptz NOT NULL
);
COMMENT ON TABLE weakness_due_unknowns IS 'Weaknesses whose due date hangs on something that nobody has said: what the policies that apply asked in vain.';
COMMENT ON COLUMN weakness_due_unknowns.unknown IS 'Conditions of src/canonical/due-dates/policy-words.ts, and `evaluated`.';

-- A POA&M that answers no weakness just now is obliged by none; what a person said of its promised date stays.
ALTER TABLE poam_due_dates ALTER COLUMN obliged_by DROP NOT NULL;
COMMENT ON COLUMN poam_due_dates.obliged_by IS 'The earliest of what its weaknesses are due by; null: it answers none just now.';
