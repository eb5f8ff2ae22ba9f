import { renewReportingOfRead } from '../assets/index.ts';
import { defineEntity } from './define-entity.ts';

export const asset = defineEntity({
  name: 'asset',
  kind: 'fact',
  title: { one: 'asset', many: 'assets' },
  readTurn: 10,
  absence: 'mark',
  readsAhead: false,
  whenReadWhole: renewReportingOfRead,
});
