/** Files of evidence of a POA&M: handed out, and said to have been taken to the GRC system by hand. */
import type { Readable } from 'node:stream';
import { type Actor, isWithin, type Scope } from '../../canonical/access/index.ts';
import { byPerson } from '../../canonical/vocabulary/index.ts';
import type { App } from '../../engine/run/index.ts';
import { recordChanges, withDecision } from '../../ledger/operations/index.ts';
import { TielineError } from '../../platform/errors/index.ts';
import { findArtifactFile, listArtifacts, markDelivered } from '../../record/artifacts/index.ts';
import { findPoamSystem } from '../../record/poams/index.ts';
import { unknownRecord } from './edit-record.ts';

interface OfPoam {
  readonly poamId: string;
  readonly sha256: string;
}

/**
 * A file of a POA&M within the scope, compared with its hash.
 * @throws TielineError RECORD_UNKNOWN, also where the file is of another POA&M; FILE_DAMAGED.
 */
export async function openPoamEvidence(
  { db, files }: Pick<App, 'db' | 'files'>,
  scope: Scope,
  of: OfPoam,
): Promise<{ readonly name: string; readonly bytes: number; readonly stream: Readable }> {
  const file = await findArtifactFile(db, scope, of);
  if (!file) throw new TielineError('RECORD_UNKNOWN', `POA&M ${of.poamId} has no such file of evidence.`);
  if (!files) throw new TielineError('INTERNAL', 'This build of Tieline keeps no files.');
  const { stream, bytes } = await files.store.open(of.sha256);
  return { name: file.name, bytes, stream };
}

/** The hash of a file of a POA&M by its beginning or its name. @throws TielineError RECORD_UNKNOWN, USAGE where it is several. */
export async function findPoamEvidence(
  { db }: Pick<App, 'db'>,
  { poamId, named }: { readonly poamId: string; readonly named: string },
): Promise<string> {
  const found = (await listArtifacts(db, poamId)).filter(
    ({ sha256, name }) => name === named || (named.length >= 6 && sha256.startsWith(named.toLowerCase())),
  );
  const [one, another] = found;
  if (!one)
    throw new TielineError('RECORD_UNKNOWN', `POA&M ${poamId} has no file of evidence ${named}.`, {
      remedy: `List them with \`tieline poams show ${poamId}\`.`,
    });
  if (another)
    throw new TielineError('USAGE', `POA&M ${poamId} has several files ${named}: name one by its SHA-256.`);
  return one.sha256;
}

/** Somebody took a file to the GRC system by hand: it waits no longer. @throws TielineError RECORD_UNKNOWN, EDIT_REFUSED. */
export async function deliverPoamEvidence(
  app: Pick<App, 'db' | 'store' | 'now'>,
  { actor, scope }: { readonly actor: Actor; readonly scope: Scope },
  { poamId, sha256, reason }: OfPoam & { readonly reason?: string | undefined },
): Promise<{ readonly operationId: string }> {
  const poam = await findPoamSystem(app.db, poamId);
  if (!poam || !isWithin(scope, poam.systemId)) throw unknownRecord('poam', poamId);
  if (!(await findArtifactFile(app.db, scope, { poamId, sha256 })))
    throw new TielineError('RECORD_UNKNOWN', `POA&M ${poamId} has no such file of evidence.`);
  return app.store.transaction((tx) =>
    withDecision(tx.db, { system: 'tieline', step: 'deliver evidence by hand' }, async (operationId) => {
      const id = await markDelivered(tx.db, { poamId, sha256 }, { by: actor.name, now: app.now() });
      if (id === undefined)
        throw new TielineError('EDIT_REFUSED', 'Nothing was changed.', {
          fields: [{ field: 'file', message: 'the GRC system has it, or it is on its way' }],
        });
      await recordChanges(tx.db, { systemId: null, operationId }, [
        {
          entity: 'poam',
          entityId: poamId,
          field: 'evidence',
          after: { sha256, delivered: 'by hand' },
          direction: 'internal',
          decidedBy: byPerson(actor.name),
          ...(reason === undefined ? {} : { reason }),
        },
      ]);
      return { operationId };
    }),
  );
}
