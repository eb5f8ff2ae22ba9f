-- Connections that have the field mappings of POA&Ms as an earlier release shipped them get the eight that a deviation is told by. Mappings that somebody
-- changed stay as they are: `tieline connections check` says which fields they leave out.

INSERT INTO data_field_mappings (external_system_id, entity_type, external_field_name, internal_field_name, transformation_rule, is_required)
SELECT s.id, 'poam', n.external, n.internal, n.rule, false
  FROM external_systems s
 CROSS JOIN jsonb_to_recordset('[
  {"external":"deviation_type","internal":"deviation_kind","rule":{"direction":"bidirectional","transforms":[{"kind":"text"},{"kind":"trim"}]}},
  {"external":"deviation_status","internal":"deviation_status","rule":{"direction":"bidirectional","transforms":[{"kind":"text"},{"kind":"trim"}]}},
  {"external":"deviation_reference","internal":"deviation_reference","rule":{"direction":"bidirectional","transforms":[{"kind":"text"},{"kind":"trim"}]}},
  {"external":"deviation_summary","internal":"deviation_summary","rule":{"direction":"bidirectional","transforms":[{"kind":"text"},{"kind":"trim"}]}},
  {"external":"deviation_decided_by","internal":"deviation_decided_by","rule":{"direction":"bidirectional","transforms":[{"kind":"text"},{"kind":"trim"}]}},
  {"external":"deviation_decided_on","internal":"deviation_decided_on","rule":{"direction":"bidirectional","transforms":[{"kind":"date","external":"date","internal":"date","also":["MM/DD/YYYY"]}]}},
  {"external":"deviation_expires_on","internal":"deviation_expires_on","rule":{"direction":"bidirectional","transforms":[{"kind":"date","external":"date","internal":"date","also":["MM/DD/YYYY"]}]}},
  {"external":"adjusted_risk_rating","internal":"deviation_rating","rule":{"direction":"bidirectional","transforms":[{"kind":"text"},{"kind":"trim"}]}}
]'::jsonb) AS n(external text, internal text, rule jsonb)
 WHERE s.system_type = 'xacta'
   AND (SELECT count(*) FROM data_field_mappings m WHERE m.external_system_id = s.id AND m.entity_type = 'poam') = 25
   AND (SELECT count(*)
          FROM data_field_mappings m
          JOIN jsonb_to_recordset('[
  {"external":"id","internal":"remote_id","rule":{"direction":"inbound","transforms":[{"kind":"text"}]}},
  {"external":"system_id","internal":"parent_remote_id","rule":{"direction":"inbound","transforms":[{"kind":"text"}]}},
  {"external":"external_uid","internal":"external_uid","rule":{"direction":"bidirectional","transforms":[{"kind":"text"}]}},
  {"external":"weakness_description","internal":"weakness_description","rule":{"direction":"bidirectional","transforms":[{"kind":"text"},{"kind":"trim"}]}},
  {"external":"source","internal":"source_of_discovery","rule":{"direction":"bidirectional","transforms":[{"kind":"text"},{"kind":"trim"}]}},
  {"external":"security_control","internal":"security_control","rule":{"direction":"bidirectional","transforms":[{"kind":"text"},{"kind":"trim"}]}},
  {"external":"resources","internal":"resources_required","rule":{"direction":"bidirectional","transforms":[{"kind":"text"},{"kind":"trim"}]}},
  {"external":"scheduled_completion","internal":"scheduled_completion","rule":{"direction":"bidirectional","transforms":[{"kind":"date","external":"date","internal":"date","also":["MM/DD/YYYY"]}]}},
  {"external":"completion_date","internal":"actual_completion","rule":{"direction":"bidirectional","transforms":[{"kind":"date","external":"date","internal":"date","also":["MM/DD/YYYY"]}]}},
  {"external":"poc","internal":"poc","rule":{"direction":"bidirectional","transforms":[{"kind":"text"},{"kind":"trim"}]}},
  {"external":"status","internal":"status","rule":{"direction":"inbound","transforms":[{"kind":"values","map":{"open":"Open","ongoing":"Open","critical":"Open","in_progress":"In Progress","delayed":"In Progress","overdue":"In Progress","pending_verification":"Pending Verification","completed":"Completed","closed":"Completed","risk_accepted":"Risk Accepted","false_positive":"False Positive","operational_requirement":"Operational Requirement","not_applicable":"Not Applicable","cancelled":"Cancelled","archived":"Cancelled"}}]}},
  {"external":"status","internal":"status","rule":{"direction":"outbound","transforms":[{"kind":"values","map":{"ongoing":"Open","in_progress":"In Progress","pending_verification":"Pending Verification","completed":"Completed","risk_accepted":"Risk Accepted","false_positive":"False Positive","operational_requirement":"Operational Requirement","not_applicable":"Not Applicable","cancelled":"Cancelled"}}]}},
  {"external":"risk_rating","internal":"risk_rating","rule":{"direction":"bidirectional","transforms":[{"kind":"text"},{"kind":"trim"}]}},
  {"external":"deviation_rationale","internal":"deviation_rationale","rule":{"direction":"bidirectional","transforms":[{"kind":"text"},{"kind":"trim"}]}},
  {"external":"original_detection_date","internal":"original_detection_date","rule":{"direction":"bidirectional","transforms":[{"kind":"date","external":"date","internal":"date","also":["MM/DD/YYYY"]}]}},
  {"external":"weakness_severity","internal":"weakness_risk_level","rule":{"direction":"bidirectional","transforms":[{"kind":"text"},{"kind":"trim"}]}},
  {"external":"residual_risk","internal":"residual_risk_level","rule":{"direction":"bidirectional","transforms":[{"kind":"text"},{"kind":"trim"}]}},
  {"external":"threat_relevance","internal":"threat_relevance","rule":{"direction":"bidirectional","transforms":[{"kind":"text"},{"kind":"trim"}]}},
  {"external":"likelihood","internal":"likelihood","rule":{"direction":"bidirectional","transforms":[{"kind":"text"},{"kind":"trim"}]}},
  {"external":"impact","internal":"impact","rule":{"direction":"bidirectional","transforms":[{"kind":"text"},{"kind":"trim"}]}},
  {"external":"mitigation_strategy","internal":"remediation_plan","rule":{"direction":"bidirectional","transforms":[{"kind":"text"},{"kind":"trim"}]}},
  {"external":"comments","internal":"comments","rule":{"direction":"bidirectional","transforms":[{"kind":"text"},{"kind":"trim"}]}},
  {"external":"affected_assets","internal":"affected_assets","rule":{"direction":"bidirectional","transforms":[{"kind":"list"}]}},
  {"external":"cve_references","internal":"cves","rule":{"direction":"bidirectional","transforms":[{"kind":"list"}]}},
  {"external":"cost_estimate","internal":"cost_estimate","rule":{"direction":"bidirectional","transforms":[{"kind":"text"},{"kind":"trim"}]}}
]'::jsonb) AS f(external text, internal text, rule jsonb)
            ON f.external = m.external_field_name AND f.internal = m.internal_field_name AND f.rule = m.transformation_rule::jsonb
         WHERE m.external_system_id = s.id AND m.entity_type = 'poam') = 25;
