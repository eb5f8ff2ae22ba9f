/**
 * Files that were sent, compared with what the GRC system has: one that a person deleted or replaced there is noticed by the next sync, said on
 * its POA&M and in the inbox, and left to a person. Nothing is sent again by itself, and what is noted is never forgotten.
 */
import { byRule } from '../../canonical/vocabulary/index.ts';
import type { ExternalRecord } from '../../connectors/kit/index.ts';
import type { ConnectedSystem } from '../../engine/connections/index.ts';
import { mapperFrom } from '../../engine/inbound/index.ts';
import type { RunContext } from '../../engine/run/index.ts';
import { insertHeldRecords, type JournalEntry, recordChanges } from '../../ledger/operations/index.ts';
import { TielineError } from '../../platform/errors/index.ts';
import { linkedEntity } from '../../record/entities/index.ts';
import {
  listSentArtifacts,
  noteStandings,
  type SentArtifact,
  type Standing,
} from '../../record/artifacts/index.ts';

/** So many files are compared at once. */
const pageSize = 5_000;
/** Each that is missing from a list is looked up by itself; what is beyond is with the next sync. */
const mostLookups = 200;

interface Origin {
  readonly system: ConnectedSystem;
  readonly operationId: string;
}

/** @returns how many files are newly gone or changed, or again as they were. */
export async function compareSent(
  context: RunContext,
  origin: Origin,
): Promise<{ readonly changed: number; readonly held: number }> {
  const { system } = origin;
  const { listInside } = system.connector;
  if (!listInside) return { changed: 0, held: 0 };
  let changed = 0;
  for (let after: SentArtifact | undefined; ;) {
    const sent = await listSentArtifacts(context.db, system.id, after, pageSize);
    if (sent.length > 0) {
      const found = await lookAt(context, origin, sent);
      if (found === 'refused') return { changed, held: 1 };
      if (found === undefined) return { changed, held: 0 };
      const moves = sent.flatMap((each) => judgeSent(each, found.get(each.artifactId)) ?? []);
      await keep(context, origin, moves);
      changed += moves.length;
    }
    after = sent.at(-1);
    if (sent.length < pageSize) return { changed, held: 0 };
  }
}

/** What the system has of a file: nothing, its hash, or a file whose hash it does not show. `unread`: it could not be told. */
type Found =
  | { readonly kind: 'gone' }
  | { readonly kind: 'unread' }
  | { readonly kind: 'there'; readonly sha256: string | null };

/** By the id of the artifact. Undefined: the server does not list files; `refused`: it does not let us. */
async function lookAt(
  { db, signal, log }: RunContext,
  { system, operationId }: Origin,
  sent: readonly SentArtifact[],
): Promise<ReadonlyMap<string, Found> | 'refused' | undefined> {
  const holders = new Map(
    sent.map(({ holder, holderParent }) => [
      holder,
      { externalId: holder, ...(holderParent === null ? {} : { parentId: holderParent }) },
    ]),
  );
  const wanted = new Set(sent.map((each) => each.artifactId));
  const found = new Map<string, Found>();
  try {
    const listed = system.connector.listInside?.('artifact', [...holders.values()], signal);
    if (!listed) return undefined;
    for await (const record of listed)
      if (wanted.has(record.externalId))
        found.set(record.externalId, { kind: 'there', sha256: hashOf(system, record) });
    // Those that are known to be gone come last, so that each has its turn.
    const missing = sent
      .filter((each) => !found.has(each.artifactId))
      .toSorted((one, other) => Number(one.differs) - Number(other.differs));
    for (const [index, each] of missing.entries())
      found.set(
        each.artifactId,
        index < mostLookups ? await lookUp(system, each, signal) : { kind: 'unread' },
      );
    return found;
  } catch (error) {
    // Away or overloaded: the run ends for this system, as it would in any step. What it refuses to show is no reason to.
    if (
      !(error instanceof TielineError) ||
      (error.code !== 'REMOTE_FORBIDDEN' && error.code !== 'REMOTE_UNEXPECTED')
    )
      throw error;
    log.warn(
      { operation: operationId, system: system.name },
      `files of evidence were not compared: ${error.message}`,
    );
    await insertHeldRecords(db, operationId, [
      {
        table: 'poam_artifacts',
        identifier: `files of evidence in ${system.name}`,
        type: error.code,
        message: `Whether they are there as they were sent is unknown: ${error.message}`,
        raw: null,
      },
    ]);
    return 'refused';
  }
}

/** One that no list showed: it may have moved between two pages, or its POA&M is gone with it. */
async function lookUp(
  { connector, ...system }: ConnectedSystem,
  { artifactId, holder }: SentArtifact,
  signal: AbortSignal,
): Promise<Found> {
  const key = { by: 'id', externalId: artifactId, parentId: holder } as const;
  const record = await connector.find('artifact', key, signal);
  if (record) return { kind: 'there', sha256: hashOf(system, record) };
  const poam = await connector.find('poam', { by: 'id', externalId: holder }, signal);
  return { kind: poam ? 'gone' : 'unread' };
}

/** Null: the system does not show it, or no mapping reads it. */
function hashOf(system: Pick<ConnectedSystem, 'mappings'>, { raw }: ExternalRecord): string | null {
  const mapped = mapperFrom(system.mappings)('artifact', linkedEntity('artifact').record)(raw);
  const sha256 = mapped.ok ? mapped.record['sha256'] : undefined;
  return typeof sha256 === 'string' ? sha256.toLowerCase() : null;
}

export interface Move extends Standing {
  readonly of: SentArtifact;
}

/** What is to be noted of a file; undefined: nothing that is not known already. Pure. */
export function judgeSent(of: SentArtifact, found: Found | undefined): Move | undefined {
  if (!found || found.kind === 'unread') return undefined;
  // A file whose hash nobody shows is taken for the one that was sent, unless it is known to be another.
  if (found.kind === 'there' && found.sha256 === null)
    return of.differs && of.otherSha256 === null
      ? { of, id: of.id, as: 'same', otherSha256: null }
      : undefined;
  const other = found.kind === 'gone' ? null : found.sha256;
  if (other === of.sha256) return of.differs ? { of, id: of.id, as: 'same', otherSha256: null } : undefined;
  return of.differs && of.otherSha256 === other
    ? undefined
    : { of, id: of.id, as: 'other', otherSha256: other };
}

const standingWords = ({ as, otherSha256 }: Pick<Move, 'as' | 'otherSha256'>): string =>
  as === 'same'
    ? 'as it was sent'
    : otherSha256 === null
      ? 'gone there'
      : `another file there: ${otherSha256}`;

async function keep(
  context: RunContext,
  { system, operationId }: Origin,
  moves: readonly Move[],
): Promise<void> {
  if (moves.length === 0) return;
  await context.store.transaction(async ({ db }) => {
    await noteStandings(
      db,
      moves.map(({ id, as, otherSha256 }) => ({ id, as, otherSha256 })),
      context.now(),
    );
    const entries = moves.map(({ of, ...now }): JournalEntry => {
      const file = { file: of.name, sha256: of.sha256, artifact: of.artifactId };
      const before = of.differs
        ? ({ as: 'other', otherSha256: of.otherSha256 } as const)
        : ({ as: 'same', otherSha256: null } as const);
      return {
        entity: 'poam',
        entityId: of.poamId,
        field: 'evidence',
        before: { ...file, there: standingWords(before) },
        after: { ...file, there: standingWords(now) },
        direction: 'inbound',
        decidedBy: byRule('remote_changed'),
      };
    });
    await recordChanges(db, { systemId: system.id, operationId }, entries);
  });
}
