import { z } from 'zod';
import { counts } from '../json/index.ts';

/** One file of `import`; with `--watch` a line each. */
export const fileOutcome = z.strictObject({
  file: z.string(),
  outcome: z.enum(['imported', 'already imported', 'partial', 'refused']),
  hosts: z.number(),
  items: z.number(),
  openPorts: z.number(),
  heldBecause: z.array(z.string()),
  fixed: z.number(),
  newFindings: z.number(),
  cameBack: z.number(),
  counts,
  operationId: z.string().optional(),
  problem: z.string().optional(),
  code: z.string().optional(),
});

/** `import`. */
export const fileOutcomes = z.array(fileOutcome);
