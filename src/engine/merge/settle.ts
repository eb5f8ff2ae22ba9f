/**
 * From a verdict of the three-way merge and a policy to what is to be done with a field. SPEC.md, section 3.
 *
 * To keep our value, the base moves to the remote's: our value is then an edit made in the knowledge of it, and goes
 * out like any other. So a settled conflict needs no path of its own, and one that the remote moves again under our hands is
 * a conflict again.
 */
import type { Comparison } from '../../canonical/vocabulary/index.ts';
import { type Json, scalarText } from '../../platform/values/index.ts';
import type { ConflictStrategy, FieldPolicy, SyncDirection } from '../../canonical/policy/index.ts';
import { canonical, mergeField, type Verdict } from './three-way.ts';

export type Action =
  /** Both sides have it: the base moves to it. */
  | { readonly do: 'agree' }
  /** Ours becomes the remote's. */
  | { readonly do: 'take'; readonly value: Json | undefined }
  /** Ours wins and is to be sent. */
  | { readonly do: 'send' }
  /** Both become this value, which holds what either side has. */
  | { readonly do: 'join'; readonly value: Json }
  /** Neither side is touched, and nothing is reported: the policy lets the value go neither way. */
  | { readonly do: 'leave' }
  /** Neither side is touched until a person decides. */
  | { readonly do: 'hold' };

type Rule = 'agree' | 'take' | 'send' | 'settle';

/** Rows: the verdict. Columns: the direction that the policy allows. */
const rules: Readonly<Record<Verdict, Readonly<Record<SyncDirection, Rule>>>> = {
  same: { inbound: 'agree', outbound: 'agree', bidirectional: 'agree' },
  take: { inbound: 'take', outbound: 'send', bidirectional: 'take' },
  send: { inbound: 'take', outbound: 'send', bidirectional: 'send' },
  conflict: { inbound: 'take', outbound: 'send', bidirectional: 'settle' },
};

export interface FieldValues {
  readonly base: Json | undefined;
  readonly internal: Json | undefined;
  readonly external: Json | undefined;
}

/** When each side last changed, where that is known and can be trusted. */
export interface EditTimes {
  readonly internal: Date | undefined;
  readonly external: Date | undefined;
}

const settlements: Readonly<Record<ConflictStrategy, (values: FieldValues, times: EditTimes) => Action>> = {
  external_wins: ({ external }) => ({ do: 'take', value: external }),
  internal_wins: () => ({ do: 'send' }),
  newest_wins: ({ external }, times) => {
    if (!times.internal || !times.external || times.internal.getTime() === times.external.getTime())
      return { do: 'hold' };
    return times.internal > times.external ? { do: 'send' } : { do: 'take', value: external };
  },
  manual: () => ({ do: 'hold' }),
  union: ({ internal, external }) => {
    const ours = asList(internal);
    const theirs = asList(external);
    return ours && theirs ? { do: 'join', value: unionOf(ours, theirs) } : { do: 'hold' };
  },
  append: (values) => appended(values) ?? { do: 'hold' },
};

/**
 * What is to be done with a field.
 * @param as how the values of the field are compared.
 * Where there is no base (the two were just linked), a policy of one way never empties a side: it leaves the field alone.
 */
export function settleField(
  values: FieldValues,
  policy: FieldPolicy,
  times: EditTimes,
  as: Comparison = 'text',
): Action {
  const verdict = mergeField(values, as);
  const rule = rules[verdict][policy.direction];
  if (values.base === undefined && rule !== verdict && (verdict === 'take' || verdict === 'send'))
    return { do: 'leave' };
  switch (rule) {
    case 'agree':
      return { do: 'agree' };
    case 'take':
      return { do: 'take', value: values.external };
    case 'send':
      return { do: 'send' };
    case 'settle':
      return settlements[policy.strategy](values, times);
  }
}

function asList(value: Json | undefined): readonly Json[] | undefined {
  if (value === undefined || value === null) return [];
  return Array.isArray(value) ? value : undefined;
}

function unionOf(ours: readonly Json[], theirs: readonly Json[]): Json[] {
  const known = new Set<string>();
  return [...ours, ...theirs].filter((each) => {
    const key = JSON.stringify(canonical(each));
    if (known.has(key)) return false;
    known.add(key);
    return true;
  });
}

/** Both sides only added to the base: theirs first, since they are published already, then ours. */
function appended({ base, internal, external }: FieldValues): Action | undefined {
  const list = (value: Json | undefined): readonly Json[] | undefined =>
    typeof value === 'string' ? value.replaceAll('\r\n', '\n').trimEnd().split('\n') : asList(value);
  const before = base === undefined || base === null || base === '' ? [] : list(base);
  const ours = list(internal);
  const theirs = list(external);
  const isText = typeof internal === 'string' && typeof external === 'string';
  if (
    !before ||
    !ours ||
    !theirs ||
    isText !== (typeof internal === 'string' || typeof external === 'string')
  )
    return undefined;
  const startsWith = (whole: readonly Json[]): boolean =>
    before.every((each, at) => JSON.stringify(canonical(each)) === JSON.stringify(canonical(whole[at])));
  if (!startsWith(ours) || !startsWith(theirs)) return undefined;
  const joined = [...theirs, ...ours.slice(before.length)];
  return { do: 'join', value: isText ? joined.map(scalarText).join('\n') : joined };
}
