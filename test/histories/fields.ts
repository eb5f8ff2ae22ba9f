/** The fields that histories edit: what they are called on each side, what values they take, what the remote makes of them. */

export type Entity = 'poam' | 'milestone' | 'control';
export type Value = string | null;

export interface HistoryField {
  readonly name: string;
  readonly entity: Entity;
  /** Our column. */
  readonly here: string;
  /** The remote's field. */
  readonly there: string;
  /** Values in our words. */
  readonly values: readonly Value[];
  /** A value as an application here spells it. */
  readonly written: (value: Value) => Value;
  /** What the remote stores when it is sent a value, in our words. */
  readonly stored: (value: Value) => Value;
  /** A value of ours as the remote spells it, for an edit made there. */
  readonly spelled: (value: Value) => Value;
  /** The remote's spelling in our words. */
  readonly heard: (value: Value) => Value;
  /** The column as it is read back here. */
  readonly read: (value: unknown) => Value;
}

const asIs = (value: Value): Value => value;
const text = (value: unknown): Value => (typeof value === 'string' ? value : null);
const day = (value: unknown): Value => text(value)?.slice(0, 10) ?? null;
const lower = (value: Value): Value => value?.toLowerCase() ?? null;

const implementation: Readonly<Record<string, string>> = {
  Implemented: 'implemented',
  'Partially Implemented': 'partially_implemented',
  'Not Implemented': 'not_implemented',
};

export const historyFields: readonly HistoryField[] = [
  {
    name: 'comments',
    entity: 'poam',
    here: 'comments',
    there: 'comments',
    values: ['a', 'a\nb', 'a\nc', 'x', null],
    written: asIs,
    stored: asIs,
    spelled: asIs,
    heard: asIs,
    read: text,
  },
  {
    name: 'plan',
    entity: 'poam',
    here: 'remediation_plan',
    there: 'mitigation_strategy',
    values: ['patch', 'replace', 'isolate', null],
    written: asIs,
    stored: asIs,
    spelled: asIs,
    heard: asIs,
    read: text,
  },
  {
    name: 'resources',
    entity: 'poam',
    here: 'resources_required',
    there: 'resources',
    values: ['one engineer', 'two engineers', 'a window'],
    written: asIs,
    stored: asIs,
    spelled: asIs,
    heard: asIs,
    read: text,
  },
  {
    name: 'risk',
    entity: 'poam',
    here: 'risk_rating',
    there: 'risk_rating',
    // Of a value list: the case is nobody's edit, so each side keeps its own.
    values: ['high', 'low', 'moderate', null],
    written: (value) => value && value.slice(0, 1).toUpperCase() + value.slice(1),
    stored: asIs,
    spelled: asIs,
    heard: asIs,
    read: (value) => lower(text(value)),
  },
  {
    name: 'due',
    entity: 'poam',
    here: 'scheduled_completion',
    there: 'scheduled_completion',
    values: ['2027-12-31', '2028-01-15', '2028-02-20'],
    written: asIs,
    stored: asIs,
    spelled: asIs,
    heard: asIs,
    read: day,
  },
  {
    name: 'milestone comments',
    entity: 'milestone',
    here: 'comments',
    there: 'comments',
    values: ['begun', 'late', 'done', null],
    written: asIs,
    stored: asIs,
    spelled: asIs,
    heard: asIs,
    read: text,
  },
  {
    name: 'milestone date',
    entity: 'milestone',
    here: 'scheduled_completion',
    there: 'target_date',
    values: ['2027-03-01', '2027-04-01', '2027-05-01'],
    written: asIs,
    stored: asIs,
    spelled: asIs,
    heard: asIs,
    read: day,
  },
  {
    name: 'implementation',
    entity: 'control',
    here: 'implementation_status',
    there: 'implementation_status',
    values: Object.keys(implementation),
    written: asIs,
    stored: asIs,
    spelled: (value) => (value === null ? null : (implementation[value] ?? value)),
    heard: (value) => Object.keys(implementation).find((word) => implementation[word] === value) ?? value,
    read: text,
  },
];
