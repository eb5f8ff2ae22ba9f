import { z } from 'zod';
import { instant, text, upTo, words, maybe } from './field-types.ts';

/** A plugin: what every finding of it shares. */
export const pluginRecord = z.object({
  plugin_id: text.regex(/^\d{1,12}$/, 'a plugin id is a whole number'),
  name: text,
  family: maybe(text),
  synopsis: maybe(text),
  description: maybe(text),
  solution: maybe(text),
  risk_factor: maybe(upTo(20)),
  cvss_base_score: maybe(z.number().min(0).max(10)),
  cvss_vector: maybe(text),
  cvss3_base_score: maybe(z.number().min(0).max(10)),
  cvss3_vector: maybe(text),
  vpr_score: maybe(z.number().min(0).max(10)),
  /** As a share, 0 to 1. */
  epss_score: maybe(z.number().min(0).max(1)),
  cves: maybe(words),
  cross_references: maybe(words),
  see_also: maybe(words),
  exploit_available: maybe(z.boolean()),
  has_patch: maybe(z.boolean()),
  published_at: maybe(instant),
  modified_at: maybe(instant),
  patch_published_at: maybe(instant),
  /** When the report was made that says this, where that is known: of two texts with one modification date, the later one wins. */
  observed_at: maybe(instant),
});
export type PluginRecord = z.infer<typeof pluginRecord>;
