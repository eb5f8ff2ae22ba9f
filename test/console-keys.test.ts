import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';

it('no two pages of the console are gone to by the same keys', () => {
  const areas = readFileSync(join(import.meta.dirname, '../console/src/shell/areas.ts'), 'utf8');
  const presses = [...areas.matchAll(/press: '([^']+)'/g)].map(([, press]) => press);
  expect(presses.length).toBeGreaterThan(10);
  expect(presses.filter((press, at) => presses.indexOf(press) !== at)).toEqual([]);
});
