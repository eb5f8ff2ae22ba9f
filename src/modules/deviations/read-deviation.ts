/** One deviation with everything that belongs to it: assets, evidence, rules at the scanners, check-ins, what waits. */
import type { Kysely } from 'kysely';
import type { Scope } from '../../canonical/access/index.ts';
import { TielineError } from '../../platform/errors/index.ts';
import type { Database } from '../../platform/postgres/index.ts';
import { findDeviation, type ListedDeviation } from './deviation-list.sql.ts';
import { type CheckIn, type EvidenceFile, listCheckIns, listEvidence } from './deviations.sql.ts';
import { listNotices } from './notices.sql.ts';
import { noticeSentences } from './notices.ts';
import { checkInDays, dayAfter } from './requirements.ts';
import { listRulesOf, type RuleOfDeviation } from './rules.sql.ts';
import { listScopedAssets, type ScopedAsset } from './scope.sql.ts';

export interface DeviationDetail extends ListedDeviation {
  readonly assets: readonly ScopedAsset[];
  readonly evidence: readonly EvidenceFile[];
  readonly rules: readonly Omit<RuleOfDeviation, 'deviationId'>[];
  readonly checkIns: readonly CheckIn[];
  /** Of a vendor dependency: when the vendor is to be asked again. */
  readonly nextCheckIn: string | null;
  readonly notices: readonly { readonly kind: string; readonly text: string; readonly since: Date }[];
}

/** @throws TielineError RECORD_UNKNOWN, also where it is outside of the scope. */
export async function fetchDeviation(
  db: Kysely<Database>,
  scope: Scope,
  id: number,
): Promise<DeviationDetail> {
  const found = await findDeviation(db, scope, id);
  if (!found)
    throw new TielineError('RECORD_UNKNOWN', `There is no deviation ${id}.`, {
      remedy: 'List them with `tieline deviations list`.',
    });
  const { assets: chosen, requestedByPrincipal: _key, ...deviation } = found;
  const all = await listScopedAssets(db, found.poamId);
  const checkIns = await listCheckIns(db, id);
  const [last] = checkIns;
  const isWaiting = found.kind === 'vendor_dependency' && found.state === 'approved';
  return {
    ...deviation,
    assets: all
      .filter(({ assetUuid }) => found.isWholePoam || chosen.includes(assetUuid))
      .map(({ assetUuid, hostname, open }) => ({ assetUuid, hostname, open })),
    evidence: await listEvidence(db, id),
    rules: (await listRulesOf(db, [id])).map(({ deviationId: _this, ...rule }) => rule),
    checkIns,
    nextCheckIn: isWaiting && last ? dayAfter(last.on, checkInDays) : null,
    notices: (await listNotices(db, [id])).map(({ kind, about, since }) => ({
      kind,
      text: noticeSentences[kind].replace('{}', about),
      since,
    })),
  };
}
