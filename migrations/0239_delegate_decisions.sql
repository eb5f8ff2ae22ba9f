-- Who is asked by a workflow may let another person decide in their place, for one question.

CREATE TABLE approval_delegations (
  approval_id uuid NOT NULL REFERENCES approvals (approval_id),
  level_number smallint NOT NULL,
  role_name varchar(40) NOT NULL,
  delegated_by varchar(255) NOT NULL,
  delegated_by_principal varchar(255) NOT NULL,
  delegated_to varchar(255) NOT NULL,
  delegated_to_principal varchar(255) NOT NULL,
  delegated_at timestamptz NOT NULL,
  reason text,
  PRIMARY KEY (approval_id, level_number, role_name, delegated_by_principal),
  CONSTRAINT approval_delegations_to_another CHECK (delegated_by_principal <> delegated_to_principal)
);
COMMENT ON TABLE approval_delegations IS 'Deciders of a request who let another person decide in their place, once and for this request.';
COMMENT ON COLUMN approval_delegations.level_number IS 'Place in approvals.levels, from 1.';
COMMENT ON COLUMN approval_delegations.role_name IS 'The role by which they were asked; it counts as long as they hold it.';

ALTER TABLE approval_answers ADD COLUMN in_place_of varchar(255);
COMMENT ON COLUMN approval_answers.in_place_of IS 'Who delegated the decision to them; null: they decided by their own role.';
