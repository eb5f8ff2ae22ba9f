import { z } from 'zod';
import { planDocument } from '../../canonical/vocabulary/index.ts';
import type { Transform } from '../../canonical/mapping/index.ts';
import { fieldFault, json } from '../json/index.ts';

const direction = z.enum(['inbound', 'outbound', 'bidirectional']);
/** Its parts depend on its kind; `mappings export` documents them. */
const transforms = z.array(z.looseObject({ kind: z.string() }) as unknown as z.ZodType<Transform>);

const mapping = z.strictObject({
  entityType: z.string(),
  externalField: z.string(),
  internalField: z.string(),
  direction,
  transforms,
  required: z.boolean(),
});

/** `mappings list`. */
export const mappingList = z.array(z.strictObject({ mapping, differs: z.boolean() }));

/** `mappings set|remove|reset|import`. */
export const mappingsChanged = z.strictObject({
  changes: z.strictObject({
    added: z.array(mapping),
    removed: z.array(mapping),
    changed: z.array(z.strictObject({ before: mapping, after: mapping })),
  }),
  plan: planDocument.optional(),
  saved: z.boolean(),
});

/** `mappings export`: as `mappings import` reads it. */
export const mappingFile = z.array(
  z.strictObject({
    entity: z.string(),
    external: z.string(),
    internal: z.string(),
    direction: direction.optional(),
    transforms: z.array(z.unknown()).optional(),
    required: z.boolean().optional(),
  }),
);

/** `mappings export --out`. */
export const mappingsWritten = z.strictObject({ written: z.number(), file: z.string() });

/** `mappings test`. */
export const mappingTrial = z.strictObject({
  fields: z.array(
    z.strictObject({
      external: z.string(),
      internal: z.string(),
      raw: json.optional(),
      mapped: json.optional(),
      fault: z.string().optional(),
      out: json.optional(),
      outDiffers: z.boolean(),
    }),
  ),
  faults: z.array(fieldFault),
});
