import { expect, it } from 'vitest';
import { createRandom } from './random.ts';
import { scoresFor } from './scores.ts';

const metrics = (vector: string): Map<string, string> =>
  new Map(vector.split('/').map((part) => part.split(':') as [string, string]));
const weight = (table: Record<string, number>, key: string | undefined): number =>
  table[key ?? ''] ?? Number.NaN;

/** CVSS 3.1 base score, scope unchanged (specification, section 7.1). */
function cvss3(vector: string): number {
  const of = metrics(vector);
  const loss = { H: 0.56, L: 0.22, N: 0 };
  const iss =
    1 - (1 - weight(loss, of.get('C'))) * (1 - weight(loss, of.get('I'))) * (1 - weight(loss, of.get('A')));
  const exploitability =
    8.22 *
    weight({ N: 0.85, A: 0.62, L: 0.55, P: 0.2 }, of.get('AV')) *
    weight({ L: 0.77, H: 0.44 }, of.get('AC')) *
    weight({ N: 0.85, L: 0.62, H: 0.27 }, of.get('PR')) *
    weight({ N: 0.85, R: 0.62 }, of.get('UI'));
  return Math.ceil(Number((Math.min(6.42 * iss + exploitability, 10) * 10).toFixed(4))) / 10;
}

/** CVSS 2.0 base score (specification, section 3.2.1). */
function cvss2(vector: string): number {
  const of = metrics(vector);
  const loss = { C: 0.66, P: 0.275, N: 0 };
  const impact =
    10.41 *
    (1 - (1 - weight(loss, of.get('C'))) * (1 - weight(loss, of.get('I'))) * (1 - weight(loss, of.get('A'))));
  const exploitability =
    20 *
    weight({ N: 1, A: 0.646, L: 0.395 }, of.get('AV')) *
    weight({ L: 0.71, M: 0.61, H: 0.35 }, of.get('AC')) *
    weight({ N: 0.704, S: 0.56, M: 0.45 }, of.get('Au'));
  return Number(((0.6 * impact + 0.4 * exploitability - 1.5) * 1.176).toFixed(1));
}

it('gives scores that follow from their vectors and lie in the band of the severity', () => {
  const bands = { 1: [0.1, 3.9], 2: [4, 6.9], 3: [7, 8.9], 4: [9, 10] } as const;
  for (const severity of [1, 2, 3, 4] as const)
    for (let seed = 0; seed < 60; seed += 1) {
      const scores = scoresFor(severity, { remote: false, threat: seed % 2 === 0 }, createRandom(seed));
      if (!scores) throw new Error('a weakness has scores');
      expect([scores.cvss3, scores.cvss2]).toEqual([cvss3(scores.cvss3Vector), cvss2(scores.cvss2Vector)]);
      expect(scores.cvss3).toBeGreaterThanOrEqual(bands[severity][0]);
      expect(scores.cvss3).toBeLessThanOrEqual(bands[severity][1]);
      expect(scores.vpr).toBeLessThanOrEqual(10);
      expect(scores.epssPercent).toBeLessThanOrEqual(100);
    }
});

it('gives none to information', () => {
  expect(scoresFor(0, { remote: false, threat: false }, createRandom(1))).toBeUndefined();
});

it('attacks over the network what is seen over the network', () => {
  for (let seed = 0; seed < 40; seed += 1)
    for (const severity of [1, 2, 3, 4] as const)
      expect(scoresFor(severity, { remote: true, threat: false }, createRandom(seed))?.cvss3Vector).toMatch(
        /^AV:N/,
      );
});
