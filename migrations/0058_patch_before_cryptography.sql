-- A security update of a package is flaw remediation, whatever the package is about: the sample of an organization files "openssl
-- vulnerabilities (USN-5402-1)" and a Cisco advisory about its SSL VPN under SI-2, where the rule for cryptography took both for SC-13.
-- Rules that somebody edited stay as they are.
UPDATE control_rules SET priority = 115
 WHERE match_field = 'family' AND pattern = 'local security checks|microsoft bulletins' AND priority = 210 AND controls = '{SI-2,RA-5}';

INSERT INTO control_rules (priority, match_field, pattern, controls, source) VALUES
  (116, 'family', '^(cisco|junos|huawei|palo alto|f5)', '{SI-2,RA-5}', 'advisories of network vendors are flaw remediation (docs/sync.md, Controls)')
ON CONFLICT ON CONSTRAINT control_rules_once DO NOTHING;
