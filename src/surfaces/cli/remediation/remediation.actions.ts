/** `remediation list|show|poam|people`. */
import { everywhere } from '../../../canonical/access/index.ts';
import { findingList } from '../../../canonical/lists/index.ts';
import { fetchPoamRemediation, fetchRemediation, listAssignees } from '../../../modules/remediation/index.ts';
import { TielineError } from '../../../platform/errors/index.ts';
import type { CommandContext, GlobalFlags } from '../kit/command-context.ts';
import { fittedTable } from '../kit/fitted-table.ts';
import { fetchKey } from '../lists/find-key.ts';
import type { ListFlags } from '../lists/list-flags.ts';
import { printFindings } from '../lists/print-findings.ts';
import { queryOf } from '../lists/read-list.ts';
import { poamWorkLines, workLines, workTable } from './remediation.view.ts';

export async function listWork(context: CommandContext, flags: ListFlags): Promise<void> {
  await context.host.withApp(flags, (app) => {
    const now = app.now();
    const asked = queryOf(findingList, flags, now);
    // Asked of nothing but others, what nobody works on is no row of this list.
    const remediation = asked.filter.remediation ?? { is: 'presence', present: true };
    return printFindings(context, app, flags, {
      query: { ...asked, filter: { ...asked.filter, remediation }, now },
      noneMatches: 'No work matches.',
      noneYet:
        "Nobody works on any finding yet. Next: tieline remediation assign --filter 'severity=critical' --to NAME",
      table: workTable,
      more: 'tieline remediation show KEY',
    });
  });
}

export async function showWork(
  context: CommandContext,
  flags: GlobalFlags,
  [wanted]: readonly [string],
): Promise<void> {
  const detail = await context.host.withApp(flags, async (app) =>
    fetchRemediation(app.db, everywhere, await fetchKey(app, wanted)),
  );
  if (!detail) throw new TielineError('RECORD_UNKNOWN', `There is no finding ${wanted}.`);
  if (flags.json) context.printJson('remediationDetail', detail);
  else context.print(workLines(detail).join('\n'));
}

export async function showPoamWork(
  context: CommandContext,
  flags: GlobalFlags,
  [poamId]: readonly [string],
): Promise<void> {
  const added = await context.host.withApp(flags, (app) =>
    fetchPoamRemediation(app.db, everywhere, { poamId, now: app.now() }),
  );
  if (!added) throw new TielineError('RECORD_UNKNOWN', `There is no POA&M ${poamId}.`);
  if (flags.json) context.printJson('poamRemediation', added);
  else context.print(poamWorkLines(added).join('\n'));
}

export async function listPeople(context: CommandContext, flags: GlobalFlags): Promise<void> {
  const all = await context.host.withApp(flags, (app) => listAssignees(app.db, app.now()));
  const people = all
    .filter(({ sees }) => sees.length > 0)
    .map(({ kind, name, title }) => ({ kind, name, title }));
  if (flags.json) context.printJson('assignees', people);
  else if (people.length === 0)
    context.print('Nobody can be given work yet. Next: tieline users add NAME, and tieline grants give');
  else
    context.print(
      fittedTable(
        ['NAME', 'WHAT', 'SHOWN AS'],
        people.map(({ kind, name, title }) => [name, kind, title]),
        context.width,
      ),
    );
}
