-- Who decided, and why, as codes instead of sentences: undo, counts and correlation read codes, and a sentence is made when it is shown.
-- Everything that a version before this one stored is turned here; a text that none of them stored is what a person or a remote wrote,
-- and stays as it is. So does a name that only looks like a rule: whoever is called rule:x is a person.
-- One statement a table, so that each row is written once. A row that none of them touches is a person's, and the default says so.

ALTER TABLE sync_changes
  ADD COLUMN decided_by_kind varchar(10) NOT NULL DEFAULT 'person'
    CONSTRAINT sync_changes_decided CHECK (decided_by_kind IN ('rule', 'policy', 'person') AND (decided_by_kind = 'rule') = (rule_code IS NOT NULL)
                                  AND (decided_by_kind = 'rule') = (decided_by IS NULL)),
  ADD COLUMN rule_code varchar(60),
  ADD COLUMN reason_code varchar(60),
  ADD COLUMN reason_params jsonb;
ALTER TABLE sync_changes ALTER COLUMN decided_by DROP NOT NULL;
COMMENT ON COLUMN sync_changes.decided_by_kind IS 'rule: a rule of Tieline, in rule_code; policy: what was set, and person: a user, by name in decided_by.';
COMMENT ON COLUMN sync_changes.decided_by IS 'Name of the person or of the policy; null where a rule decided.';
COMMENT ON COLUMN sync_changes.rule_code IS 'Which rule decided, of src/canonical/vocabulary/rule-codes.ts; null where none did.';
COMMENT ON COLUMN sync_changes.reason IS 'What a person or a remote gave as the reason, as it was written, or what was composed of facts; null where reason_code says it.';
COMMENT ON COLUMN sync_changes.reason_code IS 'The reason that Tieline gave, of src/canonical/vocabulary/rule-codes.ts; its sentence is made when it is shown.';
COMMENT ON COLUMN sync_changes.reason_params IS 'Object: what the sentences of reason_code and rule_code name in braces.';

UPDATE sync_changes c
   SET decided_by_kind = d.kind, decided_by = d.decided_by, rule_code = d.rule_code,
       reason = d.reason, reason_code = d.reason_code, reason_params = d.reason_params
  FROM (
    SELECT j.id, j.changed_at,
           CASE WHEN r.code IS NOT NULL THEN 'rule' WHEN w.is_policy THEN 'policy' ELSE 'person' END AS kind,
           CASE WHEN r.code IS NOT NULL THEN NULL WHEN w.is_policy THEN substr(j.decided_by, 8) ELSE j.decided_by END AS decided_by,
           r.code AS rule_code, CASE WHEN e.code IS NULL AND s.code IS NULL THEN j.reason END AS reason,
           coalesce(e.code, s.code) AS reason_code, s.params AS reason_params
      FROM sync_changes j
     CROSS JOIN LATERAL (SELECT j.decided_by LIKE 'policy:%' AND j.decided_by ~ '^policy:(inbound|approval|(field|entity|system|default) (inbound|outbound|bidirectional) [a-z_]+)$' AS is_policy) w
      LEFT JOIN (VALUES
           ('rule:the remote changed it', 'remote_changed'),
           ('rule:the remote moved it', 'remote_moved'),
           ('rule:the remote''s own reading', 'remote_reading'),
           ('rule:both sides made the same change', 'same_change'),
           ('rule:natural key', 'natural_key'),
           ('rule:full read', 'full_read'),
           ('rule:lists are merged by member', 'list_members'),
           ('rule:the scanner reports it', 'scanner_reports'),
           ('rule:tenable reports it', 'scanner_reports'),
           ('rule:what its sources report', 'sources_report'),
           ('rule:what scans with credentials show and no longer show', 'scan_coverage'),
           ('rule:the same machine', 'same_machine'),
           ('rule:same asset, plugin, port and protocol', 'same_finding'),
           ('rule:weighted identifiers', 'weighted_identifiers'),
           ('rule:the machine moved', 'machine_moved'),
           ('rule:weakness by plugin and system', 'weakness_by_plugin'),
           ('rule:it was tied to it', 'answer_tied'),
           ('rule:findings point at it', 'answer_pointed'),
           ('rule:it names the plugin', 'answer_named'),
           ('rule:it names a CVE of it, and the same machines', 'answer_cve'),
           ('rule:planned again before it was sent', 'planned_again'),
           ('rule:outbox', 'outbox'),
           ('rule:what it depends on changed', 'dependency_changed'),
           ('rule:the scanner''s server says so', 'scan_server'),
           ('rule:settled itself', 'settled_itself'),
           ('rule:its source names the plugin', 'answer_source_named'),
           ('rule:a scan with credentials no longer shows it', 'scan_no_longer_shows'),
           ('rule:a control that is inherited is not proposed', 'inherited_control'),
           ('rule:same Tenable uuid', 'same_scanner_uuid')
           ) AS r(text, code) ON r.text = j.decided_by
      LEFT JOIN (VALUES
           (false, 'linked', 'linked to a row that was there already'),
           (false, 'confirmed_by_remote', 'confirmed by the remote'),
           (false, 'shown_again', 'the remote shows it again'),
           (false, 'no_longer_shown', 'the remote no longer shows it'),
           (false, 'reported_again', 'a source reports it again'),
           (false, 'no_longer_reported', 'no source reports it any more'),
           (false, 'stands_there', 'it stands there at the remote'),
           (false, 'gives_way', 'the value of the remote gives way to ours'),
           (false, 'match_unclear', 'the match is no longer clear'),
           (false, 'see_evidence', 'see asset_correlations for the evidence'),
           (false, 'poam_moved', 'the POA&M is of another system now'),
           (false, 'taken_off', 'taken off the list at the remote'),
           (false, 'recognised', 'recognised, so that the weakness is in the record once'),
           (false, 'spellable_now', 'its values can be written in the words of the remote now'),
           (false, 'record_changed', 'the record was changed here since it was refused'),
           (false, 'dependency_changed', 'what it depends on at the remote was changed since it was refused'),
           (false, 'mappings_changed', 'the mappings were changed since it was refused'),
           (false, 'consent_needed', 'the policies in force want consent to it'),
           (false, 'rejection_over', 'what was turned down is over: no finding is open that wants it'),
           (false, 'withdrawn_nothing_open', 'withdrawn before it was sent: no finding is open that wants it'),
           (false, 'withdrawn_not_let_out', 'withdrawn before it was sent: the policy lets no new POA&M out'),
           (false, 'withdrawn_cancelled', 'withdrawn before it was sent: it was cancelled here'),
           (false, 'inherited_control', 'the remote refused the POA&M, and its control is inherited or is none of the system'),
           (true, 'turned_down', 'turned down before it was sent'),
           (true, 'finding_was_twice', 'was there twice: its asset turned out to be another one')
           ) AS e(is_of_anybody, code, text) ON e.text = j.reason AND (e.is_of_anybody OR r.code IS NOT NULL OR w.is_policy)
      LEFT JOIN LATERAL (SELECT s.code, (SELECT jsonb_object_agg(n.name, CASE WHEN n.name IN ('score', 'limit', 'lead', 'count', 'conflict', 'decision')
                                                               THEN to_jsonb(found.part[n.place]::numeric) ELSE to_jsonb(found.part[n.place]) END)
                              FROM unnest(s.names) WITH ORDINALITY n(name, place)) AS params
             FROM (VALUES
                   (false, 'created_from', 'created from %', '^created from (.+)$', '{externalId}'::text[]),
                   (false, 'system_decides', '% alone decides this field', '^(.+) alone decides this field$', '{system}'::text[]),
                   (false, 'last_fixed', 'last fixed %', '^last fixed (.+)$', '{at}'::text[]),
                   (false, 'machine_moved', 'moved from % to %', '^moved from (.+) to (.+)$', '{from,to}'::text[]),
                   (false, 'withdrawn_answered', 'withdrawn before it was sent: % answers the weakness', '^withdrawn before it was sent: (.+) answers the weakness$', '{poam}'::text[]),
                   (false, 'not_in_scan', 'not in the scan that ended %', '^not in the scan that ended (.+)$', '{at}'::text[]),
                   (true, 'undo', 'undo of operation %', '^undo of operation (.+)$', '{operation}'::text[]),
                   (true, 'conflict', 'conflict %', '^conflict (-?[0-9.]+)$', '{conflict}'::text[]),
                   (true, 'conflict_remote_value', 'conflict %: the value of the remote', '^conflict (-?[0-9.]+): the value of the remote$', '{conflict}'::text[]),
                   (true, 'conflict_third_value', 'conflict %: a third value', '^conflict (-?[0-9.]+): a third value$', '{conflict}'::text[]),
                   (true, 'conflict_unlinked', 'conflict %: no longer linked', '^conflict (-?[0-9.]+): no longer linked$', '{conflict}'::text[]),
                   (true, 'conflict_made_again', 'conflict %: to be made again', '^conflict (-?[0-9.]+): to be made again$', '{conflict}'::text[]),
                   (true, 'conflict_ends', 'conflict %: gone at the remote, and ours ends with it', '^conflict (-?[0-9.]+): gone at the remote, and ours ends with it$', '{conflict}'::text[]),
                   (true, 'conflict_key', 'conflict %: the key of %', '^conflict (-?[0-9.]+): the key of (.+)$', '{conflict,other}'::text[]),
                   (true, 'conflict_same', 'conflict %: the same as %', '^conflict (-?[0-9.]+): the same as (.+)$', '{conflict,other}'::text[]),
                   (true, 'conflict_new_poam', 'conflict %: it is answered by a new POA&M', '^conflict (-?[0-9.]+): it is answered by a new POA&M$', '{conflict}'::text[])
                  ) AS s(is_of_anybody, code, shape, pattern, names)
            CROSS JOIN LATERAL (SELECT CASE WHEN s.pattern IS NOT NULL AND j.reason LIKE s.shape THEN regexp_match(j.reason, s.pattern) END AS part) found
            WHERE e.code IS NULL AND j.reason IS NOT NULL AND (s.is_of_anybody OR r.code IS NOT NULL OR w.is_policy) AND (found.part IS NOT NULL OR s.pattern IS NULL AND j.reason = s.shape) LIMIT 1) s ON true
     WHERE j.decided_by LIKE 'rule:%' OR j.decided_by LIKE 'policy:%' OR j.reason IS NOT NULL
  ) d
 WHERE d.id = c.id AND d.changed_at = c.changed_at;

ALTER TABLE asset_correlations
  ADD COLUMN decided_by_kind varchar(10) NOT NULL DEFAULT 'person'
    CONSTRAINT asset_correlations_decided CHECK (decided_by_kind IN ('rule', 'person') AND (decided_by_kind = 'rule') = (rule_code IS NOT NULL)
                                  AND (decided_by_kind = 'rule') = (decided_by IS NULL)),
  ADD COLUMN rule_code varchar(60),
  ADD COLUMN reason_code varchar(60),
  ADD COLUMN reason_params jsonb;
ALTER TABLE asset_correlations ALTER COLUMN decided_by DROP NOT NULL;
ALTER TABLE asset_correlations ALTER COLUMN reason DROP NOT NULL;
COMMENT ON COLUMN asset_correlations.decided_by_kind IS 'rule: a rule of Tieline, in rule_code; policy: what was set, and person: a user, by name in decided_by.';
COMMENT ON COLUMN asset_correlations.decided_by IS 'Name of the person or of the policy; null where a rule decided.';
COMMENT ON COLUMN asset_correlations.rule_code IS 'Which rule decided, of src/canonical/vocabulary/rule-codes.ts; null where none did.';
COMMENT ON COLUMN asset_correlations.reason IS 'What a person or a remote gave as the reason, as it was written, or what was composed of facts; null where reason_code says it.';
COMMENT ON COLUMN asset_correlations.reason_code IS 'The reason that Tieline gave, of src/canonical/vocabulary/rule-codes.ts; its sentence is made when it is shown.';
COMMENT ON COLUMN asset_correlations.reason_params IS 'Object: what the sentences of reason_code and rule_code name in braces.';

UPDATE asset_correlations k
   SET (decided_by_kind, decided_by, rule_code, reason, reason_code, reason_params) = (
         SELECT CASE WHEN r.code IS NOT NULL THEN 'rule' ELSE 'person' END, CASE WHEN r.code IS NULL THEN k.decided_by END,
                r.code, CASE WHEN s.code IS NULL THEN k.reason END, s.code,
                coalesce(s.params, CASE WHEN r.code = 'standing_decision'
                                        THEN jsonb_build_object('decision', substr(k.decided_by, 24)::numeric) END)
           FROM (SELECT CASE WHEN k.decided_by = 'rule:weighted identifiers' THEN 'weighted_identifiers'
                             WHEN k.decided_by ~ '^rule:standing decision [0-9]{1,18}$' THEN 'standing_decision' END AS code) r
           LEFT JOIN LATERAL (SELECT s.code, (SELECT jsonb_object_agg(n.name, CASE WHEN n.name IN ('score', 'limit', 'lead', 'count', 'conflict', 'decision')
                                                               THEN to_jsonb(found.part[n.place]::numeric) ELSE to_jsonb(found.part[n.place]) END)
                              FROM unnest(s.names) WITH ORDINALITY n(name, place)) AS params
             FROM (VALUES
                   (false, 'only_component', 'the only component that fits (score %)', '^the only component that fits \(score (-?[0-9.]+)\)$', '{score}'::text[]),
                   (false, 'below_limit', 'score % is below %', '^score (-?[0-9.]+) is below (-?[0-9.]+)$', '{score,limit}'::text[]),
                   (false, 'several_components', '% components fit about equally well', '^(-?[0-9.]+) components fit about equally well$', '{count}'::text[]),
                   (false, 'other_component_better', 'another component fits better by %', '^another component fits better by (-?[0-9.]+)$', '{lead}'::text[]),
                   (false, 'other_component_free', 'another asset is matched to it, and a component that is free fits about as well', NULL, NULL),
                   (false, 'still_fits', 'matched before, and still fits (score %)', '^matched before, and still fits \(score (-?[0-9.]+)\)$', '{score}'::text[]),
                   (false, 'no_longer_fits', 'matched before, but what the two are known by no longer fits (score %)', '^matched before, but what the two are known by no longer fits \(score (-?[0-9.]+)\)$', '{score}'::text[]),
                   (false, 'present_better', 'the present match fits better by %', '^the present match fits better by (-?[0-9.]+)$', '{lead}'::text[]),
                   (false, 'better_than_present', 'fits better by % than the present match', '^fits better by (-?[0-9.]+) than the present match$', '{lead}'::text[]),
                   (false, 'like_present', 'fits about as well as the present match', NULL, NULL),
                   (true, 'person_matched_other', 'a person matched the asset to another component', NULL, NULL),
                   (false, 'standing_says', 'standing decision % says so', '^standing decision (-?[0-9.]+) says so$', '{decision}'::text[]),
                   (false, 'standing_says_other', 'a standing decision says that it is another component', NULL, NULL),
                   (false, 'component_shared', 'probably the same machine as asset %, which has this component (score %)', '^probably the same machine as asset (.+), which has this component \(score (-?[0-9.]+)\)$', '{asset,score}'::text[]),
                   (false, 'component_taken', 'asset % is matched to this component already', '^asset (.+) is matched to this component already$', '{asset}'::text[]),
                   (false, 'several_assets_component', '% assets fit this component about equally well', '^(-?[0-9.]+) assets fit this component about equally well$', '{count}'::text[]),
                   (false, 'other_asset_better', 'asset % fits this component better by %', '^asset (.+) fits this component better by (-?[0-9.]+)$', '{asset,lead}'::text[]),
                   (false, 'an_asset_better', 'another asset fits this component better by %', '^another asset fits this component better by (-?[0-9.]+)$', '{lead}'::text[]),
                   (true, 'person_matched_asset', 'a person matched asset % to this component', '^a person matched asset (.+) to this component$', '{asset}'::text[]),
                   (true, 'person_matched_beside', 'a person matched asset % to this component beside it', '^a person matched asset (.+) to this component beside it$', '{asset}'::text[]),
                   (true, 'person_decided', 'decided by a person', NULL, NULL),
                   (true, 'person_linked_other', 'a person linked another', NULL, NULL)
                  ) AS s(is_of_anybody, code, shape, pattern, names)
            CROSS JOIN LATERAL (SELECT CASE WHEN s.pattern IS NOT NULL AND k.reason LIKE s.shape THEN regexp_match(k.reason, s.pattern) END AS part) found
            WHERE (s.is_of_anybody OR r.code IS NOT NULL) AND (found.part IS NOT NULL OR s.pattern IS NULL AND k.reason = s.shape) LIMIT 1) s ON true);

ALTER TABLE asset_identity_decisions
  ADD COLUMN decided_by_kind varchar(10) NOT NULL DEFAULT 'person'
    CONSTRAINT asset_identity_decisions_decided CHECK (decided_by_kind IN ('rule', 'person') AND (decided_by_kind = 'rule') = (rule_code IS NOT NULL)
                                  AND (decided_by_kind = 'rule') = (decided_by IS NULL)),
  ADD COLUMN rule_code varchar(60),
  ADD COLUMN reason_code varchar(60),
  ADD COLUMN reason_params jsonb;
ALTER TABLE asset_identity_decisions ALTER COLUMN decided_by DROP NOT NULL;
ALTER TABLE asset_identity_decisions ALTER COLUMN reason DROP NOT NULL;
COMMENT ON COLUMN asset_identity_decisions.decided_by_kind IS 'rule: a rule of Tieline, in rule_code; policy: what was set, and person: a user, by name in decided_by.';
COMMENT ON COLUMN asset_identity_decisions.decided_by IS 'Name of the person or of the policy; null where a rule decided.';
COMMENT ON COLUMN asset_identity_decisions.rule_code IS 'Which rule decided, of src/canonical/vocabulary/rule-codes.ts; null where none did.';
COMMENT ON COLUMN asset_identity_decisions.reason IS 'What a person or a remote gave as the reason, as it was written, or what was composed of facts; null where reason_code says it.';
COMMENT ON COLUMN asset_identity_decisions.reason_code IS 'The reason that Tieline gave, of src/canonical/vocabulary/rule-codes.ts; its sentence is made when it is shown.';
COMMENT ON COLUMN asset_identity_decisions.reason_params IS 'Object: what the sentences of reason_code and rule_code name in braces.';

UPDATE asset_identity_decisions d
   SET (decided_by_kind, decided_by, rule_code, reason, reason_code, reason_params) = (
         SELECT CASE WHEN r.code IS NOT NULL THEN 'rule' ELSE 'person' END, CASE WHEN r.code IS NULL THEN d.decided_by END,
                r.code, CASE WHEN s.code IS NULL THEN d.reason END, s.code, s.params
           FROM (SELECT CASE WHEN d.decided_by = 'rule:weighted identifiers' THEN 'weighted_identifiers' END AS code) r
           LEFT JOIN LATERAL (SELECT s.code, (SELECT jsonb_object_agg(n.name, CASE WHEN n.name IN ('score', 'limit', 'lead', 'count', 'conflict', 'decision')
                                                               THEN to_jsonb(found.part[n.place]::numeric) ELSE to_jsonb(found.part[n.place]) END)
                              FROM unnest(s.names) WITH ORDINALITY n(name, place)) AS params
             FROM (VALUES
                   (false, 'no_identifier', 'no asset shares an identifier', NULL, NULL),
                   (false, 'too_little', 'no asset shares enough (the best %)', '^no asset shares enough \(the best (-?[0-9.]+)\)$', '{score}'::text[]),
                   (false, 'not_sure', 'something in common, but not enough to be sure (% of %)', '^something in common, but not enough to be sure \((-?[0-9.]+) of (-?[0-9.]+)\)$', '{score,limit}'::text[]),
                   (false, 'several_assets', '% assets fit about equally well', '^(-?[0-9.]+) assets fit about equally well$', '{count}'::text[]),
                   (false, 'only_asset', 'the only asset that fits (score %)', '^the only asset that fits \(score (-?[0-9.]+)\)$', '{score}'::text[]),
                   (true, 'person_merged', 'a person said that they are one', NULL, NULL),
                   (true, 'person_split', 'a person said that they are two', NULL, NULL)
                  ) AS s(is_of_anybody, code, shape, pattern, names)
            CROSS JOIN LATERAL (SELECT CASE WHEN s.pattern IS NOT NULL AND d.reason LIKE s.shape THEN regexp_match(d.reason, s.pattern) END AS part) found
            WHERE (s.is_of_anybody OR r.code IS NOT NULL) AND (found.part IS NOT NULL OR s.pattern IS NULL AND d.reason = s.shape) LIMIT 1) s ON true);

ALTER TABLE match_reviews
  ADD COLUMN settled_by_kind varchar(10) CONSTRAINT match_reviews_settled_by_kind_known CHECK (settled_by_kind IN ('rule', 'person')),
  ADD COLUMN rule_code varchar(60),
  ADD COLUMN reason_code varchar(60),
  ADD COLUMN reason_params jsonb;
COMMENT ON COLUMN match_reviews.settled_by_kind IS 'rule: it settled itself, by rule_code; person: somebody decided, by name in settled_by. Null while it is open.';
COMMENT ON COLUMN match_reviews.rule_code IS 'Which rule settled it, of src/canonical/vocabulary/rule-codes.ts; null where none did.';
COMMENT ON COLUMN match_reviews.reason IS 'Why a person is asked, as earlier versions wrote it where no code is known; null where reason_code says it.';
COMMENT ON COLUMN match_reviews.reason_code IS 'Why a person is asked, or why it was closed, of src/canonical/vocabulary/rule-codes.ts; its sentence is made when it is shown.';
COMMENT ON COLUMN match_reviews.reason_params IS 'Object: what the sentence of reason_code names in braces.';

-- The reason is always Tieline's own; of an identity it is that of the decision.
UPDATE match_reviews m
   SET (settled_by_kind, settled_by, rule_code, reason, reason_code, reason_params) = (
         SELECT CASE WHEN w.itself THEN 'rule' WHEN m.settled_by IS NOT NULL THEN 'person' END,
                CASE WHEN w.itself THEN NULL ELSE m.settled_by END, CASE WHEN w.itself THEN 'settled_itself' END,
                CASE WHEN s.code IS NULL THEN m.reason END, s.code, s.params
           FROM (SELECT coalesce(m.settled_by = 'rule:settled itself', false) AS itself) w
           LEFT JOIN LATERAL (SELECT s.code, (SELECT jsonb_object_agg(n.name, CASE WHEN n.name IN ('score', 'limit', 'lead', 'count', 'conflict', 'decision')
                                                               THEN to_jsonb(found.part[n.place]::numeric) ELSE to_jsonb(found.part[n.place]) END)
                              FROM unnest(s.names) WITH ORDINALITY n(name, place)) AS params
             FROM (VALUES
                   (false, 'only_component', 'the only component that fits (score %)', '^the only component that fits \(score (-?[0-9.]+)\)$', '{score}'::text[]),
                   (false, 'below_limit', 'score % is below %', '^score (-?[0-9.]+) is below (-?[0-9.]+)$', '{score,limit}'::text[]),
                   (false, 'several_components', '% components fit about equally well', '^(-?[0-9.]+) components fit about equally well$', '{count}'::text[]),
                   (false, 'other_component_better', 'another component fits better by %', '^another component fits better by (-?[0-9.]+)$', '{lead}'::text[]),
                   (false, 'other_component_free', 'another asset is matched to it, and a component that is free fits about as well', NULL, NULL),
                   (false, 'still_fits', 'matched before, and still fits (score %)', '^matched before, and still fits \(score (-?[0-9.]+)\)$', '{score}'::text[]),
                   (false, 'no_longer_fits', 'matched before, but what the two are known by no longer fits (score %)', '^matched before, but what the two are known by no longer fits \(score (-?[0-9.]+)\)$', '{score}'::text[]),
                   (false, 'present_better', 'the present match fits better by %', '^the present match fits better by (-?[0-9.]+)$', '{lead}'::text[]),
                   (false, 'better_than_present', 'fits better by % than the present match', '^fits better by (-?[0-9.]+) than the present match$', '{lead}'::text[]),
                   (false, 'like_present', 'fits about as well as the present match', NULL, NULL),
                   (false, 'person_matched_other', 'a person matched the asset to another component', NULL, NULL),
                   (false, 'standing_says', 'standing decision % says so', '^standing decision (-?[0-9.]+) says so$', '{decision}'::text[]),
                   (false, 'standing_says_other', 'a standing decision says that it is another component', NULL, NULL),
                   (false, 'component_shared', 'probably the same machine as asset %, which has this component (score %)', '^probably the same machine as asset (.+), which has this component \(score (-?[0-9.]+)\)$', '{asset,score}'::text[]),
                   (false, 'component_taken', 'asset % is matched to this component already', '^asset (.+) is matched to this component already$', '{asset}'::text[]),
                   (false, 'several_assets_component', '% assets fit this component about equally well', '^(-?[0-9.]+) assets fit this component about equally well$', '{count}'::text[]),
                   (false, 'other_asset_better', 'asset % fits this component better by %', '^asset (.+) fits this component better by (-?[0-9.]+)$', '{asset,lead}'::text[]),
                   (false, 'an_asset_better', 'another asset fits this component better by %', '^another asset fits this component better by (-?[0-9.]+)$', '{lead}'::text[]),
                   (false, 'assets_share', '% assets share this component', '^(-?[0-9.]+) assets share this component$', '{count}'::text[]),
                   (true, 'connection_removed', 'the connection was removed', NULL, NULL)
                  ) AS s(is_of_anybody, code, shape, pattern, names)
            CROSS JOIN LATERAL (SELECT CASE WHEN s.pattern IS NOT NULL AND m.reason LIKE s.shape THEN regexp_match(m.reason, s.pattern) END AS part) found
            WHERE (s.is_of_anybody OR true) AND (found.part IS NOT NULL OR s.pattern IS NULL AND m.reason = s.shape) LIMIT 1) s ON m.reason IS NOT NULL);

ALTER TABLE sync_conflicts
  ADD COLUMN resolved_by_kind varchar(10) CONSTRAINT sync_conflicts_resolved_by_kind_known CHECK (resolved_by_kind IN ('rule', 'person')),
  ADD COLUMN rule_code varchar(60);
COMMENT ON COLUMN sync_conflicts.resolved_by_kind IS 'rule: it settled itself, by rule_code; person: somebody decided, by name in resolved_by. Null while it is open.';
COMMENT ON COLUMN sync_conflicts.resolved_by IS 'Name of the person who settled it; null where a rule did.';
COMMENT ON COLUMN sync_conflicts.rule_code IS 'Which rule settled it, of src/canonical/vocabulary/rule-codes.ts; null where none did.';
COMMENT ON COLUMN sync_conflicts.resolution IS 'What was decided: {choice: internal, external, base or value; effect; value; reason}; or {code}, of src/canonical/vocabulary/rule-codes.ts, where it settled itself or ended with something else.';

UPDATE sync_conflicts c
   SET (resolved_by_kind, resolved_by, rule_code, resolution) = (
         SELECT CASE WHEN w.itself THEN 'rule' WHEN c.resolved_by IS NOT NULL THEN 'person' END,
                CASE WHEN w.itself THEN NULL ELSE c.resolved_by END, CASE WHEN w.itself THEN 'settled_itself' END,
                CASE WHEN s.code IS NULL THEN c.resolution
                     ELSE (c.resolution - CASE WHEN w.itself THEN 'kept' ELSE 'choice' END) || jsonb_build_object('code', s.code) END
           FROM (SELECT coalesce(c.resolved_by = 'rule:settled itself', false) AS itself) w
           LEFT JOIN (VALUES
                   (true, 'it is over', 'over'),
                   (true, 'it is there again', 'there_again'),
                   (true, 'both sides agree', 'sides_agree'),
                   (true, 'the refused change was overtaken', 'refusal_overtaken'),
                   (true, 'nothing hangs on it any more', 'nothing_hangs'),
                   (true, 'it has machines again, or is finished', 'has_machines'),
                   (false, 'the link was broken', 'link_broken'),
                   (false, 'the connection was removed', 'connection_removed')
                  ) AS s(itself, text, code)
             ON s.itself = w.itself AND s.text = CASE WHEN w.itself THEN c.resolution ->> 'kept' ELSE c.resolution ->> 'choice' END)
 WHERE c.resolved_by IS NOT NULL;

ALTER TABLE approvals
  ADD COLUMN reason_code varchar(60);
COMMENT ON COLUMN approvals.reason IS 'What the person who decided gave as the reason.';
COMMENT ON COLUMN approvals.reason_code IS 'Why Tieline withdrew it, of src/canonical/vocabulary/rule-codes.ts; its sentence is made when it is shown.';
COMMENT ON COLUMN approvals.requested_by IS 'Who asked for it; a name, not a reference, so that the record outlives the account.';
UPDATE approvals SET reason = NULL, reason_code = 'no_longer_asked'
 WHERE status = 'withdrawn' AND reason = 'what waits is no longer what was asked for';
