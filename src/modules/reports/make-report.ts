/** Makes a report: asked for, frozen, rendered, kept. What it covers is settled when it is asked for, and never grows. */
import { buffer } from 'node:stream/consumers';
import {
  type Actor,
  isInside,
  isWithin,
  type Permission,
  permissions,
  type Scope,
} from '../../canonical/access/index.ts';
import type { App } from '../../engine/run/index.ts';
import { messageOf, TielineError } from '../../platform/errors/index.ts';
import { isBoundaryWithin } from '../../record/boundaries/index.ts';
import { isReportKind, reportKind, reportKindNames, type ReportKindName } from './kinds.ts';
import { readParameters } from './parameters.ts';
import { renderReport } from './render.ts';
import type { EvidenceFiles, ToRender } from './rendered.ts';
import {
  beginReport,
  completeReport,
  endReport,
  fetchReportToMake,
  findPoamPlace,
  findSnapshots,
  insertReport,
  type ReportToMake,
  saveSnapshotRow,
} from './reports.sql.ts';
import { makeableScope } from './rights.ts';
import type { Snapshot, SnapshotPart } from './snapshot/snapshot.ts';
import { takeSnapshot } from './snapshot/take.ts';
import { findTemplateRow, type TemplateRow } from './templates.sql.ts';

type Making = Pick<App, 'db' | 'store' | 'files' | 'papers' | 'now'>;

export interface ReportAsked {
  /** Name of a template. */
  readonly template: string;
  /** By name; `boundary`, `from` and `to` among them. */
  readonly parameters: Readonly<Record<string, string | undefined>>;
  /** Of the same rows as an earlier report. */
  readonly snapshot?: string | undefined;
  /** A workbook to be filled, kept already. */
  readonly input?: string | undefined;
}

const dayMs = 86_400_000;
/** The most that a snapshot or a report may weigh. */
const mostBytes = 2 ** 31;

function filesOf({ files }: Pick<App, 'files'>): NonNullable<App['files']> {
  if (files) return files;
  throw new TielineError('INTERNAL', 'This build of Tieline keeps no files.');
}

/** @throws TielineError REPORT_TEMPLATE_UNKNOWN. */
export async function fetchTemplate(
  { db }: Pick<App, 'db'>,
  who: { readonly scope: Scope; readonly actor: Pick<Actor, 'principalId'> },
  name: string,
): Promise<TemplateRow & { readonly kind: ReportKindName }> {
  const found = await findTemplateRow(db, { scope: who.scope, principalId: who.actor.principalId }, name);
  if (found && isReportKind(found.kind)) return { ...found, kind: found.kind };
  throw new TielineError('REPORT_TEMPLATE_UNKNOWN', `There is no report template "${name}".`);
}

/** The boundary must be seen; a report of all is of where its maker may make it now. */
async function coveredScope(
  { db }: Making,
  scope: Scope,
  { boundary, poam }: { readonly boundary: string | null; readonly poam: string | null },
): Promise<Scope> {
  const refuse = (field: string, message: string): never => {
    throw new TielineError('REPORT_INVALID', 'The report was not made.', { fields: [{ field, message }] });
  };
  if (boundary !== null) {
    if (!(await isBoundaryWithin(db, scope, boundary)))
      refuse('boundary', `there is no boundary "${boundary}"`);
    return { kind: 'boundaries', systemIds: [boundary], unassigned: false };
  }
  if (poam === null) return scope;
  const found = await findPoamPlace(db, poam);
  if (!found || !isWithin(scope, found.systemId)) return refuse('poam', `there is no POA&M "${poam}"`);
  return found.systemId === null
    ? { kind: 'boundaries', systemIds: [], unassigned: true }
    : { kind: 'boundaries', systemIds: [found.systemId], unassigned: false };
}

/** @throws TielineError REPORT_INVALID: a file that nobody would look at. */
function requireTakesFile(kind: ReportKindName): void {
  const { parameters } = reportKind(kind);
  if (parameters.some(({ type }) => type === 'file')) return;
  const takers = reportKindNames.filter((name) =>
    reportKind(name).parameters.some(({ type }) => type === 'file'),
  );
  throw new TielineError('REPORT_INVALID', 'The report was not made.', {
    fields: [
      { field: 'input', message: `this report fills no workbook of yours; ${takers.join(', ')} does` },
    ],
  });
}

/**
 * Asks for a report: its row waits to be made. @param scope where the actor sees templates.
 * @returns its id, and what it covers. @throws TielineError REPORT_TEMPLATE_UNKNOWN, REPORT_INVALID, NOT_ALLOWED, SNAPSHOT_UNKNOWN.
 */
export async function askForReport(
  app: Making,
  { actor, scope }: { readonly actor: Actor; readonly scope: Scope },
  asked: ReportAsked,
): Promise<{ readonly id: string; readonly scope: Scope }> {
  const now = app.now();
  const template = await fetchTemplate(app, { actor, scope }, asked.template);
  const { kind } = template;
  const makeable = makeableScope(kind, { actor, now });
  const own = template.schedule?.parameters ?? {};
  const parameters = readParameters(kind, { ...own, ...asked.parameters }, now);
  if (asked.input !== undefined) requireTakesFile(kind);
  let covered = await coveredScope(app, makeable, parameters);
  let snapshot: string | undefined;
  if (asked.snapshot !== undefined) {
    const [found, another] = await findSnapshots(app.db, {
      scope: makeable,
      kind,
      id: asked.snapshot.toLowerCase(),
    });
    if (!found || another)
      throw new TielineError(
        'SNAPSHOT_UNKNOWN',
        `There is no snapshot ${asked.snapshot.slice(0, 12)} of this kind of report.`,
      );
    ({ sha256: snapshot, scope: covered } = found);
  }
  const id = await insertReport(app.db, {
    templateId: template.id,
    title: template.title,
    kind,
    format: reportKind(kind).format,
    parameters: parameters.all,
    scope: covered,
    snapshot,
    input: asked.input,
    by: actor.name,
    principalId: actor.principalId,
    now,
  });
  return { id, scope: covered };
}

/**
 * Whoever asked may have lost a right since that the report needs. @param holds where they hold a permission now.
 * @throws TielineError NOT_ALLOWED.
 */
export async function requireHeldThere(
  { db }: Pick<App, 'db'>,
  id: string,
  holds: (permission: Permission) => Promise<Scope | undefined>,
): Promise<void> {
  const report = await fetchReportToMake(db, id);
  if (!report || !isReportKind(report.kind)) return;
  for (const permission of ['report:create', ...reportKind(report.kind).needs] as const) {
    const held = await holds(permission);
    if (held === undefined || !isInside(report.scope, held))
      throw new TielineError(
        'NOT_ALLOWED',
        `Who asked for this report may not ${permissions[permission].title} there any more.`,
      );
  }
}

export interface MakingWatch {
  readonly signal: AbortSignal;
  readonly note: (step: string) => void;
}

/** Bytes as a whole; the store compares them with their hash first. */
const bytesOf = async (app: Making, sha256: string): Promise<Uint8Array> =>
  buffer((await filesOf(app).store.open(sha256)).stream);

const asBuffer = (bytes: Uint8Array): Buffer => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);

async function* buffersOf(bytes: Uint8Array | AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  if (bytes instanceof Uint8Array) yield asBuffer(bytes);
  else for await (const piece of bytes) yield asBuffer(piece);
}

const keep = (app: Making, bytes: Uint8Array | AsyncIterable<Uint8Array>) =>
  filesOf(app).store.keep(buffersOf(bytes), { maxBytes: mostBytes });

/** The snapshot that a report is of: the one that was asked for, or a new one, which is kept before anything is made of it. */
async function snapshotOf(
  app: Making,
  kind: ReportKindName,
  report: ReportToMake,
): Promise<{ readonly id: string; readonly snapshot: Snapshot }> {
  if (report.snapshot !== null) {
    const stored = JSON.parse(new TextDecoder().decode(await bytesOf(app, report.snapshot))) as Snapshot; // it was written below
    return { id: report.snapshot, snapshot: stored };
  }
  const at = app.now();
  const snapshot = await takeSnapshot(app, {
    kind,
    parts: new Set<SnapshotPart>(reportKind(kind).parts),
    scope: report.scope,
    boundary: report.parameters['boundary'] ?? null,
    poamId: report.parameters['poam'] ?? null,
    period: { from: report.parameters['from'] ?? '', to: report.parameters['to'] ?? '' },
    at,
    generator: app.papers?.generator ?? 'Tieline',
    marking: app.papers?.marking ?? '',
  });
  const { sha256 } = await keep(app, new TextEncoder().encode(JSON.stringify(snapshot)));
  const keepUntil = new Date(at.getTime() + report.keepDays * dayMs);
  await saveSnapshotRow(app.db, { sha256, takenAt: snapshot.takenAt, kind, scope: report.scope, keepUntil });
  return { id: sha256, snapshot };
}

/**
 * Makes a report that was asked for; one that is made already, or was cancelled, is left alone. Its own end is recorded in its row.
 * @throws what went wrong, after it was recorded; the signal's reason, where it may be begun again.
 */
export async function makeReport(app: Making, id: string, watch: MakingWatch): Promise<void> {
  const report = await fetchReportToMake(app.db, id);
  if (!report || !isReportKind(report.kind) || !(await beginReport(app.db, id))) return;
  const { kind } = report;
  try {
    watch.note('freeze');
    const { id: snapshotId, snapshot } = await snapshotOf(app, kind, report);
    watch.signal.throwIfAborted();
    watch.note('write');
    const { rendered, sha256, bytes } = await write(app, kind, {
      snapshot,
      snapshotId,
      parameters: report.parameters,
      input: report.input === null ? undefined : await bytesOf(app, report.input),
      signal: watch.signal,
    });
    const now = app.now();
    const { fileName, mediaType, notes } = rendered;
    await completeReport(app.db, id, {
      sha256,
      bytes,
      fileName,
      mediaType,
      notes,
      now,
      path: `${sha256.slice(0, 2)}/${sha256}`,
      snapshot: snapshotId,
      period: snapshot.period,
      dataAsOf: snapshot.takenAt,
      expiresAt: new Date(now.getTime() + report.keepDays * dayMs),
    });
  } catch (error) {
    if (!watch.signal.aborted) await recordFailure(app, id, error);
    throw error;
  }
}

type Rendering = Omit<ToRender, 'evidence'>;

/**
 * Renders and keeps a report. Evidence is read once, as it is written: where a file turns out to be damaged then, nothing of the report is kept,
 * and it is written again after each file was compared, without those that are damaged.
 */
async function write(app: Making, kind: ReportKindName, from: Rendering): Promise<Written> {
  const { store } = filesOf(app);
  const read: EvidenceFiles['read'] = (sha256) => store.read(sha256);
  const keepRendered = async (find: EvidenceFiles['find']): Promise<Written> => {
    const rendered = await renderReport(kind, { ...from, evidence: { find, read } });
    from.signal.throwIfAborted();
    return { rendered, ...(await keep(app, rendered.bytes)) };
  };
  try {
    return await keepRendered((sha256) => store.known(sha256));
  } catch (error) {
    if (!(error instanceof TielineError) || error.code !== 'FILE_DAMAGED') throw error;
    return keepRendered(async (sha256) => {
      const { bytes, stream } = await store.open(sha256);
      stream.destroy();
      return { bytes };
    });
  }
}

interface Written {
  readonly rendered: Awaited<ReturnType<typeof renderReport>>;
  readonly sha256: string;
  readonly bytes: number;
}

async function recordFailure(app: Making, id: string, error: unknown): Promise<void> {
  const problem =
    error instanceof TielineError
      ? {
          code: error.code,
          message: error.message,
          remedy: error.remedy,
          fields: error.fields.map((fault) => ({ ...fault })),
        }
      : { code: 'INTERNAL', message: messageOf(error) };
  await endReport(app.db, id, { status: 'failed', problem });
}

/** Ends a report that was not made: its job was cancelled, or came to nothing. */
export const leaveReport = (
  { db }: Pick<App, 'db'>,
  id: string,
  end: Parameters<typeof endReport>[2],
): Promise<void> => endReport(db, id, end);
