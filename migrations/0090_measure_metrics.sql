-- Metrics: what each one counts, by which level and day it was taken, what was aimed at, and which day could not be taken and why.

ALTER TABLE metrics_definitions
  ADD COLUMN code varchar(20),
  ADD COLUMN title varchar(255),
  ADD COLUMN formula text,
  ADD COLUMN source text,
  ADD COLUMN measures jsonb NOT NULL DEFAULT '[]',
  ADD COLUMN is_own boolean NOT NULL DEFAULT false,
  ADD COLUMN defined_by varchar(255),
  ADD COLUMN defined_at timestamptz,
  ADD COLUMN ended_at timestamptz;
CREATE UNIQUE INDEX idx_metrics_definitions_code ON metrics_definitions (code);
COMMENT ON COLUMN metrics_definitions.code IS 'How people name it: M01 to M34 ship with Tieline, an own metric has its name only.';
COMMENT ON COLUMN metrics_definitions.formula IS 'How the number is computed, in signs.';
COMMENT ON COLUMN metrics_definitions.source IS 'Who measures so: the standard, product or practice that it is taken from.';
COMMENT ON COLUMN metrics_definitions.sql_query IS 'The records that it counts, one row each: of a shipped metric over the relations of docs/metrics.md, of an own one over any table that the reading role may read.';
COMMENT ON COLUMN metrics_definitions.measures IS 'Array of {key, title, unit, aggregate, direction}: the numbers of this metric; the first one leads.';
COMMENT ON COLUMN metrics_definitions.is_own IS 'True: somebody here defined it. False: it ships with Tieline, whose files lead.';
COMMENT ON COLUMN metrics_definitions.ended_at IS 'Since when an own metric is not taken any more; its values are kept.';

ALTER TABLE metrics_values
  ADD COLUMN taken_on date,
  ADD COLUMN measure varchar(40) NOT NULL DEFAULT 'value',
  ADD COLUMN level varchar(20) NOT NULL DEFAULT 'organization' CONSTRAINT metrics_values_level_known
    CHECK (level IN ('organization', 'boundary', 'unassigned')),
  ADD COLUMN system_id varchar(50),
  ADD COLUMN severity varchar(20),
  ADD COLUMN band varchar(60),
  ADD COLUMN is_computed boolean NOT NULL DEFAULT false;
CREATE INDEX idx_metrics_values_series ON metrics_values (metric_id, level, system_id, taken_on);
COMMENT ON COLUMN metrics_values.taken_on IS 'The day (UTC) that it is the value of: one row for each metric, measure, level and day.';
COMMENT ON COLUMN metrics_values.measure IS 'Which number of the metric: a key of metrics_definitions.measures.';
COMMENT ON COLUMN metrics_values.level IS 'organization: of everything; boundary: of system_id; unassigned: of what is in no boundary.';
COMMENT ON COLUMN metrics_values.system_id IS 'ingestion_systems.system_id, by name: a value outlives its boundary.';
COMMENT ON COLUMN metrics_values.severity IS 'Null: of all severities.';
COMMENT ON COLUMN metrics_values.band IS 'What else it is broken down by, such as a status or a tier; null: of all.';
COMMENT ON COLUMN metrics_values.is_computed IS 'True: computed later from the history of findings and POA&Ms, with the boundaries and severities of that later day.';
COMMENT ON COLUMN metrics_values.additional_data IS 'What the value was made of: {counted, base, amount}, by which values of several boundaries are joined.';

CREATE TABLE metrics_takes (
  metric_id integer NOT NULL REFERENCES metrics_definitions (id) ON DELETE CASCADE,
  taken_on date NOT NULL,
  taken_at timestamptz NOT NULL,
  is_computed boolean NOT NULL DEFAULT false,
  milliseconds integer NOT NULL,
  lacks text[] NOT NULL DEFAULT '{}',
  problem text,
  PRIMARY KEY (metric_id, taken_on)
);
COMMENT ON TABLE metrics_takes IS 'On which days each metric was taken. A day that is not here has no value; a count that is missing on a day that is here was zero.';
COMMENT ON COLUMN metrics_takes.lacks IS 'What is not recorded here and the metric cannot do without; it has no value then. Words: src/modules/metrics/lacks.ts.';
COMMENT ON COLUMN metrics_takes.problem IS 'Why an own metric could not be taken: what PostgreSQL said.';

CREATE TABLE metrics_targets (
  id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  metric_id integer NOT NULL REFERENCES metrics_definitions (id) ON DELETE CASCADE,
  measure varchar(40) NOT NULL,
  system_id varchar(50),
  comparison varchar(10) NOT NULL CONSTRAINT metrics_targets_comparison_known
    CHECK (comparison IN ('at_most', 'below', 'at_least', 'above')),
  target numeric(15,4) NOT NULL,
  reason text,
  set_by varchar(255) NOT NULL,
  set_at timestamptz NOT NULL,
  ended_at timestamptz
);
CREATE UNIQUE INDEX idx_metrics_targets_one ON metrics_targets (metric_id, measure, (coalesce(system_id, ''))) WHERE ended_at IS NULL;
CREATE INDEX idx_metrics_targets_metric ON metrics_targets (metric_id);
COMMENT ON TABLE metrics_targets IS 'What is aimed at. The target of a boundary comes before that of the organization, which comes before the one that ships. A target is never changed: it ends, and another one is set.';
COMMENT ON COLUMN metrics_targets.system_id IS 'ingestion_systems.system_id; null: the organization, and every boundary without one of its own.';
COMMENT ON COLUMN metrics_targets.ended_at IS 'Since when it is not in force.';
