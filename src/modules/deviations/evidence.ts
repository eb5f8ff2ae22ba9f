/** Evidence as it is sent, before a request names it: kept for who sent it, and removed where nobody names it within a week. */
import type { Actor, Scope } from '../../canonical/access/index.ts';
import type { App } from '../../engine/run/index.ts';
import { TielineError } from '../../platform/errors/index.ts';
import { countUploads, listUnnamed, noteUpload, unusableFiles } from './evidence.sql.ts';

type Keeping = Pick<App, 'db' | 'files' | 'now'>;

const dayMs = 86_400_000;
/** So many files one account may send in a day: who needs more attaches an archive. */
const filesADay = 200;

/** @throws TielineError BODY_TOO_LARGE; RATE_LIMITED where somebody has sent too many files since yesterday; FILES_ELSEWHERE. */
export async function keepEvidence(
  { db, files, now }: Keeping,
  actor: Pick<Actor, 'principalId'>,
  body: AsyncIterable<Buffer>,
): Promise<{ readonly sha256: string; readonly bytes: number }> {
  if (!files) throw new TielineError('INTERNAL', 'This build of Tieline keeps no files.');
  const at = now();
  if ((await countUploads(db, actor.principalId, new Date(at.getTime() - dayMs))) >= filesADay)
    throw new TielineError(
      'RATE_LIMITED',
      `${filesADay} files were sent since yesterday, which is the most.`,
      {
        remedy: 'Send the rest tomorrow, or as one archive. Nothing was kept of this one.',
      },
    );
  const kept = await files.store.keep(body, { maxBytes: files.maxBytes });
  await noteUpload(db, { sha256: kept.sha256, principalId: actor.principalId, at });
  return kept;
}

/** @throws TielineError FILE_UNKNOWN where the actor neither sent the file nor sees it as evidence. */
export async function requireUsable(
  { db }: Pick<App, 'db'>,
  who: { readonly actor: Pick<Actor, 'principalId'>; readonly scope: Scope },
  sha256: string,
): Promise<void> {
  const [unusable] = await unusableFiles(db, [sha256], who);
  if (unusable !== undefined)
    throw new TielineError('FILE_UNKNOWN', `There is no file ${sha256.slice(0, 12)}.`);
}

const unnamedMs = 7 * dayMs;

/** Removes files that were sent a week ago and that no deviation names. @returns how many. */
export async function forgetUnnamedEvidence({ db, files, now }: Keeping): Promise<number> {
  if (!files) return 0;
  const unnamed = await listUnnamed(db, new Date(now().getTime() - unnamedMs), 1_000);
  for (const sha256 of unnamed) await files.store.remove(sha256);
  return unnamed.length;
}
