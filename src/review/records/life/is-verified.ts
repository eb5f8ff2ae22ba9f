import type { EvidenceRow, FindingUnder } from '../../../modules/poams/index.ts';

/** Whether every finding under it is fixed with evidence, or an approved false positive. */
export const isVerified = ({
  findings,
  evidence,
}: {
  readonly findings: readonly FindingUnder[];
  readonly evidence: readonly EvidenceRow[];
}): boolean =>
  findings.length > 0 &&
  findings.every((each) => each.lifecycle === 'fixed' || each.isFalsePositive) &&
  evidence.every(
    ({ after, sawHost, authenticated, ranPlugin }) =>
      after === 'yes' && sawHost === 'yes' && authenticated === 'yes' && ranPlugin === 'yes',
  );
