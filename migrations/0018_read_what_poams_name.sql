-- What a POA&M names (plugins, CVEs), read from its text once, so that a POA&M that somebody made by hand is recognised as the answer
-- to a weakness without a search through the texts of all. Design section 7.

CREATE TABLE poam_mentions (
  poam_id integer PRIMARY KEY REFERENCES ingestion_poams (id) ON DELETE CASCADE,
  text_digest uuid NOT NULL,
  plugin_ids text[] NOT NULL DEFAULT '{}',
  cve_ids text[] NOT NULL DEFAULT '{}',
  read_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE poam_mentions IS 'The plugins and CVEs that the text of a POA&M names, by the rule in src/model/poam-mentions.ts; renewed whenever the text differs from what was read.';
COMMENT ON COLUMN poam_mentions.text_digest IS 'MD5 of the texts that were read and of the edition of the rule.';
COMMENT ON COLUMN poam_mentions.plugin_ids IS 'Numbers without leading zeros.';
COMMENT ON COLUMN poam_mentions.cve_ids IS 'As CVE-2026-20008.';
