import type { Scope } from '../../canonical/access/index.ts';
import type { App } from '../../engine/run/index.ts';
import { TielineError } from '../../platform/errors/index.ts';
import { fetchStigTarget, listAssetStigs, listStigResults } from './checklists.sql.ts';
import { type ChecklistFormat, writeChecklist } from './write-checklist.ts';

export interface WrittenChecklist {
  readonly fileName: string;
  readonly text: string;
}

/**
 * The results of a STIG on an asset as a checklist.
 * @param wanted.stig its id; undefined: the only one that the asset has. @throws TielineError RECORD_UNKNOWN, with those that there are.
 */
export async function exportChecklist(
  { db }: Pick<App, 'db'>,
  scope: Scope,
  wanted: { readonly assetUuid: string; readonly stig: string | undefined; readonly format: ChecklistFormat },
): Promise<WrittenChecklist> {
  const known = await listAssetStigs(db, scope, wanted.assetUuid);
  const stig =
    wanted.stig === undefined && known.length === 1
      ? known[0]?.stig
      : known.find((each) => each.stig.toLowerCase() === wanted.stig?.toLowerCase())?.stig;
  if (stig === undefined)
    throw new TielineError(
      'RECORD_UNKNOWN',
      known.length === 0
        ? `No checklist of the asset ${wanted.assetUuid} was imported.`
        : `Which STIG is meant? The asset ${wanted.assetUuid} has ${known.map((each) => each.stig).join(', ')}.`,
      {
        remedy:
          known.length === 0
            ? 'Import one with `tieline stig import FILE`.'
            : 'Name one of them with --stig.',
      },
    );
  const target = await fetchStigTarget(db, wanted.assetUuid);
  const results = await listStigResults(db, scope, { assetUuid: wanted.assetUuid, stig });
  const host = (target.hostname ?? wanted.assetUuid).replaceAll(/[^A-Za-z0-9._-]/g, '_');
  return {
    fileName: `${host}-${stig.replaceAll(/[^A-Za-z0-9._-]/g, '_')}.${wanted.format}`,
    text: writeChecklist(wanted.format, { stig, target, results }),
  };
}
