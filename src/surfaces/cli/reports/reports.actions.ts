/** `reports …`: what can be made, made, read, compared, scheduled. */
import { createReadStream, createWriteStream } from 'node:fs';
import { rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { type Actor, everywhere, localOperator } from '../../../canonical/access/index.ts';
import type { App } from '../../../engine/run/index.ts';
import { keepEvidence } from '../../../modules/deviations/index.ts';
import {
  askForReport,
  fetchReport,
  hashOf,
  leaveReport,
  listReports,
  listTemplates,
  makeReport,
  openReport,
  type OutsideRecipient,
  readReport,
  type ReportRow,
  verifyHash,
} from '../../../modules/reports/index.ts';
import { discloseReport, type Leaving } from '../../../modules/privacy/index.ts';
import { endReportSchedule, scheduleReport } from '../../../operate/worker/index.ts';
import { messageOf, TielineError } from '../../../platform/errors/index.ts';
import { defined } from '../../../platform/values/index.ts';
import { accountName } from '../kit/account.ts';
import type { CommandContext, GlobalFlags } from '../kit/command-context.ts';
import { leavingOf, type LeavingFlags } from '../kit/flags.ts';
import { minuteText } from '../kit/instants.ts';
import { reportLines, reportsTable, templatesTable, verifiedLines } from './reports.view.ts';

const operator = (): Actor => localOperator(accountName());
const who = () => ({ actor: operator(), scope: everywhere });

interface ListFlags extends GlobalFlags {
  readonly boundary?: string;
  readonly template?: string;
  readonly after?: string;
  readonly limit: number;
}

export async function list(context: CommandContext, flags: ListFlags): Promise<void> {
  const { boundary, template, after, limit } = flags;
  const rows = await context.host.withApp(flags, (app) =>
    listReports(app, operator(), { limit, ...defined({ boundary, template, after }) }),
  );
  if (flags.json) context.printJson('reportRows', rows);
  else if (rows.length === 0)
    context.print('No reports yet. See what can be made: tieline reports templates');
  else {
    context.print(reportsTable(rows, context.width));
    const last = rows.length === limit ? rows.at(-1) : undefined;
    if (last) context.print(`\nFor those before: tieline reports list --after ${last.id}`);
  }
}

export async function templates(context: CommandContext, flags: GlobalFlags): Promise<void> {
  const rows = await context.host.withApp(flags, (app) => listTemplates(app, who()));
  if (flags.json) context.printJson('reportTemplates', rows);
  else context.print(templatesTable(rows, context.width));
}

interface ParameterFlags extends GlobalFlags {
  readonly boundary?: string;
  readonly from?: string;
  readonly to?: string;
  readonly set?: string[];
}

/** @throws TielineError USAGE where one is not `name=value`. */
function parametersOf({ boundary, from, to, set = [] }: ParameterFlags): Record<string, string> {
  const named = set.map((each) => {
    const at = each.indexOf('=');
    if (at > 0) return [each.slice(0, at).trim(), each.slice(at + 1).trim()] as const;
    throw new TielineError('USAGE', `"${each}" is not name=value.`);
  });
  return { ...Object.fromEntries(named), ...defined({ boundary, from, to }) };
}

interface MakeFlags extends ParameterFlags, LeavingFlags {
  readonly out?: string;
  readonly snapshot?: string;
  readonly fill?: string;
}

async function keptInput(app: App, path: string): Promise<string> {
  try {
    return (await keepEvidence(app, operator(), createReadStream(path))).sha256;
  } catch (cause) {
    if (cause instanceof TielineError) throw cause;
    throw new TielineError('USAGE', `${path} could not be read: ${messageOf(cause)}`, { cause });
  }
}

export async function make(
  context: CommandContext,
  flags: MakeFlags,
  [template]: readonly [string],
): Promise<void> {
  const leaving = leavingOf(flags);
  if (leaving && flags.out === undefined)
    throw new TielineError(
      'USAGE',
      '--recipient, --purpose and --authority say where a file goes: give --out too.',
    );
  const { row, path } = await context.host.withApp(flags, async (app) => {
    const input = flags.fill === undefined ? undefined : await keptInput(app, flags.fill);
    const { id } = await askForReport(app, who(), {
      template,
      parameters: parametersOf(flags),
      ...defined({ snapshot: flags.snapshot, input }),
    });
    const { signal } = context.host;
    try {
      await makeReport(app, id, { signal, note: () => undefined });
    } catch (error) {
      if (signal.aborted) await leaveReport(app, id, { status: 'cancelled', problem: null });
      throw error;
    }
    return {
      row: await fetchReport(app, operator(), id),
      path: flags.out === undefined ? undefined : await write(app, id, flags.out, leaving),
    };
  });
  if (flags.json) context.printJson('reportRow', row);
  else for (const line of reportLines(row, path)) context.print(line);
}

export async function show(
  context: CommandContext,
  flags: GlobalFlags,
  [id]: readonly [string],
): Promise<void> {
  const row: ReportRow = await context.host.withApp(flags, (app) => fetchReport(app, operator(), id));
  if (flags.json) context.printJson('reportRow', row);
  else for (const line of reportLines(row, undefined)) context.print(line);
}

/** Writes the file beside its place first, so that a broken one is never found there. @returns where it is. */
async function write(app: App, id: string, to: string, leaving: Leaving | undefined): Promise<string> {
  const { report, stream } = leaving
    ? await discloseReport(app, operator(), { id, leaving })
    : await openReport(app, operator(), id);
  const isFolder = await stat(to).then(
    (found) => found.isDirectory(),
    () => false,
  );
  const path = isFolder ? join(to, report.fileName ?? `report-${report.id}`) : to;
  const part = `${path}.part`;
  try {
    await pipeline(stream, createWriteStream(part));
    await rename(part, path);
  } catch (cause) {
    await rm(part, { force: true });
    if (cause instanceof TielineError) throw cause;
    throw new TielineError('USAGE', `${path} could not be written: ${messageOf(cause)}`, { cause });
  }
  return path;
}

export async function save(
  context: CommandContext,
  flags: GlobalFlags & LeavingFlags,
  [id, to]: readonly [string, string],
): Promise<void> {
  const { row, path } = await context.host.withApp(flags, async (app) => ({
    path: await write(app, id, to, leavingOf(flags)),
    row: await fetchReport(app, operator(), id),
  }));
  if (flags.json) context.printJson('reportRow', row);
  else context.print(`Written: ${path} (${row.bytes ?? 0} bytes, SHA-256 ${row.sha256 ?? ''})`);
}

export async function read(
  context: CommandContext,
  flags: GlobalFlags,
  [id]: readonly [string],
): Promise<void> {
  const row: ReportRow = await context.host.withApp(flags, (app) => readReport(app, operator(), id));
  if (flags.json) context.printJson('reportRow', row);
  else context.print(`Read: ${row.title}. It waits in your inbox no longer.`);
}

async function hashGiven(given: string): Promise<string> {
  if (/^[0-9a-f]{64}$/i.test(given.trim())) return given;
  try {
    return await hashOf(createReadStream(given));
  } catch (cause) {
    throw new TielineError(
      'USAGE',
      `${given} is neither a SHA-256 nor a file that can be read: ${messageOf(cause)}`,
      {
        cause,
      },
    );
  }
}

export async function verify(
  context: CommandContext,
  flags: GlobalFlags,
  [given]: readonly [string],
): Promise<void> {
  const hash = await hashGiven(given);
  const verified = await context.host.withApp(flags, (app) => verifyHash(app, operator(), hash));
  if (flags.json) context.printJson('reportVerified', verified);
  else for (const line of verifiedLines(verified)) context.print(line);
  // A program that checks a package must notice without reading.
  if (verified.reports.length === 0) context.result.exitCode = 3;
}

interface ScheduleFlags extends ParameterFlags {
  readonly cron: string;
  readonly toAccount?: string[];
  readonly toOutside?: string[];
}

/** @throws TielineError USAGE where it has not four parts. */
function outsideOf(text: string): OutsideRecipient {
  const parts = text.split(';').map((part) => part.trim());
  const [address = '', recipient = '', purpose = '', authority = ''] = parts;
  if (parts.length === 4) return { address, recipient, purpose, authority };
  throw new TielineError('USAGE', `"${text}" is not address;recipient;purpose;authority.`);
}

export async function schedule(
  context: CommandContext,
  flags: ScheduleFlags,
  [name, template]: readonly [string, string],
): Promise<void> {
  const next = await context.host.withApp(flags, (app) =>
    scheduleReport(app, who(), {
      name,
      of: template,
      cron: flags.cron,
      parameters: parametersOf(flags),
      recipients: flags.toAccount ?? [],
      outside: (flags.toOutside ?? []).map(outsideOf),
    }),
  );
  if (flags.json) context.printJson('reportScheduled', { name, next });
  else
    context.print(
      `Scheduled: ${name}. Next: ${next.map((at) => minuteText(at)).join(', ')}. A worker makes it: tieline worker`,
    );
}

export async function unschedule(
  context: CommandContext,
  flags: GlobalFlags,
  [name]: readonly [string],
): Promise<void> {
  await context.host.withApp(flags, (app) => endReportSchedule(app, operator(), name));
  if (flags.json) context.printJson('reportScheduled', { name, next: [] });
  else context.print(`The schedule ${name} has ended; its reports stay.`);
}
