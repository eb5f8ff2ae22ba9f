import { defineEntity } from './define-entity.ts';

export const compliance = defineEntity({
  name: 'compliance',
  kind: 'fact',
  title: { one: 'compliance result', many: 'compliance results' },
  readTurn: 40,
  absence: 'none',
  readsAhead: false,
});
