import { defineList, systemFilter } from './define-list.ts';

/** Without a `state`, matches that wait for a person. */
export const matchList = defineList({
  noun: 'matches',
  filters: {
    system: systemFilter,
    connection: { kind: 'word', example: 'grc', title: 'connection whose records are matched' },
    kind: {
      kind: 'choice',
      known: ['component', 'duplicate', 'identity', 'boundary'],
      title: 'what is asked',
    },
    asset: { kind: 'word', example: 'web01', title: 'asset, by uuid or name' },
    state: { kind: 'choice', known: ['open', 'settled'], title: 'open or settled' },
    age: { kind: 'instant', lies: 'behind', title: 'opened' },
  },
  sorts: ['age', 'gain'],
  // What would give a system to most findings first.
  defaultSort: '-gain',
  facets: ['system', 'connection', 'kind'],
});
