/** Reports that are made by themselves: with the rights of whoever set them up, and not at all once these are gone. */
import { type Actor, isWithin, localOperator, nowhere, scopeFor } from '../../canonical/access/index.ts';
import type { App } from '../../engine/run/index.ts';
import {
  endSchedule,
  fetchTemplate,
  findOwnSchedule,
  makeableScope,
  moveSchedule,
  noReportMail,
  type OutsideRecipient,
  outsideFaults,
  readParameters,
  saveOutcome,
  saveSchedule,
  takeDue,
  type TemplateRow,
} from '../../modules/reports/index.ts';
import { type FieldFault, messageOf, TielineError } from '../../platform/errors/index.ts';
import { actorOf, findAccountOfAddress } from '../accounts/index.ts';
import { requestReport } from '../jobs/index.ts';
import { nextTimes } from './schedules.ts';

export interface ReportSchedule {
  /** How it is called; reports made by it bear it as their template. */
  readonly name: string;
  /** Of which template. */
  readonly of: string;
  /** Five fields, UTC. */
  readonly cron: string;
  readonly parameters: Readonly<Record<string, string | undefined>>;
  /** Names of accounts. */
  readonly recipients: readonly string[];
  /** Whoever has no account and is sent the file itself. */
  readonly outside?: readonly OutsideRecipient[];
}

type Scheduling = Pick<App, 'db' | 'store' | 'files' | 'papers' | 'now' | 'reportMail'>;

const notSaved = (fields: readonly FieldFault[]): TielineError =>
  new TielineError('REPORT_INVALID', 'The schedule was not saved.', { fields });

/** Recipients are accounts: each reads what their own grants allow. @throws TielineError REPORT_INVALID. */
async function requireAccounts(app: Scheduling, names: readonly string[]): Promise<void> {
  for (const name of names)
    if (!(await actorOf(app, name)))
      throw notSaved([
        { field: 'recipients', message: `there is no account "${name}", or it is locked or disabled` },
      ]);
}

/**
 * What leaves the agency by itself is sent with the right to export what it covers, to domains that the machine's settings name.
 * @throws TielineError REPORT_INVALID, NOT_ALLOWED.
 */
async function requireMayDisclose(
  app: Scheduling,
  actor: Actor,
  {
    outside = [],
    boundary,
  }: { readonly outside: ReportSchedule['outside']; readonly boundary: string | null },
): Promise<void> {
  if (outside.length === 0) return;
  const faults = outsideFaults(app.reportMail ?? noReportMail, outside);
  for (const [at, { address }] of outside.entries()) {
    const account = await findAccountOfAddress(app.db, address);
    if (account !== undefined)
      faults.push({
        field: `outside.${at}.address`,
        message: `"${address}" is the address of the account ${account}: name the account, so that their own rights hold`,
      });
  }
  if (faults.length > 0) throw notSaved(faults);
  const held = scopeFor(actor, 'finding:export', app.now()) ?? nowhere;
  if (boundary === null ? held.kind === 'everywhere' : isWithin(held, boundary)) return;
  throw new TielineError(
    'NOT_ALLOWED',
    `${actor.name} may not send this report outside: it needs finding:export in all that it covers.`,
  );
}

/**
 * Makes a schedule of a report exactly this; one of the same name and owner is replaced. @returns its next three times.
 * @throws TielineError REPORT_TEMPLATE_UNKNOWN, REPORT_INVALID, NOT_ALLOWED; USAGE naming what is wrong with the expression.
 */
export async function scheduleReport(
  app: Scheduling,
  { actor, scope }: { readonly actor: Actor; readonly scope: Parameters<typeof fetchTemplate>[1]['scope'] },
  asked: ReportSchedule,
): Promise<Date[]> {
  const now = app.now();
  const times = nextTimes(asked.cron, now, 3);
  const template = await fetchTemplate(app, { actor, scope }, asked.of);
  const makeable = makeableScope(template.kind, { actor, now });
  const { boundary, all } = readParameters(template.kind, asked.parameters, now);
  if (boundary !== null && !isWithin(makeable, boundary))
    throw notSaved([
      { field: 'boundary', message: `there is no boundary "${boundary}" of which you may make this report` },
    ]);
  await requireAccounts(app, asked.recipients);
  await requireMayDisclose(app, actor, { outside: asked.outside, boundary });
  // The period is that of each run, unless both its ends were given.
  const { from: _from, to: _to, ...kept } = all;
  const fixed = asked.parameters['from'] !== undefined && asked.parameters['to'] !== undefined ? all : kept;
  const isSaved = await saveSchedule(app.db, {
    name: asked.name,
    title: template.title,
    kind: template.kind,
    format: template.format,
    boundary,
    schedule: { cron: asked.cron, parameters: fixed },
    recipients: asked.recipients,
    outside: asked.outside ?? [],
    owner: actor.name,
    ownerPrincipal: actor.principalId,
    nextRunAt: times[0] ?? now,
    now,
  });
  if (isSaved) return times;
  throw notSaved([
    { field: 'name', message: `"${asked.name}" is taken by a template or by a schedule of somebody else` },
  ]);
}

/** Ends a schedule of one's own; whoever may administer settings may end any. @throws TielineError REPORT_TEMPLATE_UNKNOWN. */
export async function endReportSchedule(app: Scheduling, actor: Actor, name: string): Promise<void> {
  const mayAny = actor.kind === 'local' || scopeFor(actor, 'admin:settings', app.now()) !== undefined;
  const found = await findOwnSchedule(app.db, name, mayAny ? undefined : actor.principalId);
  if (found && (await endSchedule(app.db, found.id, app.now()))) return;
  throw new TielineError('REPORT_TEMPLATE_UNKNOWN', `You have no schedule "${name}".`);
}

const localPrefix = 'local:';

/** Who set it up, as they are now. */
export async function ownerOf(
  app: Pick<App, 'db' | 'store' | 'now'>,
  { ownerPrincipal, owner }: Pick<TemplateRow, 'owner' | 'ownerPrincipal'>,
): Promise<Actor | undefined> {
  if (ownerPrincipal === null) return undefined;
  return ownerPrincipal.startsWith(localPrefix)
    ? localOperator(owner ?? 'local')
    : actorOf(app, ownerPrincipal);
}

async function run(app: App, template: TemplateRow): Promise<void> {
  const owner = await ownerOf(app, template);
  if (!owner)
    throw new TielineError(
      'NOT_ALLOWED',
      `${template.owner ?? 'Who set this up'} has no account any more that may act.`,
    );
  const scope = scopeFor(owner, 'report:read', app.now()) ?? nowhere;
  const { reportId } = await requestReport(
    app,
    { actor: owner, scope },
    { template: template.name, parameters: {} },
  );
  await saveOutcome(app.db, template.id, { report: reportId });
}

/** Asks for each report whose time has come. What cannot be made says why in its schedule, and waits for its next time. */
export async function requestDueReports(app: App): Promise<void> {
  const due = await app.store.transaction(async (tx) => {
    const now = app.now();
    const rows = await takeDue(tx.db, now);
    for (const { id, schedule } of rows) {
      const [next] = nextTimes(schedule?.cron ?? '', now, 1);
      if (next) await moveSchedule(tx.db, id, { next, now });
    }
    return rows;
  });
  for (const template of due)
    try {
      await run(app, template);
    } catch (error) {
      const code = error instanceof TielineError ? error.code : 'INTERNAL';
      await saveOutcome(app.db, template.id, { code, message: messageOf(error) });
      app.log.warn(
        { err: error, report: template.name },
        `a scheduled report was not made: ${messageOf(error)}`,
      );
    }
}
