/** Files of evidence of a POA&M: handed out, said to have been taken to the GRC system by hand, sent again or given up where it lost them. */
import type { Readable } from 'node:stream';
import { type Actor, isWithin, type Scope } from '../../canonical/access/index.ts';
import { byPerson } from '../../canonical/vocabulary/index.ts';
import type { App } from '../../engine/run/index.ts';
import { type JournalEntry, recordChanges, withDecision } from '../../ledger/operations/index.ts';
import { TielineError } from '../../platform/errors/index.ts';
import type { Tx } from '../../platform/postgres/index.ts';
import type { JsonObject } from '../../platform/values/index.ts';
import { retireLinks } from '../../ledger/links/index.ts';
import {
  acceptDifference,
  findArtifactFile,
  listArtifacts,
  markDelivered,
  replaceArtifact,
} from '../../record/artifacts/index.ts';
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
    ({ sha256, name, state }) =>
      state !== 'replaced' &&
      (name === named || (named.length >= 6 && sha256.startsWith(named.toLowerCase()))),
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

interface Decision {
  readonly who: { readonly actor: Actor; readonly scope: Scope };
  readonly of: OfPoam;
  readonly reason: string | undefined;
}

/** What is decided of a file: what it comes to, or why nothing was changed. */
type Decided = { readonly after: JsonObject } | { readonly refused: string };

/** Decides about a file within the scope, in one transaction with its line of the journal. @throws TielineError RECORD_UNKNOWN, EDIT_REFUSED. */
async function decideEvidence(
  app: Pick<App, 'db' | 'store'>,
  { who: { actor, scope }, of, reason }: Decision,
  { step, act }: { readonly step: string; readonly act: (tx: Tx) => Promise<Decided> },
): Promise<{ readonly operationId: string }> {
  const { poamId, sha256 } = of;
  const poam = await findPoamSystem(app.db, poamId);
  if (!poam || !isWithin(scope, poam.systemId)) throw unknownRecord('poam', poamId);
  if (!(await findArtifactFile(app.db, scope, of)))
    throw new TielineError('RECORD_UNKNOWN', `POA&M ${poamId} has no such file of evidence.`);
  return app.store.transaction((tx) =>
    withDecision(tx.db, { system: 'tieline', step }, async (operationId) => {
      const decided = await act(tx);
      if ('refused' in decided)
        throw new TielineError('EDIT_REFUSED', 'Nothing was changed.', {
          fields: [{ field: 'file', message: decided.refused }],
        });
      const entry: JournalEntry = {
        entity: 'poam',
        entityId: poamId,
        field: 'evidence',
        after: { sha256, ...decided.after },
        direction: 'internal',
        decidedBy: byPerson(actor.name),
        ...(reason === undefined ? {} : { reason }),
      };
      await recordChanges(tx.db, { systemId: null, operationId }, [entry]);
      return { operationId };
    }),
  );
}

type Deciding = Pick<App, 'db' | 'store' | 'now'>;
const asItWasSent = 'the GRC system has it as it was sent, or it was not sent';

/** Somebody took a file to the GRC system by hand: it waits no longer. @throws TielineError RECORD_UNKNOWN, EDIT_REFUSED. */
export const deliverPoamEvidence = (
  app: Deciding,
  decision: Decision,
): Promise<{ readonly operationId: string }> =>
  decideEvidence(app, decision, {
    step: 'deliver evidence by hand',
    act: async ({ db }) => {
      const id = await markDelivered(db, decision.of, { by: decision.who.actor.name, now: app.now() });
      return id === undefined
        ? { refused: 'the GRC system has it, or it is on its way' }
        : { after: { delivered: 'by hand' } };
    },
  });

/**
 * Has a file that is gone or changed in the GRC system sent again with the next sync, as an artifact of its own.
 * @throws TielineError RECORD_UNKNOWN, EDIT_REFUSED where it is there as it was sent.
 */
export const resendPoamEvidence = (
  app: Deciding,
  decision: Decision,
): Promise<{ readonly operationId: string }> =>
  decideEvidence(app, decision, {
    step: 'send evidence again',
    act: async ({ db }) => {
      const old = await replaceArtifact(db, decision.of, { by: decision.who.actor.name, now: app.now() });
      if (!old) return { refused: asItWasSent };
      for (const systemId of old.systemIds)
        await retireLinks(db, systemId, [{ entity: 'artifact', entityId: old.id }], {});
      return { after: { again: 'with the next sync', inPlaceOf: old.artifactId } };
    },
  });

/** Accepts that a file is gone or changed in the GRC system. @throws TielineError RECORD_UNKNOWN, EDIT_REFUSED where it is there as it was sent. */
export const acceptPoamEvidence = (
  app: Deciding,
  decision: Decision,
): Promise<{ readonly operationId: string }> =>
  decideEvidence(app, decision, {
    step: 'accept evidence as it is there',
    act: async ({ db }) =>
      (await acceptDifference(db, decision.of, { by: decision.who.actor.name, now: app.now() }))
        ? { after: { accepted: 'as it is there' } }
        : { refused: `${asItWasSent}, or what is there was accepted already` },
  });
