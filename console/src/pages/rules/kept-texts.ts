import type { RulePreview } from '../../api/rules.ts';

/** Why a text of a POA&M stays though its rule says it otherwise, after "stays: ". */
export const keptTextWords: Readonly<Record<RulePreview['poams'][number]['kept'][number]['why'], string>> = {
  edited: 'somebody edited it',
  held: 'a conflict about it is open',
  policy: 'the policy lets no such change out',
  number: 'the rule has another number of milestones now',
  unknown: 'what it was made with is not known any more',
};
