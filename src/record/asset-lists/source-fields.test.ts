import { expect, it } from 'vitest';
import { sourceFields } from './source-fields.ts';

const source = (record: Record<string, string | null | string[]>) => ({
  source: 's',
  type: 't',
  externalId: '1',
  lastSeen: null,
  reportedAt: new Date(0),
  record,
});

it('of single values that of the source that saw the asset last is taken, of lists all, of the first sighting the earliest', () => {
  const sources = [
    source({
      hostname: 'web01',
      acr_score: null,
      first_seen: '2026-02-01',
      fqdns: ['a', 'b'],
      agent_uuid: 'x',
    }),
    source({
      hostname: 'web-01',
      acr_score: '7',
      first_seen: '2026-01-01',
      fqdns: ['b', 'c'],
      netbios_name: null,
    }),
  ];
  expect(sourceFields(sources).map(({ field, taken, why, from }) => [field, taken, why, from])).toEqual([
    ['acr_score', '7', 'only', [1]],
    ['agent_uuid', 'x', 'only', [0]],
    ['first_seen', '2026-01-01', 'earliest', [1]],
    ['fqdns', ['a', 'b', 'c'], 'all', [0, 1]],
    ['hostname', 'web01', 'latest', [0]],
  ]);
});
