/**
 * CVSS scores that belong to their vectors, by severity. Each pair follows the equations of CVSS 2.0 and 3.1, so that
 * whoever computes a score from the vector finds the one that is told.
 */
import type { Random } from './random.ts';
import type { WorldPlugin, WorldScores } from './world.ts';

type Row = readonly [cvss3: number, cvss3Vector: string, cvss2: number, cvss2Vector: string];

const low: readonly [Row, ...Row[]] = [
  [3.7, 'AV:N/AC:H/PR:N/UI:N/S:U/C:L/I:N/A:N', 2.6, 'AV:N/AC:H/Au:N/C:P/I:N/A:N'],
  [3.3, 'AV:L/AC:L/PR:L/UI:N/S:U/C:L/I:N/A:N', 2.1, 'AV:L/AC:L/Au:N/C:P/I:N/A:N'],
];
const medium: readonly [Row, ...Row[]] = [
  [5.9, 'AV:N/AC:H/PR:N/UI:N/S:U/C:H/I:N/A:N', 4.3, 'AV:N/AC:M/Au:N/C:P/I:N/A:N'],
  [5.3, 'AV:N/AC:L/PR:N/UI:N/S:U/C:L/I:N/A:N', 5, 'AV:N/AC:L/Au:N/C:P/I:N/A:N'],
  [6.5, 'AV:N/AC:L/PR:L/UI:N/S:U/C:H/I:N/A:N', 4, 'AV:N/AC:L/Au:S/C:P/I:N/A:N'],
  [5.5, 'AV:L/AC:L/PR:L/UI:N/S:U/C:N/I:N/A:H', 4.9, 'AV:L/AC:L/Au:N/C:N/I:N/A:C'],
];
const high: readonly [Row, ...Row[]] = [
  [7.8, 'AV:L/AC:L/PR:L/UI:N/S:U/C:H/I:H/A:H', 7.2, 'AV:L/AC:L/Au:N/C:C/I:C/A:C'],
  [7.5, 'AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:H', 7.8, 'AV:N/AC:L/Au:N/C:N/I:N/A:C'],
  [8.8, 'AV:N/AC:L/PR:L/UI:N/S:U/C:H/I:H/A:H', 9, 'AV:N/AC:L/Au:S/C:C/I:C/A:C'],
  [8.1, 'AV:N/AC:H/PR:N/UI:N/S:U/C:H/I:H/A:H', 9.3, 'AV:N/AC:M/Au:N/C:C/I:C/A:C'],
];
const critical: readonly [Row, ...Row[]] = [
  [9.8, 'AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H', 10, 'AV:N/AC:L/Au:N/C:C/I:C/A:C'],
  [9.1, 'AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:N', 9.4, 'AV:N/AC:L/Au:N/C:C/I:C/A:N'],
];

const rows: Record<WorldPlugin['severity'], readonly [Row, ...Row[]] | undefined> = {
  0: undefined,
  1: low,
  2: medium,
  3: high,
  4: critical,
};

/**
 * The scores of a plugin of this severity; none for information.
 * @param remote whether it is seen over the network: then it is attacked over the network too
 * @param threat whether attacks are known: then VPR (0 to 10) and EPSS (percent) are high
 */
export function scoresFor(
  severity: WorldPlugin['severity'],
  { remote, threat }: { readonly remote: boolean; readonly threat: boolean },
  random: Random,
): WorldScores | undefined {
  const choices = rows[severity];
  if (!choices) return undefined;
  const [first, ...rest] = choices.filter(([, vector]) => !remote || vector.startsWith('AV:N'));
  if (!first) throw new Error(`no vector for severity ${severity}`);
  const [cvss3, cvss3Vector, cvss2, cvss2Vector] = random.pick([first, ...rest]);
  return {
    cvss3,
    cvss3Vector,
    cvss2,
    cvss2Vector,
    vpr: Number((threat ? 7 + random.next() * 2.9 : Math.min(cvss3 * 0.7, 6.9)).toFixed(1)),
    epssPercent: Number((threat ? 20 + random.next() * 75 : random.next() ** 3 * 12).toFixed(2)),
  };
}
