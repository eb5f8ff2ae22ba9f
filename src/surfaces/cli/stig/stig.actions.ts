/** `stig import|list|export`: checklists. */
import { writeFile } from 'node:fs/promises';
import { everywhere, localOperator } from '../../../canonical/access/index.ts';
import { discloseExport } from '../../../modules/privacy/index.ts';
import { type ChecklistFormat, exportChecklist, listAssetStigs } from '../../../modules/stig-files/index.ts';
import { messageOf, TielineError } from '../../../platform/errors/index.ts';
import { fetchPresentAsset } from '../../../record/assets/index.ts';
import { importScanFiles } from '../imports/import.actions.ts';
import { accountName } from '../kit/account.ts';
import type { CommandContext, GlobalFlags } from '../kit/command-context.ts';
import { fittedTable } from '../kit/fitted-table.ts';
import { leavingOf, type LeavingFlags } from '../kit/flags.ts';
import { minuteText } from '../kit/instants.ts';

interface ImportFlags extends GlobalFlags {
  readonly system?: string;
  readonly newSource: boolean;
}

export const importChecklists = (
  context: CommandContext,
  flags: ImportFlags,
  paths: readonly [string[]],
): Promise<void> =>
  importScanFiles(context, { ...flags, keepPartial: false, watch: false, every: 10 }, paths);

export async function listChecklists(
  context: CommandContext,
  flags: GlobalFlags,
  [wanted]: readonly [string],
): Promise<void> {
  const stigs = await context.host.withApp(flags, async (app) =>
    listAssetStigs(app.db, everywhere, (await fetchPresentAsset(app, wanted)).assetUuid),
  );
  if (flags.json) context.printJson('assetStigs', stigs);
  else if (stigs.length === 0)
    context.print('No checklist of this asset was imported. Import one: tieline stig import FILE');
  else
    context.print(
      fittedTable(
        ['STIG', 'REVISION', 'RULES', 'OPEN', 'LAST SEEN (UTC)'],
        stigs.map((each) => [
          each.stig,
          each.revision ?? '–',
          String(each.rules),
          String(each.open),
          each.lastSeen === null ? '–' : minuteText(each.lastSeen),
        ]),
        context.width,
      ),
    );
}

interface ExportFlags extends GlobalFlags, LeavingFlags {
  readonly stig?: string;
  readonly format: ChecklistFormat;
  readonly out?: string;
}

/** A checklist holds what checks printed and reviewers wrote, people's names among it: one that leaves the agency is accounted for first. */
export async function exportOne(
  context: CommandContext,
  flags: ExportFlags,
  [wanted]: readonly [string],
): Promise<void> {
  const leaving = leavingOf(flags);
  const written = await context.host.withApp(flags, async (app) => {
    const checklist = await exportChecklist(app, everywhere, {
      assetUuid: (await fetchPresentAsset(app, wanted)).assetUuid,
      stig: flags.stig,
      format: flags.format,
    });
    if (leaving)
      await discloseExport(app, localOperator(accountName()), {
        what: `checklist ${checklist.fileName}`,
        scope: everywhere,
        leaving,
      });
    return checklist;
  });
  if (flags.out === undefined) {
    context.print(written.text.trimEnd());
    return;
  }
  await writeFile(flags.out, written.text).catch((error: unknown) => {
    throw new TielineError('OUTPUT_FAILED', `${flags.out ?? ''} cannot be written: ${messageOf(error)}`, {
      cause: error,
    });
  });
  context.print(`Written to ${flags.out}.`);
}
