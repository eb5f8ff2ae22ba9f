/**
 * Files of POA&Ms are imported in two steps: what a file would change is shown first, and it is done when a person approves that. A plan is the
 * import itself, rolled back (decision 0010); approving is the same again, kept if it comes out the same. A file that would change nothing is
 * settled at once. Nothing is half-taken: a row with a fault is held alone, and a file that cannot be read takes nothing.
 */
import { isUuid } from '../../platform/values/index.ts';
import { createHash, randomUUID } from 'node:crypto';
import { everywhere, isWithin, type Scope } from '../../canonical/access/index.ts';
import type { App } from '../../engine/run/index.ts';
import { withOperation } from '../../ledger/operations/index.ts';
import { messageOf, TielineError } from '../../platform/errors/index.ts';
import type { Store } from '../../platform/postgres/index.ts';
import { fetchBoundaryId, listBoundaryNames } from '../../record/systems/index.ts';
import { ensureSource, usualName } from './file-sources.ts';
import { listPoamChanges } from './known-poams.sql.ts';
import { makeBoundary } from './new-boundary.ts';
import type { PoamFile } from './poam-file.ts';
import {
  findEarlierBoundary,
  findPoamImport,
  type ImportFault,
  insertPoamImport,
  type KeptContent,
  type PoamImport,
  type PoamPlan,
  type Reader,
  settlePoamImport,
  type StoredPoamImport,
} from './poam-imports.sql.ts';
import { readPoamFile } from './read-poam-file.ts';
import { takeFile, type Taken } from './take-file.ts';

type ImportApp = Pick<App, 'db' | 'store' | 'now' | 'absence'>;

export interface Bringer {
  readonly name: string;
  readonly principalId?: string | undefined;
  /** Where they may see and change POA&Ms. */
  readonly scope: Scope;
}

export interface BroughtPoams {
  readonly name: string;
  readonly bytes: Buffer;
  /** Name or id of the authorization boundary; undefined: the one that the file or its source names. */
  readonly boundary: string | undefined;
  /** Makes a boundary of this name, where no GRC system has it. */
  readonly newBoundary: string | undefined;
  readonly source: string | undefined;
  readonly acceptMissing: boolean;
  readonly way: 'upload' | 'command';
}

/**
 * Shows what a file would change. @returns its import: planned, or unchanged.
 * @throws TielineError WORKBOOK_INVALID, POAM_FILE_INVALID (kept on the list as refused), USAGE where the boundary is not clear, TOO_MANY_MISSING.
 */
export async function planPoamFile(app: ImportApp, brought: BroughtPoams, by: Bringer): Promise<PoamImport> {
  const id = randomUUID();
  const kept = {
    id,
    file: brought.name,
    sha256: createHash('sha256').update(brought.bytes).digest('hex'),
    bytes: brought.bytes.length,
    by: by.name,
    principalId: by.principalId ?? null,
    way: brought.way,
    at: app.now(),
  };
  let file: PoamFile;
  try {
    file = await readPoamFile(brought.name, brought.bytes);
  } catch (error) {
    await insertPoamImport(app.db, { ...kept, ...nothing, state: 'refused', problem: problemOf(error) });
    throw error;
  }
  const boundary = await boundaryFor(app, brought, file, by.scope);
  const content: KeptContent = {
    file,
    acceptMissing: brought.acceptMissing,
    ...(boundary.isNew ? { newBoundary: boundary.name } : {}),
  };
  const source = brought.source ?? usualName(file.layout, boundary.id);
  const importing = { id, fileName: brought.name, source, boundary: boundary.id, content };
  const { plan, sha256, taken, operationId } = await rehearse(
    app,
    importing,
    ({ items }) => items.length === 0,
  );
  await insertPoamImport(app.db, {
    ...kept,
    ...nothing,
    layout: file.layout,
    source,
    boundary: boundary.id,
    state: plan.items.length === 0 ? 'unchanged' : 'planned',
    plan,
    planSha256: sha256,
    content: plan.items.length === 0 ? null : content,
    held: taken.held,
    operationId: plan.items.length === 0 ? operationId : null,
  });
  return fetchPoamImport(app, { scope: everywhere, principalId: undefined }, id);
}

const nothing = {
  layout: null,
  source: null,
  boundary: null,
  plan: null,
  planSha256: null,
  content: null,
  held: [],
  problem: null,
  operationId: null,
} as const;

const problemOf = (error: unknown): ImportFault =>
  error instanceof TielineError
    ? { code: error.code, message: error.message, remedy: error.remedy, fields: error.fields }
    : { code: 'INTERNAL', message: messageOf(error) };

/**
 * Does what was planned, if it is still just that.
 * @throws TielineError RECORD_UNKNOWN; POAM_IMPORT_MOVED where it was settled already, or would change something else now.
 */
export async function approvePoamImport(app: ImportApp, by: Bringer, id: string): Promise<PoamImport> {
  const stored = await fetchStored(app, { scope: by.scope, principalId: undefined }, id);
  const { content, source, boundary } = stored;
  if (stored.state !== 'planned' || content === null || source === null || boundary === null)
    throw new TielineError(
      'POAM_IMPORT_MOVED',
      `The import of ${stored.file} does not wait: it is ${stored.state}.`,
    );
  await rehearse(
    app,
    { id, fileName: stored.file, source, boundary, content },
    async ({ items }, outcome) => {
      if (outcome.sha256 !== stored.planSha256)
        throw new TielineError(
          'POAM_IMPORT_MOVED',
          `${stored.file} would change something else now than what was shown (${items.length} instead of ${stored.plan?.items.length ?? 0} changes).`,
        );
      const end = {
        state: 'imported',
        by: by.name,
        at: app.now(),
        operationId: outcome.operationId,
        held: outcome.taken.held,
      } as const;
      if (!(await settlePoamImport(outcome.store.db, id, end)))
        throw new TielineError('POAM_IMPORT_MOVED', `The import of ${stored.file} was settled meanwhile.`);
      return true;
    },
  );
  return fetchPoamImport(app, { scope: by.scope, principalId: undefined }, id);
}

/** Ends an import that waits; nothing of its file is imported. @throws as `approvePoamImport`. */
export async function discardPoamImport(app: ImportApp, by: Bringer, id: string): Promise<PoamImport> {
  const reader = { scope: by.scope, principalId: undefined };
  const stored = await fetchStored(app, reader, id);
  if (
    !(await settlePoamImport(app.db, id, {
      state: 'discarded',
      by: by.name,
      at: app.now(),
      operationId: null,
    }))
  )
    throw new TielineError(
      'POAM_IMPORT_MOVED',
      `The import of ${stored.file} does not wait: it is ${stored.state}.`,
    );
  return fetchPoamImport(app, reader, id);
}

/** @throws TielineError RECORD_UNKNOWN. */
export async function fetchPoamImport(app: Pick<App, 'db'>, reader: Reader, id: string): Promise<PoamImport> {
  const { content: _content, planSha256: _sha, ...shown } = await fetchStored(app, reader, id);
  return shown;
}

async function fetchStored({ db }: Pick<App, 'db'>, reader: Reader, id: string): Promise<StoredPoamImport> {
  const isId = isUuid(id);
  const found = isId ? await findPoamImport(db, reader, id) : undefined;
  if (found) return found;
  throw new TielineError('RECORD_UNKNOWN', `There is no import ${id} of POA&Ms.`);
}

interface Importing {
  readonly id: string;
  readonly fileName: string;
  readonly source: string;
  readonly boundary: string;
  readonly content: KeptContent;
}
interface Outcome {
  readonly plan: PoamPlan;
  readonly sha256: string;
  readonly taken: Taken;
  readonly operationId: string;
  /** Of the transaction. */
  readonly store: Store;
}

/** Imports the file in one transaction. @param keeps looks at what it changed and says whether that stays. */
function rehearse(
  app: ImportApp,
  importing: Importing,
  keeps: (plan: PoamPlan, outcome: Outcome) => boolean | Promise<boolean>,
): Promise<Outcome> {
  const { source: name, boundary, content, fileName, id: importId } = importing;
  const { file, acceptMissing, newBoundary } = content;
  return app.store.asOne(async (store) => {
    const source = await ensureSource(store.db, { name, boundary, layout: file.layout });
    const operation = { type: 'import', system: name, step: fileName, metadata: { file: fileName } } as const;
    const outcome = await withOperation(store.db, operation, async ({ id: operationId, count, conclude }) => {
      const taken = await store.transaction(async (tx) => {
        if (newBoundary !== undefined)
          await makeBoundary(tx, { row: source.row, operationId }, { id: boundary, name: newBoundary });
        const absence = acceptMissing ? undefined : (app.absence ?? { sharePercent: 5, atLeast: 20 });
        return takeFile(tx, { source, boundary, file, fileName, importId, operationId, absence });
      });
      await count(taken.counts);
      conclude({
        status: taken.counts.failed + taken.counts.held > 0 ? 'completed_with_issues' : 'completed',
      });
      const items = await listPoamChanges(store.db, source.row.id, taken.operationIds);
      const plan = planOf(items, taken, file);
      const sha256 = createHash('sha256').update(JSON.stringify(plan.items)).digest('hex');
      return { plan, sha256, taken, operationId, store };
    });
    return { keep: await keeps(outcome.plan, outcome), result: outcome };
  });
}

function planOf(items: PoamPlan['items'], { counts, held }: Taken, file: PoamFile): PoamPlan {
  const records = (kind: string): number =>
    new Set(items.flatMap((item) => (item.kind === kind ? [`${item.entity} ${item.record}`] : []))).size;
  return {
    counts: {
      created: records('create'),
      updated: records('update'),
      unchanged: counts.unchanged,
      conflicts: items.filter(({ kind }) => kind === 'conflict').length,
      missing: records('missing'),
      held: held.length,
    },
    items,
    notes: file.notes,
  };
}

/** The boundary that the POA&Ms belong to: as named, else by the source, else by the name of the system in the file. */
async function boundaryFor(
  app: ImportApp,
  { boundary, newBoundary, source, name }: BroughtPoams,
  file: PoamFile,
  scope: Scope,
): Promise<{ readonly id: string; readonly isNew: boolean; readonly name: string }> {
  if (newBoundary !== undefined) {
    if (scope.kind !== 'everywhere')
      throw new TielineError('USAGE', 'Only who sees all boundaries can make one.', {
        fields: [{ field: '--new-boundary', message: 'name one of yours instead' }],
      });
    const taken = (await listBoundaryNames(app.db, everywhere)).find(
      (each) =>
        each.name.toLowerCase() === newBoundary.trim().toLowerCase() || each.id === idFor(newBoundary),
    );
    if (taken)
      throw new TielineError('USAGE', `There is a boundary ${taken.id} (${taken.name}) already.`, {
        fields: [{ field: '--new-boundary', message: `to import into it: --boundary ${taken.id}` }],
      });
    return { id: idFor(newBoundary), isNew: true, name: newBoundary.trim() };
  }
  const wanted =
    boundary ??
    (source === undefined ? undefined : await findEarlierBoundary(app.db, source)) ??
    file.systemName;
  const id =
    wanted === undefined
      ? undefined
      : await fetchBoundaryId(app, wanted).catch((error: unknown) => {
          // It names all boundaries that there are: that is for who sees all.
          if ((boundary !== undefined && scope.kind === 'everywhere') || !(error instanceof TielineError))
            throw error;
          return undefined;
        });
  if (id !== undefined && isWithin(scope, id)) return { id, isNew: false, name: id };
  const known = (await listBoundaryNames(app.db, scope)).map((each) => each.id);
  throw new TielineError(
    'USAGE',
    file.systemName === undefined
      ? `${name} does not say which system its POA&Ms are of.`
      : `${name} is of the system "${file.systemName}", which is no boundary of this name here.`,
    {
      fields: [
        {
          field: '--boundary',
          message:
            known.length > 0
              ? `name one of: ${known.slice(0, 20).join(', ')}`
              : 'there is none yet; make it with --new-boundary NAME',
        },
      ],
      remedy: 'Say which authorization boundary it is of; nothing was imported.',
    },
  );
}

/** Our id of a new boundary: its name, in the letters of ids. */
const idFor = (name: string): string =>
  name
    .trim()
    .replaceAll(/[^A-Za-z0-9._-]+/g, '-')
    .replaceAll(/^-|-$/g, '')
    .slice(0, 50);
