/** A text of a POA&M that stayed when its weakness rule was changed, though the version in force says it otherwise. */
import { z } from 'zod';

export const keptText = z.strictObject({
  field: z.enum(['weakness_description', 'remediation_plan', 'milestones']),
  why: z.enum(['edited', 'held', 'policy', 'number', 'unknown']),
  /** Of a milestone what it says. */
  text: z.string().optional(),
});
export type KeptText = z.infer<typeof keptText>;

/** Why, as people read it, after "stays: ". */
export const keptTextWords: Readonly<Record<KeptText['why'], string>> = {
  edited: 'somebody edited it',
  held: 'a conflict about it is open',
  policy: 'the policy lets no such change out',
  number: 'the rule has another number of milestones now',
  unknown: 'what it was made with is not known any more',
};
