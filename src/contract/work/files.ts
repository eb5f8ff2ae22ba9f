import { z } from 'zod';

/** `files check`. */
export const filesChecked = z.strictObject({
  store: z.enum(['folder', 'database']),
  files: z.number(),
  bytes: z.number(),
  faults: z.array(z.strictObject({ sha256: z.string(), fault: z.enum(['missing', 'damaged']) })),
});
