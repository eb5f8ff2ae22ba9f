/**
 * Evidence on its way to the GRC system: the file of what each POA&M was closed on is written once it is closed, and what cannot go out is
 * noted with why. Files are sent like any record that was added here (engine/outbound/plan-additions.ts). What was sent is compared with what is there.
 */
import { Readable } from 'node:stream';
import { mayGoOut, noRecord } from '../../canonical/policy/index.ts';
import { compileMappings } from '../../canonical/mapping/index.ts';
import { canWrite, type ConnectedSystem, takesNew } from '../../engine/connections/index.ts';
import type { Conclusion, RunContext } from '../../engine/run/index.ts';
import { noCounts, recordCounts } from '../../ledger/operations/index.ts';
import { insertArtifacts, markUnsent, type UnsentCode } from '../../record/artifacts/index.ts';
import { listDueClosures, noteClosureFile } from '../../record/poam-life/index.ts';
import { closureFile } from './closure-file.ts';
import { compareSent } from './compare-sent.ts';

/** After the life of POA&Ms, before edits are looked for. */
export const evidenceStep: Conclusion = {
  entities: ['poam', 'artifact'],
  suits: (system) => canWrite(system, 'poam'),
  stepOf: (system) => ({
    system,
    name: 'evidence',
    type: 'update',
    run: (context, operationId) => followEvidence(context, system, operationId),
  }),
};

async function followEvidence(
  context: RunContext,
  system: ConnectedSystem,
  operationId: string,
): Promise<void> {
  const written = await writeClosures(context, system.id);
  const compared = await compareSent(context, { system, operationId });
  const counts = await context.store.transaction(async ({ db }) => {
    const unsent = await markUnsent(db, {
      systemId: system.id,
      code: whyUnsent(system),
      now: context.now(),
    });
    const held = unsent.length + compared.held;
    const read = written + compared.changed + held;
    const outcome = { ...noCounts, read, created: written, updated: compared.changed, held };
    if (read > 0) await recordCounts(db, operationId, outcome);
    return outcome;
  });
  context.report({ system: system.name, step: 'evidence', state: 'working', counts });
}

/** So many files are written in a run; the rest with the next. */
const mostClosures = 1_000;

/**
 * Writes the files that are due, each in a transaction of its own: a run that is killed writes the rest next time, and the same bytes are
 * one file however often they are kept.
 */
async function writeClosures({ db, store, files, now }: RunContext, systemId: number): Promise<number> {
  if (!files) return 0;
  const due = await listDueClosures(db, systemId, mostClosures);
  for (const { poamId, closedAt, evidence } of due) {
    const { name, text } = closureFile(poamId, closedAt, evidence);
    const { sha256 } = await files.store.keep(Readable.from([Buffer.from(text)]), {
      maxBytes: files.maxBytes,
    });
    await store.transaction(async (tx) => {
      const description = `What ${poamId} was closed on: each finding with the scan that shows it fixed`;
      await insertArtifacts(
        tx.db,
        [{ poamId, sha256, name, description, purpose: 'closure', deviationId: null, by: 'Tieline' }],
        now(),
      );
      await noteClosureFile(tx.db, poamId);
    });
  }
  return due.length;
}

/** Why no file goes to the system; null: they do. */
function whyUnsent(system: ConnectedSystem): UnsentCode | null {
  if (!takesNew(system, 'artifact')) return 'no_endpoint';
  const { sendable } = compileMappings(system.mappings, 'artifact');
  if (!sendable.has('sha256') || !sendable.has('file_name')) return 'no_mapping';
  const change = { entity: 'artifact', kind: 'create', fields: [] } as const;
  return mayGoOut(system.policies, change, noRecord) ? null : 'policy';
}
