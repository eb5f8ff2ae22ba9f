import { defineList } from './define-list.ts';

/** Where an import stands, and once it is over, what it came to. */
export const importStates = [
  'waiting',
  'running',
  'imported',
  'already imported',
  'partial',
  'refused',
  'cancelled',
] as const;
export type ImportState = (typeof importStates)[number];

/** Scan files as they were brought: sent to the server, or imported at the machine. */
export const importList = defineList({
  noun: 'imports',
  filters: {
    state: { kind: 'choice', known: importStates, title: 'what became of it' },
    source: { kind: 'word', example: 'scan files', title: 'source it is filed under' },
    by: { kind: 'word', example: 'J. Doe', title: 'who brought it' },
    at: { kind: 'instant', lies: 'behind', title: 'when it was brought' },
    q: { kind: 'text', title: 'words in the name of the file' },
  },
  sorts: ['at'],
  defaultSort: '-at',
  facets: ['state', 'source'],
});
