import { z } from 'zod';
import { maybe, text } from './field-types.ts';

/** A file kept with a POA&M as its evidence. */
export const artifactRecord = z.object({
  artifact_id: text.min(1).max(100),
  parent_remote_id: text.min(1).max(255),
  file_name: text.min(1).max(255),
  description: maybe(text),
  sha256: text.min(1).max(64),
});
