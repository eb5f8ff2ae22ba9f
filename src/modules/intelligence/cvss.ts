/** CVSS base vectors of every version, read by a library (docs/dependencies.md) and brought into one form. */
import calculator from 'ae-cvss-calculator';
import type { CvssRating, CvssVersion } from '../../record/intelligence/index.ts';

const vectors = {
  '2.0': calculator.Cvss2,
  '3.0': calculator.Cvss3P0,
  '3.1': calculator.Cvss3P1,
  '4.0': calculator.Cvss4P0,
} as const;

/** The highest exploitability that a version's own scale has; 4.0 has no such part. */
const mostExploitable: Readonly<Record<CvssVersion, number | undefined>> = {
  '2.0': 10,
  '3.0': 3.9,
  '3.1': 3.9,
  '4.0': undefined,
};

const attackVectors: Readonly<Record<string, string>> = {
  N: 'network',
  A: 'adjacent',
  L: 'local',
  P: 'physical',
};

/** What a vector says; undefined for one that is no base vector of its version. */
export type VectorReading = Omit<CvssRating, 'source'>;

/** There are a few thousand different vectors in all, and hundreds of thousands of records. */
const known = new Map<string, VectorReading | undefined>();
const mostKnown = 20_000;

/** @param vector as it came, also with the prefix that a scanner puts before it. */
export function readVector(version: CvssVersion, vector: string): VectorReading | undefined {
  const key = `${version} ${vector}`;
  if (known.has(key)) return known.get(key);
  const reading = parse(version, vector.replace(/^\(?CVSS2#/, '').replace(/\)$/, ''));
  if (known.size >= mostKnown) known.clear();
  known.set(key, reading);
  return reading;
}

function parse(version: CvssVersion, vector: string): VectorReading | undefined {
  try {
    const parsed = new vectors[version](vector);
    if (!parsed.isBaseFullyDefined()) return undefined;
    const scores = parsed.calculateScores();
    if (scores.base === undefined) return undefined;
    const most = mostExploitable[version];
    const exploitability = 'exploitability' in scores ? scores.exploitability : undefined;
    const impact = 'impact' in scores ? scores.impact : undefined;
    const letter = /(?:^|\/)AV:([NALP])/.exec(vector)?.[1] ?? '';
    return {
      score: scores.base,
      severity: severityOf(version, scores.base),
      vector: parsed.toString(),
      attack_vector: attackVectors[letter] ?? null,
      exploitability:
        most === undefined || exploitability === undefined
          ? null
          : Math.min(10, Math.round((exploitability / most) * 100) / 10),
      impact: impact ?? null,
    };
  } catch {
    // The library throws of many kinds at what is no vector.
    return undefined;
  }
}

/** The qualitative scale of the specifications; 2.0 knows neither none nor critical. */
function severityOf(version: CvssVersion, score: number): string {
  if (version !== '2.0') {
    if (score === 0) return 'none';
    if (score >= 9) return 'critical';
  }
  if (score >= 7) return 'high';
  return score >= 4 ? 'medium' : 'low';
}
