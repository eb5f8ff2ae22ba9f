-- A grant for the boundaries whose own record names the person, as it says at any moment: no list that somebody must keep.
ALTER TABLE grants ADD COLUMN named_in varchar(20);
ALTER TABLE grants ADD CONSTRAINT grants_named_in_known CHECK (named_in IN ('isso', 'owner', 'ao'));
ALTER TABLE grants ADD CONSTRAINT grants_named_in_boundaries CHECK (named_in IS NULL OR reach = 'boundaries' AND system_ids = '{}');
COMMENT ON COLUMN grants.named_in IS 'Of reach boundaries: those whose record names the account in this field (isso, owner, ao) when it is asked; null: system_ids.';
