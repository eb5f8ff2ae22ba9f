/** What a history is made of, how it is drawn at random, and how it is printed for a person. */
import fc from 'fast-check';
import { historyFields, type Value } from './fields.ts';
import type { Direction, Policy, Strategy } from './model.ts';

export interface Edit {
  readonly by: 'here' | 'there' | 'person';
  readonly field: number;
  readonly value: number;
}

/** What goes wrong during a sync. */
export type Trouble =
  | { readonly kind: 'none' }
  /** The process ends at its n-th statement, before or after it takes effect. */
  | { readonly kind: 'crash'; readonly at: number; readonly after: boolean }
  /** The remote does what it is asked and cuts the connection, for the n-th write. */
  | { readonly kind: 'answer lost'; readonly skip: number; readonly times: number }
  | { readonly kind: 'server error'; readonly skip: number; readonly times: number }
  | { readonly kind: 'pages twice' }
  | { readonly kind: 'page cut'; readonly skip: number }
  | { readonly kind: 'clock'; readonly seconds: number }
  /** The remote refuses every write for the length of this sync. */
  | { readonly kind: 'remote down for writes' };

export interface Round {
  readonly full: boolean;
  readonly trouble: Trouble;
}

/** Several histories side by side, each of its own records; they share the policies and the syncs. */
export interface Batch {
  readonly policies: Readonly<Record<string, Policy>>;
  readonly rounds: readonly Round[];
  /** History → round → edits made before the sync of that round. */
  readonly histories: readonly (readonly (readonly Edit[])[])[];
}

const trouble: fc.Arbitrary<Trouble> = fc.oneof(
  { weight: 4, arbitrary: fc.constant<Trouble>({ kind: 'none' }) },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('crash' as const),
      at: fc.integer({ min: 1, max: 160 }),
      after: fc.boolean(),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('answer lost' as const),
      skip: fc.integer({ min: 0, max: 4 }),
      times: fc.integer({ min: 1, max: 6 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('server error' as const),
      skip: fc.integer({ min: 0, max: 4 }),
      times: fc.integer({ min: 1, max: 6 }),
    }),
  },
  { weight: 1, arbitrary: fc.constant<Trouble>({ kind: 'pages twice' }) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('page cut' as const), skip: fc.integer({ min: 0, max: 5 }) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('clock' as const),
      seconds: fc.constantFrom(-3600, -90, 45, 3600),
    }),
  },
  { weight: 1, arbitrary: fc.constant<Trouble>({ kind: 'remote down for writes' }) },
);

const edit: fc.Arbitrary<Edit> = fc.record({
  by: fc.constantFrom(
    'here' as const,
    'there' as const,
    'here' as const,
    'there' as const,
    'person' as const,
  ),
  field: fc.integer({ min: 0, max: historyFields.length - 1 }),
  value: fc.integer({ min: 0, max: 4 }),
});

const directions: readonly Direction[] = [
  'bidirectional',
  'bidirectional',
  'bidirectional',
  'inbound',
  'outbound',
];
const strategies: readonly Strategy[] = ['manual', 'external_wins', 'internal_wins', 'newest_wins'];

const policies = fc.record(
  Object.fromEntries(
    historyFields.map((field) => [
      field.name,
      fc.record({
        direction: fc.constantFrom(...directions),
        strategy: fc.constantFrom(...strategies, ...(field.name === 'comments' ? ['append' as const] : [])),
      }),
    ]),
  ),
);

export const historiesInBatch = 8;

export const batches: fc.Arbitrary<Batch> = fc.record({
  policies,
  rounds: fc.array(fc.record({ full: fc.boolean(), trouble }), { minLength: 1, maxLength: 4 }),
  histories: fc.array(fc.array(fc.array(edit, { maxLength: 4 }), { minLength: 1, maxLength: 4 }), {
    minLength: historiesInBatch,
    maxLength: historiesInBatch,
  }),
});

export const valueOf = (edited: Edit): Value => {
  const field = historyFields[edited.field];
  return field?.values[edited.value % field.values.length] ?? null;
};

const shown = (value: Value): string => (value === null ? 'empty' : JSON.stringify(value));

function troubleText(of: Trouble): string {
  switch (of.kind) {
    case 'none':
      return '';
    case 'crash':
      return `, killed ${of.after ? 'after' : 'before'} its statement ${of.at}`;
    case 'answer lost':
      return `, ${of.times} answers lost after ${of.skip} writes that were carried out`;
    case 'server error':
      return `, ${of.times} server errors after ${of.skip} writes`;
    case 'pages twice':
      return ', pages delivered twice';
    case 'page cut':
      return `, page ${of.skip + 1} cut in the middle`;
    case 'clock':
      return `, the remote's clock off by ${of.seconds} s`;
    case 'remote down for writes':
      return ', the remote answers every write with an error';
  }
}

/** One history of a batch, line by line, for a person. */
export function historyLines(batch: Batch, history: number): string[] {
  const lines: string[] = [];
  const rounds = batch.histories[history] ?? [];
  const touched = new Set(rounds.flat().map((each) => each.field));
  for (const index of touched) {
    const field = historyFields[index];
    const policy = batch.policies[field?.name ?? ''];
    lines.push(`   policy of ${field?.name ?? ''}: ${policy?.direction ?? ''}, ${policy?.strategy ?? ''}`);
  }
  for (const [at, round] of batch.rounds.entries()) {
    for (const each of rounds[at] ?? []) {
      const field = historyFields[each.field]?.name ?? '';
      lines.push(
        each.by === 'person'
          ? `${lines.length + 1}. a person settles the conflict about ${field}, if there is one: ${['ours', 'theirs', 'a third value'][each.value % 3] ?? ''}`
          : `${lines.length + 1}. ${each.by}: ${field} → ${shown(valueOf(each))}`,
      );
    }
    lines.push(`${lines.length + 1}. sync${round.full ? ' --full' : ''}${troubleText(round.trouble)}`);
  }
  return lines;
}
