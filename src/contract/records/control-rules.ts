import { z } from 'zod';

/** A rule that ties weaknesses to controls. */
export const controlRule = z.strictObject({
  id: z.number(),
  priority: z.number(),
  matchField: z.enum(['cci', 'plugin_id', 'family', 'cwe', 'cve', 'name', 'any']),
  pattern: z.string(),
  controls: z.array(z.string()),
  source: z.string(),
});

/** `controls rules list`, in the order in which they are asked. */
export const controlRules = z.array(controlRule);

/** `controls rules explain`: the first of `matching` counts, unless the plugin names its controls itself. */
export const controlsExplained = z.strictObject({
  pluginId: z.string(),
  name: z.string(),
  controls: z.array(z.string()),
  reason: z.string(),
  titles: z.array(
    z.strictObject({
      controlId: z.string(),
      title: z.string(),
      isWithdrawn: z.boolean(),
      movedTo: z.string().nullable(),
    }),
  ),
  matching: controlRules,
});
