import type { ApprovalItem, ApprovalRow } from '../../api/decisions/approvals.ts';

export const words = {
  title: 'Approvals',
  many: 'approvals that wait',
  nothingYet:
    'Nothing waits to be approved. A sync asks when a policy wants a person to look at what it sends; people ask for deviations, extensions and completions.',
};

/** As in src/canonical/vocabulary/danger.ts, the most dangerous first. */
export const dangerOrder: readonly string[] = [
  'ends_poam',
  'later_or_lower',
  'accepts_risk',
  'creates',
  'updates',
  'tags',
  'links',
  'held',
];
/** These must be looked at before anything is approved. */
export const mustBeViewed: ReadonlySet<string> = new Set(['ends_poam', 'later_or_lower', 'accepts_risk']);

const titles: Readonly<Record<string, string>> = {
  ends_poam: 'Completes or cancels a record',
  later_or_lower: 'Later date or lower severity',
  accepts_risk: 'Accepts a risk',
  creates: 'Creates a record',
  updates: 'Changes a record',
  tags: 'Sets tags',
  links: 'Links records',
  held: 'Waits for a conflict',
};
export const dangerTitle = (danger: string): string => titles[danger] ?? danger.replaceAll('_', ' ');

const short: Readonly<Record<string, string>> = {
  ends_poam: 'to end',
  later_or_lower: 'later or lower',
  accepts_risk: 'to accept a risk',
  creates: 'to create',
  updates: 'to change',
  tags: 'to tag',
  links: 'to link',
  held: 'held by a conflict',
};

export interface DangerCount {
  readonly danger: string;
  readonly count: number;
  readonly words: string;
}
/** Those that there are, the most dangerous first. */
export const dangersOf = ({ dangers }: Pick<ApprovalRow, 'dangers'>): readonly DangerCount[] =>
  Object.entries(dangers)
    .filter(([, count]) => count > 0)
    .toSorted(([one], [other]) => dangerOrder.indexOf(one) - dangerOrder.indexOf(other))
    .map(([danger, count]) => ({
      danger,
      count,
      words: `${count.toLocaleString('en')} ${short[danger] ?? danger}`,
    }));

const states: Readonly<Record<string, string>> = {
  pending: 'Waits',
  approved: 'Approved',
  rejected: 'Rejected',
  withdrawn: 'Withdrawn',
  expired: 'Expired',
};
export const stateWords = (status: string): string => states[status] ?? status;

const roleTitles: Readonly<Record<string, string>> = {
  isso: 'ISSO',
  issm: 'ISSM',
  ao: 'authorizing official',
};
export const roleWords = (role: string): string => roleTitles[role] ?? role;

/** `the ISSO`, `the ISSO or the ISSM`. */
export const rolesWords = (roles: readonly string[], needs: 'one' | 'all'): string =>
  roles.map((role) => `the ${roleWords(role)}`).join(needs === 'one' ? ' or ' : ' and ');

/** The state, and of a request that waits for whom. */
export const waitsFor = ({ status, request }: Pick<ApprovalRow, 'status' | 'request'>): string =>
  status === 'pending' && request !== null && request.turn.length > 0
    ? `${stateWords(status)} for ${request.turn.map(roleWords).join(', ')}`
    : stateWords(status);

const kindTitles: Readonly<Record<string, string>> = {
  false_positive: 'False positive',
  risk_adjustment: 'Risk adjustment',
  risk_acceptance: 'Risk acceptance',
  operational_requirement: 'Operational requirement',
  vendor_dependency: 'Vendor dependency',
  extension: 'Extension',
  completion: 'Completion',
  due_date: 'Due date',
  policy_start: 'Policy that begins',
};
export const kindWords = (kind: string): string => kindTitles[kind] ?? kind.replaceAll('_', ' ');

/** What an item's record is called in a decision. */
export const recordOf = (item: ApprovalItem): string => item.record;
