import { deriveUuid } from '../../platform/values/index.ts';
import { mayGoOut, needsApproval, noRecord, possiblePolicies } from '../../canonical/policy/index.ts';
import { enqueueChanges, type OutboundChange, supersedeOthers } from '../../engine/outbox/index.ts';
import type { Tx } from '../../platform/postgres/index.ts';
import { recordEnded } from '../../record/poams/index.ts';
import { readRecordFacts } from '../../record/policy-facts/index.ts';
import { listPoamsLackingAssets } from '../weaknesses/index.ts';
import type { OutboundSource } from './create-poams.ts';

/** A machine joined a weakness: its POA&M in the GRC system must list it too. @returns how many changes were queued. */
export async function sendMissingAssets(tx: Tx, source: OutboundSource): Promise<number> {
  const fields = ['affected_assets'];
  const change = { entity: 'poam', kind: 'update', fields } as const;
  await recordEnded(tx.db, source);
  const mayAny = possiblePolicies(source.policies, 'poam').some((each) => mayGoOut(each, change, noRecord));
  const all = mayAny ? await listPoamsLackingAssets(tx.db, source.systemId) : [];
  const recordOf = await readRecordFacts(
    tx.db,
    source.policies,
    'poam',
    all.map(({ poamId }) => poamId),
  );
  const lacking = all.filter(({ poamId }) => mayGoOut(source.policies, change, recordOf(poamId)));
  const changes = lacking.map((poam): OutboundChange => ({
    entity: 'poam',
    entityId: poam.poamId,
    kind: 'update',
    externalId: poam.externalId,
    ...(poam.version === null ? {} : { baseVersion: poam.version }),
    idempotencyKey: deriveUuid('poam assets', String(source.systemId), poam.externalId, ...poam.assets),
    reason: 'the weakness is on machines that the POA&M does not list',
    payload: { affected_assets: poam.assets },
    before: { affected_assets: poam.listed },
    severity: poam.severity ?? undefined,
    needsApproval: needsApproval(
      source.policies,
      { ...change, severity: poam.severity ?? undefined },
      recordOf(poam.poamId),
    ),
  }));
  // What was listed meanwhile, or belongs to a POA&M that has ended, is wished no more.
  await supersedeOthers(
    tx.db,
    { systemId: source.systemId, entity: 'poam', field: 'affected_assets' },
    changes.map((change) => change.idempotencyKey),
  );
  return enqueueChanges(tx.db, source, changes);
}
