-- Plans show from where the control of a POA&M comes; what they named was a page that no installation has. docs/sync.md, Controls.

UPDATE control_rules SET source = replace(source, 'reference/grc.md, Controls', 'docs/sync.md, Controls')
 WHERE source LIKE '%reference/grc.md, Controls%';
