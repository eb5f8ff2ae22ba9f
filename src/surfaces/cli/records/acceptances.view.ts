/** Acceptances in words. */
import type { AcceptanceEntry, CheckedAcceptance } from '../../../modules/acceptances/index.ts';
import { fittedTable } from '../kit/fitted-table.ts';
import { dayText } from '../kit/instants.ts';
import { shortValue } from '../kit/short-value.ts';
import { counted } from '../kit/table.ts';

/** What a rule covers now: `3 open findings of plugin 97833 (…) on web01`. */
export function coverage({ covers, asset, pluginName, wanted }: CheckedAcceptance): string {
  const findings = `${counted(covers.findings, 'open finding')}`;
  const where =
    asset === undefined ? `on ${counted(covers.assets, 'asset')}` : `on ${asset.hostname ?? asset.assetUuid}`;
  return `${findings} of plugin ${wanted.plugin} (${pluginName}) ${where}`;
}

function standing(entry: AcceptanceEntry): string {
  if (entry.status === 'withdrawn') return 'withdrawn';
  // The server keeps a rule that ran out, or not: it holds nothing down any more either way.
  if (entry.expired) return 'expired';
  if (entry.missingSince) return 'missing at the server';
  return entry.acceptanceId === null ? 'to be sent' : 'in force';
}

/** @param width of the terminal. */
export function acceptancesTable(rows: readonly AcceptanceEntry[], width: number | undefined): string {
  return fittedTable(
    ['ID', 'SYSTEM', 'KIND', 'PLUGIN', 'WHERE', 'UNTIL', 'STATE', 'WHY'],
    rows.map((row) => [
      String(row.id),
      row.system,
      row.severity === null ? row.kind.replace('_', ' ') : `${row.kind} to ${row.severity}`,
      row.pluginId ?? row.cveId ?? '',
      shortValue(
        [row.scope, row.repository && `repository ${row.repository}`, row.port].filter(Boolean).join(', '),
      ),
      dayText(row.expiresAt, 'never'),
      standing(row),
      shortValue(row.comment ?? ''),
    ]),
    width,
  );
}
