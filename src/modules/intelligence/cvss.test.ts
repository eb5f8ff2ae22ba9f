import { describe, expect, it } from 'vitest';
import { readVector } from './cvss.ts';

// Scores as FIRST's and NIST's own calculators give them.
describe('a CVSS vector', () => {
  it.each([
    ['2.0', 'AV:N/AC:M/Au:N/C:C/I:C/A:C', 9.3, 'high', 'network', 8.6],
    ['2.0', 'CVSS2#AV:L/AC:L/Au:N/C:P/I:N/A:N', 2.1, 'low', 'local', 3.9],
    ['3.0', 'CVSS:3.0/AV:L/AC:H/PR:L/UI:R/S:U/C:L/I:N/A:N', 2.2, 'low', 'local', 2.1],
    ['3.1', 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:H/A:H', 10, 'critical', 'network', 10],
    ['3.1', 'CVSS:3.1/AV:P/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:N', 0, 'none', 'physical', 2.3],
    [
      '4.0',
      'CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N',
      9.3,
      'critical',
      'network',
      null,
    ],
  ] as const)('%s %s scores %d', (version, vector, score, severity, attack_vector, exploitability) => {
    expect(readVector(version, vector)).toMatchObject({ score, severity, attack_vector, exploitability });
  });

  it.each(['', 'nonsense', 'CVSS:3.1/AV:Q/AC:L', 'CVSS:3.1/AV:N/AC:L'])('%j is none', (vector) => {
    expect(readVector('3.1', vector)).toBeUndefined();
  });
});
