/**
 * What a full read knows before it begins: the reports that stand. They are looked up once for the whole entity, and a record that shows
 * one of them is passed without a question to the database.
 *
 * What moves here while the read lasts (an edit, a new conflict) is as if it had moved after the page: the next run sees it. What this read
 * itself merges is not: a record that is shown again as it was before is merged again.
 */
import type { Kysely } from 'kysely';
import {
  type DigestsOfByte,
  type LinkedEntityName,
  listStandingReports,
} from '../../record/entities/index.ts';
import type { Database } from '../../platform/postgres/index.ts';

/** Whether the report (digest as hexadecimal) of this record stands; from a record that showed another one, never again. */
export type StandingReports = (externalId: string, digest: string) => boolean;

/** A read in which more has moved has little to pass: ids are not collected for ever, and the database is asked about each page. */
const mostMoved = 100_000;
const digestBytes = 16;

/** Looks them up. @returns undefined where none stands. */
export async function fetchStandingReports(
  db: Kysely<Database>,
  source: { readonly systemId: number; readonly entity: LinkedEntityName },
): Promise<StandingReports | undefined> {
  const groups = await listStandingReports(db, source);
  return groups.length === 0 ? undefined : standingAmong(groups);
}

/** As `fetchStandingReports`, of these digests. */
export function standingAmong(groups: readonly DigestsOfByte[]): StandingReports {
  const byFirst = new Map(groups.map(({ first, digests }) => [first, digests]));
  const moved = new Set<string>();
  return (externalId, digest) => {
    const wanted = Buffer.from(digest, 'hex');
    const digests = byFirst.get(wanted[0] ?? 0);
    if (digests && holds(digests, wanted) && !moved.has(externalId)) return true;
    if (byFirst.size > 0) moved.add(externalId);
    if (moved.size > mostMoved) {
      byFirst.clear();
      moved.clear();
    }
    return false;
  };
}

function holds(digests: Buffer, wanted: Buffer): boolean {
  let from = 0;
  let to = digests.length / digestBytes;
  while (from < to) {
    const middle = Math.floor((from + to) / 2);
    const at = middle * digestBytes;
    const order = digests.compare(wanted, 0, digestBytes, at, at + digestBytes);
    if (order === 0) return true;
    if (order < 0) from = middle + 1;
    else to = middle;
  }
  return false;
}
