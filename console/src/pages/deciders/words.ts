import type { Role } from '../../../../src/canonical/access/index.ts';
import type { DeciderLevel, DeciderRule } from '../../api/decisions/deciders.ts';
import { roleWords } from '../../shell/words.ts';

export const kindWords: Readonly<Record<DeciderRule['kind'], string>> = {
  false_positive: 'False positive',
  risk_adjustment: 'Risk adjustment',
  risk_acceptance: 'Risk acceptance',
  operational_requirement: 'Operational requirement',
  vendor_dependency: 'Vendor dependency',
  extension: 'Extension',
  completion: 'Completion',
  due_date: 'Earlier due date',
  policy_start: 'Policy that begins',
};
export const kinds = Object.keys(kindWords) as DeciderRule['kind'][]; // its own keys

/** Roles that decide requests. */
export const decidingRoles = ['isso', 'issm', 'ao'] as const satisfies readonly Role[];

const roleWord = (role: string): string =>
  role === 'ao' ? 'authorizing official' : (roleWords[role] ?? role);

const levelWords = ({ roles, needs }: DeciderLevel): string =>
  roles.map(roleWord).join(needs === 'all' ? ' and ' : ' or ');

export const whoWords = ({ isRefused, levels }: Pick<DeciderRule, 'isRefused' | 'levels'>): string =>
  isRefused
    ? 'Refused: such a request is not taken'
    : levels.length === 0
      ? 'Nobody is asked'
      : levels
          .map(levelWords)
          .join(', then ')
          .replace(/^./, (letter) => letter.toUpperCase());
