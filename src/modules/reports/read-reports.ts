/** Reports that were made, as somebody may see them: list, one, its file, whether a file is the one that was made. */
import type { RawBuilder } from 'kysely';
import type { Readable } from 'node:stream';
import { createHash } from 'node:crypto';
import type { Actor } from '../../canonical/access/index.ts';
import type { App } from '../../engine/run/index.ts';
import { TielineError } from '../../platform/errors/index.ts';
import { commonParameters, isReportKind, type ParameterSpec, reportKind } from './kinds.ts';
import {
  findReportRow,
  findReportsByHash,
  forgetExpired,
  isReadable,
  listReportRows,
  type ReportFilter,
  type ReportRow,
} from './reports.sql.ts';
import { markOpened, unopenedReports } from './deliveries.sql.ts';
import { isMakeable, readableKinds } from './rights.ts';
import { listTemplateRows, type TemplateRow } from './templates.sql.ts';
import type { Scope } from '../../canonical/access/index.ts';

type Reading = Pick<App, 'db' | 'now' | 'files'>;

export interface TemplateView extends Omit<TemplateRow, 'ownerPrincipal'> {
  readonly question: string;
  readonly takesBoundary: 'one' | 'any';
  readonly parameters: readonly ParameterSpec[];
  /** Whether the reader may make it, somewhere. */
  readonly mayMake: boolean;
  readonly isOwn: boolean;
}

/** @param who.scope where the reader may see reports. */
export async function listTemplates(
  { db, now }: Reading,
  who: { readonly actor: Actor; readonly scope: Scope },
): Promise<TemplateView[]> {
  const rows = await listTemplateRows(db, { scope: who.scope, principalId: who.actor.principalId });
  const asker = { actor: who.actor, now: now() };
  return rows.flatMap(({ ownerPrincipal, ...row }) => {
    if (!isReportKind(row.kind)) return [];
    const { question, boundary, parameters } = reportKind(row.kind);
    return [
      {
        ...row,
        question,
        takesBoundary: boundary,
        parameters: [...commonParameters, ...parameters],
        mayMake: isMakeable(row.kind, asker),
        isOwn: ownerPrincipal === who.actor.principalId,
      },
    ];
  });
}

/** The newest first. @throws TielineError REPORT_UNKNOWN: the one that they are to follow. */
export async function listReports(
  app: Reading,
  actor: Actor,
  filter: ReportFilter & { readonly limit: number },
): Promise<ReportRow[]> {
  if (filter.after !== undefined) await fetchReport(app, actor, filter.after);
  return listReportRows(app.db, readableKinds({ actor, now: app.now() }), filter);
}

/** @throws TielineError REPORT_UNKNOWN. */
export async function fetchReport({ db, now }: Reading, actor: Actor, id: string): Promise<ReportRow> {
  const found = await findReportRow(db, readableKinds({ actor, now: now() }), id);
  if (found) return found;
  throw new TielineError('REPORT_UNKNOWN', `There is no report ${id}.`);
}

export interface ReportFile {
  readonly report: ReportRow;
  readonly sha256: string;
  readonly stream: Readable;
}

/**
 * The file of a report, after it was compared with its hash. That it was read is not noted: whoever hands it out does so once it may go.
 * @throws TielineError REPORT_UNKNOWN; REPORT_NOT_THERE; FILE_DAMAGED, FILE_UNKNOWN where the store has it not as it was.
 */
export async function reportFile(app: Reading, actor: Actor, id: string): Promise<ReportFile> {
  const report = await fetchReport(app, actor, id);
  const isOver = report.expiresAt !== null && report.expiresAt < app.now();
  if (report.status !== 'completed' || report.sha256 === null || isOver)
    throw new TielineError(
      'REPORT_NOT_THERE',
      isOver
        ? `The file of report ${id} was kept until ${report.expiresAt?.toISOString().slice(0, 10)}.`
        : `Report ${id} is ${report.status}.`,
    );
  if (!app.files) throw new TielineError('INTERNAL', 'This build of Tieline keeps no files.');
  const { stream } = await app.files.store.open(report.sha256);
  return { report, sha256: report.sha256, stream };
}

/** A report of a schedule was handed to its reader, so that it waits for them no longer. @returns whether it did wait. */
export const noteOpened = ({ db, now }: Reading, actor: Actor, reportId: string): Promise<boolean> =>
  markOpened(db, {
    reportId,
    principal: actor.kind === 'local' ? { name: actor.name } : { id: actor.principalId },
    now: now(),
  });

/** The file of a report for its reader. @throws TielineError as `reportFile`. */
export async function openReport(app: Reading, actor: Actor, id: string): Promise<ReportFile> {
  const file = await reportFile(app, actor, id);
  await noteOpened(app, actor, file.report.id);
  return file;
}

/** Says that a report of a schedule was read, so that it waits for its reader no longer. @throws TielineError REPORT_UNKNOWN. */
export async function readReport(app: Reading, actor: Actor, id: string): Promise<ReportRow> {
  await fetchReport(app, actor, id);
  await noteOpened(app, actor, id);
  return fetchReport(app, actor, id);
}

/** SQL of reports of schedules that wait for a person, as rows of the inbox. @param person SQL of the ids of their accounts. */
export const reportsToRead = (
  reader: { readonly actor: Actor; readonly now: Date },
  person: RawBuilder<unknown>,
): RawBuilder<unknown> => unopenedReports(isReadable(readableKinds(reader)), person, reader.now);

export interface Verified {
  readonly sha256: string;
  /** Reports that were made with exactly these bytes, the newest first. */
  readonly reports: readonly ReportRow[];
}

/** Whether these are the bytes of a report that was made here. @param sha256 of a file, or of a report. */
export async function verifyHash({ db, now }: Reading, actor: Actor, sha256: string): Promise<Verified> {
  const hash = sha256.trim().toLowerCase();
  if (!/^[0-9a-f]{64}$/.test(hash))
    throw new TielineError('REPORT_INVALID', 'That is no SHA-256.', {
      fields: [{ field: 'sha256', message: 'expected 64 hexadecimal digits' }],
    });
  return { sha256: hash, reports: await findReportsByHash(db, readableKinds({ actor, now: now() }), hash) };
}

/** The SHA-256 of what comes. */
export async function hashOf(bytes: AsyncIterable<Uint8Array>): Promise<string> {
  const hash = createHash('sha256');
  for await (const piece of bytes) hash.update(piece);
  return hash.digest('hex');
}

/** Removes files of reports and snapshots whose time is over; the rows stay and say so. @returns how many. */
export async function forgetReports({ db, now, files }: Reading): Promise<number> {
  if (!files) return 0;
  const over = await forgetExpired(db, now());
  for (const sha256 of over) await files.store.remove(sha256);
  return over.length;
}
