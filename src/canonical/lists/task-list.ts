import { taskSubjects } from '../vocabulary/index.ts';
import { defineList, search, systemFilter } from './define-list.ts';

export const taskList = defineList({
  noun: 'tasks',
  filters: {
    state: { kind: 'choice', known: ['open', 'done'], title: 'open or done' },
    waits: {
      kind: 'word',
      example: 'jdoe',
      isPerson: true,
      title: 'who it waits for: theirs, their teams’, or nobody’s; me',
    },
    assigned: {
      kind: 'word',
      example: 'jdoe',
      also: ['none', 'any'],
      isPerson: true,
      title: 'whose it is: a person (with their teams) or a team by name; me',
    },
    system: systemFilter,
    about: { kind: 'choice', known: taskSubjects, title: 'what kind of record it is about' },
    record: { kind: 'word', example: 'POAM-2026-0001', title: 'the record it is about, by id' },
    due: { kind: 'instant', lies: 'ahead', also: ['none', 'any'], title: 'due' },
    made: { kind: 'instant', lies: 'behind', title: 'when it was made' },
    by: { kind: 'word', example: 'jdoe', isPerson: true, title: 'who made it' },
    q: search,
  },
  sorts: ['due', 'made'],
  defaultSort: 'due',
  facets: ['state', 'system', 'about'],
});
