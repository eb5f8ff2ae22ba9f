import type { DeviationRow } from '../../api/decisions/deviations.ts';

export const words = {
  title: 'Deviations',
  many: 'deviations',
  nothingYet:
    'Nothing deviates. A deviation is asked for from the page of a POA&M: a risk that is accepted, a finding that is false, a rating that is adjusted.',
};

type Kind = DeviationRow['kind'];

export const kindTitles: Readonly<Record<Kind, string>> = {
  risk_acceptance: 'Risk acceptance',
  false_positive: 'False positive',
  operational_requirement: 'Operational requirement',
  risk_adjustment: 'Risk adjustment',
  vendor_dependency: 'Vendor dependency',
};

/** What each is, for who chooses one. */
export const kindMeanings: Readonly<Record<Kind, string>> = {
  risk_acceptance:
    'The risk is known and accepted until a day. The scanner hides it on these assets until then.',
  false_positive: 'The scanner is wrong, and you can prove it.',
  operational_requirement:
    'A fix would break operations; other controls reduce the risk. Never for a High weakness.',
  risk_adjustment:
    'In this environment the weakness is less severe; each CVSS metric that differs is explained.',
  vendor_dependency: 'The vendor has no fix yet. The vendor is asked again at least every 30 days.',
};

/** `2 assets accepted until 2026-12-31`. */
const heldWords: Readonly<Record<Kind, string>> = {
  risk_acceptance: 'accepted',
  false_positive: 'taken for a false positive',
  operational_requirement: 'left for operations',
  risk_adjustment: 'adjusted',
  vendor_dependency: 'waiting for the vendor',
};
export const heldText = ({
  kind,
  assets,
  until,
}: {
  readonly kind: Kind;
  readonly assets: number;
  readonly until: string | null;
}): string =>
  `${assets} ${assets === 1 ? 'asset' : 'assets'} ${heldWords[kind]}${until === null ? '' : ` until ${until}`}`;

const states: Readonly<Record<DeviationRow['state'], string>> = {
  found: 'Not approved',
  requested: 'Waits',
  approved: 'Holds',
  rejected: 'Rejected',
  withdrawn: 'Withdrawn',
  expired: 'Expired',
  lapsed: 'Lapsed',
};
export const stateWords = (state: DeviationRow['state']): string => states[state];

/** What each kind needs beside the rationale, in the order in which it is asked. `day` and `long` say how it is given. */
export interface Field {
  readonly name: string;
  readonly title: string;
  readonly as: 'line' | 'long' | 'day';
  readonly where: 'request' | 'details';
  readonly optional?: true;
}
const until: Field = { name: 'until', title: 'Last day', as: 'day', where: 'request' };
export const fieldsOf: Readonly<Record<Kind, readonly Field[]>> = {
  risk_acceptance: [
    { name: 'conditions', title: 'Conditions under which it is accepted', as: 'long', where: 'details' },
    {
      name: 'compensatingControls',
      title: 'Compensating controls',
      as: 'long',
      where: 'request',
      optional: true,
    },
    until,
  ],
  false_positive: [
    { name: 'proof', title: 'What proves that the scanner is wrong', as: 'long', where: 'details' },
    { ...until, optional: true },
  ],
  operational_requirement: [
    { name: 'impact', title: 'What a fix would do to operations', as: 'long', where: 'details' },
    { name: 'acceptedBecause', title: 'Why the remaining risk is accepted', as: 'long', where: 'details' },
    { name: 'compensatingControls', title: 'Compensating controls', as: 'long', where: 'request' },
    { name: 'reviewOn', title: 'Looked at again on', as: 'day', where: 'request' },
    until,
  ],
  risk_adjustment: [
    { name: 'vectorBefore', title: 'CVSS vector of the weakness', as: 'line', where: 'details' },
    { name: 'vectorAfter', title: 'CVSS vector in this environment', as: 'line', where: 'details' },
    {
      name: 'explanations',
      title: 'Why each metric differs, a line each: MAV: only the management network',
      as: 'long',
      where: 'details',
    },
    { name: 'mitigation', title: 'What makes the risk smaller here', as: 'long', where: 'details' },
    { ...until, optional: true },
  ],
  vendor_dependency: [
    { name: 'product', title: 'Product that waits for a fix', as: 'line', where: 'details' },
    { name: 'vendor', title: 'Vendor', as: 'line', where: 'details' },
    { name: 'checkedIn', title: 'Vendor last asked on', as: 'day', where: 'details' },
    { name: 'contact', title: 'How and whom you asked, and what they said', as: 'long', where: 'details' },
    { name: 'expectedFix', title: 'Fix expected on', as: 'day', where: 'details', optional: true },
  ],
};

/** The lines of a box as metrics with why: `MAV: only the management network`. */
export const explanationsIn = (text: string): Record<string, string> =>
  Object.fromEntries(
    text.split('\n').flatMap((line) => {
      const at = line.indexOf(':');
      return at > 0 ? [[line.slice(0, at).trim().toUpperCase(), line.slice(at + 1).trim()]] : [];
    }),
  );

const detailTitles: Readonly<Record<string, string>> = Object.fromEntries(
  Object.values(fieldsOf)
    .flat()
    .map(({ name, title }) => [name, title]),
);
export const detailTitle = (name: string): string => detailTitles[name] ?? name;
