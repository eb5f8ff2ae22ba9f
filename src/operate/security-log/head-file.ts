/**
 * The newest heads of the chains, in a file outside of the database: whoever can rewrite the database and cuts an end off cannot make it fit
 * this file. It is written whole or not at all, and never over heads that the database no longer reaches: those are evidence.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { App } from '../../engine/run/index.ts';
import { type ChainHead, listHeads } from '../../ledger/security/index.ts';
import { messageOf, TielineError } from '../../platform/errors/index.ts';
import { writeFileWhole } from '../../platform/files/index.ts';

const shape = z.object({
  writtenAt: z.string(),
  heads: z.array(z.object({ chainId: z.number(), seq: z.number(), link: z.string() })),
});

export const headFileOf = (directory: string): string => join(directory, 'heads.json');

export interface KeptHeads {
  readonly writtenAt: string;
  readonly heads: readonly ChainHead[];
}

/** @returns undefined where there is none yet. @throws TielineError SETTING_INVALID where it cannot be read or is no such file. */
export const readHeadFile = (directory: string): Promise<KeptHeads | undefined> =>
  readFileOfHeads(headFileOf(directory));

/** Heads of another machine's file. @throws TielineError SETTING_INVALID where it is not there, or holds none. */
export async function readHeads(path: string): Promise<readonly ChainHead[]> {
  const kept = await readFileOfHeads(path);
  if (!kept) throw new TielineError('SETTING_INVALID', `There is no file ${path}.`);
  return kept.heads;
}

async function readFileOfHeads(path: string): Promise<KeptHeads | undefined> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new TielineError(
      'SETTING_INVALID',
      `The heads of the security log ${path} could not be read: ${messageOf(error)}`,
      { cause: error },
    );
  }
  try {
    return shape.parse(JSON.parse(text));
  } catch (cause) {
    throw new TielineError('SETTING_INVALID', `${path} does not hold heads of the security log.`, {
      cause,
      remedy: 'Somebody changed it. Keep it as evidence under another name; the next head begins a new one.',
    });
  }
}

/** Heads of the file that the database does not reach any more, or not with that link where it stands at the same place. */
export function lostHeads(kept: readonly ChainHead[], present: readonly ChainHead[]): ChainHead[] {
  const now = new Map(present.map((head) => [head.chainId, head]));
  return kept.filter((head) => {
    const at = now.get(head.chainId);
    return at === undefined || at.seq < head.seq || (at.seq === head.seq && at.link !== head.link);
  });
}

export interface Published {
  readonly heads: readonly ChainHead[];
  /** Not empty: the file was left as it is. */
  readonly lost: readonly ChainHead[];
}

/** Writes the heads as they are now, unless one of the file is lost. */
export async function publishHeads(
  { db, now }: Pick<App, 'db' | 'now'>,
  directory: string,
): Promise<Published> {
  const kept = (await readHeadFile(directory))?.heads ?? [];
  const heads = await listHeads(db);
  const lost = lostHeads(kept, heads);
  const moved = heads.some(
    (head) => !kept.some((each) => each.chainId === head.chainId && each.seq === head.seq),
  );
  if (lost.length === 0 && moved)
    await writeFileWhole(
      headFileOf(directory),
      `${JSON.stringify({ writtenAt: now().toISOString(), heads })}\n`,
    );
  return { heads, lost };
}
