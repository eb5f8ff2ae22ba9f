/** How a number is made of its parts. The parts of several boundaries are added, and the number is made again: of most aggregates. */
import type { MetricAggregate } from '../../../canonical/metrics/index.ts';

export interface Parts {
  readonly counted: number;
  readonly base: number;
  /** Sum of the amounts of what is counted. */
  readonly amount: number;
  readonly largest: number | null;
  readonly median: number | null;
  readonly p90: number | null;
}

/** Weights of the categories in CORA (STIG Manager, calculateCoraRiskRating). */
const coraWeights: Readonly<Record<string, number>> = { 'CAT I': 10, 'CAT II': 4, 'CAT III': 1 };

/**
 * The number.
 * @param bands of `cora`: the parts of each band.
 * @returns undefined where there is nothing to say: a share of nothing, the mean of nothing. A count of nothing is 0.
 */
export function valueOf(
  aggregate: MetricAggregate,
  { counted, base, amount, largest, median, p90 }: Parts,
  bands: ReadonlyMap<string, Parts> = new Map(),
): number | undefined {
  switch (aggregate) {
    case 'count':
      return counted;
    case 'sum':
      return amount;
    case 'share':
      return base === 0 ? undefined : (100 * counted) / base;
    case 'ratio':
      return base === 0 ? undefined : counted / base;
    case 'growth':
      return base === 0 ? undefined : (100 * (counted - base)) / base;
    case 'mean':
      return counted === 0 ? undefined : amount / counted;
    case 'rate':
      return base === 0 ? undefined : amount / base;
    case 'largest':
      return largest ?? undefined;
    case 'median':
      return median ?? undefined;
    case 'p90':
      return p90 ?? undefined;
    case 'cora':
      return coraOf(bands);
  }
}

function coraOf(bands: ReadonlyMap<string, Parts>): number | undefined {
  let weighted = 0;
  let weights = 0;
  for (const [band, { counted, base }] of bands) {
    const weight = coraWeights[band] ?? 0;
    if (base === 0) continue;
    weighted += (weight * counted) / base;
    weights += weight;
  }
  return weights === 0 ? undefined : (100 * weighted) / weights;
}

/** Whether numbers of several boundaries give the number of all of them. A percentile does not: it needs the records. */
export const canJoin = (aggregate: MetricAggregate): boolean =>
  aggregate !== 'median' && aggregate !== 'p90' && aggregate !== 'cora';

/** The parts of several boundaries together; a record of two of them counts in both. */
export function joined(all: readonly Parts[]): Parts {
  const largest = all.flatMap((each) => each.largest ?? []);
  return {
    counted: all.reduce((sum, each) => sum + each.counted, 0),
    base: all.reduce((sum, each) => sum + each.base, 0),
    amount: all.reduce((sum, each) => sum + each.amount, 0),
    largest: largest.length === 0 ? null : Math.max(...largest),
    median: null,
    p90: null,
  };
}
