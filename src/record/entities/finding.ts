import { renewAllExposure } from '../findings/index.ts';
import { defineEntity } from './define-entity.ts';

export const finding = defineEntity({
  name: 'finding',
  kind: 'fact',
  title: { one: 'finding', many: 'findings' },
  readTurn: 30,
  absence: 'none',
  readsAhead: true,
  whenReadWhole: renewAllExposure,
});
