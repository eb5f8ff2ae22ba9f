-- What obligations hang on beside: an approved risk adjustment, the EPSS score where a policy names one, by when a weakness is to be evaluated, and
-- whether a policy that begins later may date what was open before it.

ALTER TABLE due_date_policy_versions
  ADD COLUMN rating varchar(20) NOT NULL DEFAULT 'original' CONSTRAINT due_date_policy_versions_rating_known CHECK (rating IN ('original', 'adjusted')),
  ADD COLUMN epss_from numeric(6, 5) CONSTRAINT due_date_policy_versions_epss_is_a_share CHECK (epss_from BETWEEN 0 AND 1);
COMMENT ON COLUMN due_date_policy_versions.rating IS 'The severity that its table is asked by: original, as it was found; adjusted, that of a risk adjustment as long as one is approved.';
COMMENT ON COLUMN due_date_policy_versions.epss_from IS 'The EPSS score from which its condition epss says yes; null: it does not ask for it.';

-- The completion guide of Rev 5: the adjusted rating if a risk adjustment is approved, else the original. The organization’s own matrix goes by what
-- its authorizing official decides. Of the others no document says so.
UPDATE due_date_policy_versions SET rating = 'adjusted' WHERE created_by = 'tieline' AND policy_id IN ('fedramp-rev5', 'org-default');

CREATE TABLE due_date_policy_evaluations (
  policy_id varchar(50) NOT NULL,
  version integer NOT NULL,
  class varchar(1) NOT NULL CONSTRAINT due_date_policy_evaluations_class_known CHECK (class IN ('A', 'B', 'C', 'D')),
  days integer NOT NULL CONSTRAINT due_date_policy_evaluations_days_positive CHECK (days > 0),
  PRIMARY KEY (policy_id, version, class),
  FOREIGN KEY (policy_id, version) REFERENCES due_date_policy_versions (policy_id, version)
);
COMMENT ON TABLE due_date_policy_evaluations IS 'Within how many days of its detection a version wants a weakness to be evaluated, by the class of the boundary.';
INSERT INTO due_date_policy_evaluations (policy_id, version, class, days) VALUES
  ('fedramp-vdr', 1, 'A', 14),
  ('fedramp-vdr', 1, 'B', 7),
  ('fedramp-vdr', 1, 'C', 5),
  ('fedramp-vdr', 1, 'D', 2);

ALTER TABLE weakness_due_unknowns ADD COLUMN evaluate_by date;
COMMENT ON COLUMN weakness_due_unknowns.evaluate_by IS 'By when a policy that applies wants it to be evaluated; null: none does, or it was.';

ALTER TABLE weaknesses ADD COLUMN due_adjustment integer;
COMMENT ON COLUMN weaknesses.due_adjustment IS 'The approved risk adjustment (deviations.id) that its due date goes by; null: it goes by the severity as it was found.';

INSERT INTO approval_rules (subject_kind, severity, is_refused, levels, answer_within_days, note) VALUES
  ('policy_start', NULL, false, '[{"roles": ["isso"], "needs": "one"}]', NULL, 'A policy that begins: whether it dates weaknesses that were open before it.');
