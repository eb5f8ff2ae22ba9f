/** What a remediation scan would look at: which findings are meant, and which machines and plugins that makes. */
import { z } from 'zod';
import { type FieldFault, TielineError } from '../../platform/errors/index.ts';
import { severities, type Severity } from '../../canonical/vocabulary/index.ts';
import {
  findSameScan,
  listVerifiable,
  type VerifiableFinding,
  type VerifiableQuery,
} from '../../record/remediation-scans/index.ts';
import { mayGoOut, needsApproval, noRecord } from '../../canonical/policy/index.ts';
import type { App } from '../../engine/run/index.ts';
import { fetchSystem } from '../../engine/connections/index.ts';
import { fetchPolicies } from '../../engine/policies/index.ts';
import { changeOfScan } from './claim-scan.ts';

/** A scan of more is not a verification of a patch, but a scan of its own kind. */
const findingsAtMost = 5_000;

const request = z
  .strictObject({
    poam: z.string().trim().min(1).optional(),
    /** Our number of a finding, or the server's uuid of it. */
    findings: z
      .array(z.union([z.string().regex(/^\d{1,9}$/), z.guid()], 'is neither a number nor a UUID'))
      .default([]),
    assets: z.array(z.guid('is not a UUID of an asset')).default([]),
    plugins: z.array(z.string().regex(/^\d{1,12}$/, 'a plugin id is a whole number')).default([]),
  })
  .superRefine((asked, context) => {
    const byAsset = asked.assets.length > 0 || asked.plugins.length > 0;
    const ways = [asked.poam !== undefined, asked.findings.length > 0, byAsset].filter(Boolean).length;
    const fault = (path: string, message: string): void =>
      context.addIssue({ code: 'custom', path: [path], message });
    if (ways !== 1)
      fault('findings', 'say what to look at in one way: a POA&M, findings, or assets with plugins');
    else if (byAsset && asked.assets.length === 0) fault('assets', 'say on which assets');
    else if (byAsset && asked.plugins.length === 0) fault('plugins', 'say which plugins');
  });
export type ScanWish = z.input<typeof request>;

export interface ScanPlan {
  readonly system: string;
  readonly systemId: number;
  readonly targets: readonly string[];
  readonly pluginIds: readonly string[];
  readonly findings: readonly VerifiableFinding[];
  /** Findings that were meant, and cannot be verified so. */
  readonly leftOut: readonly { readonly finding: VerifiableFinding; readonly reason: string }[];
  readonly needsApproval: boolean;
  /** An unfinished scan of just this: it is resumed, and none is made. */
  readonly same: { readonly id: number; readonly state: string } | undefined;
}

const refusal = (fields: readonly FieldFault[]): TielineError =>
  new TielineError('USAGE', 'No scan was asked for.', {
    fields,
    remedy: 'Correct it and run the command again.',
  });

function whyNot(finding: VerifiableFinding, system: string): string | undefined {
  if (!finding.isReported) return `${system} does not report it`;
  if (finding.lifecycleState === 'fixed') return 'it is fixed already';
  if (finding.target === null) return 'no address or name of its machine is known';
  return undefined;
}

function queryOf(wanted: z.output<typeof request>): VerifiableQuery {
  if (wanted.poam !== undefined) return { by: 'poam', poam: wanted.poam };
  if (wanted.findings.length === 0) return { by: 'assets', assets: wanted.assets, plugins: wanted.plugins };
  const isNumber = (id: string): boolean => /^\d+$/.test(id);
  return {
    by: 'findings',
    ids: wanted.findings.filter((id) => isNumber(id)).map(Number),
    uuids: wanted.findings.filter((id) => !isNumber(id)).map((id) => id.toLowerCase()),
  };
}

/**
 * Plans a scan; writes nothing, here or there.
 * @throws USAGE naming what is not known or not possible; if nothing of what is meant can be verified by this system.
 */
export async function planScan(app: App, system: string, wish: ScanWish): Promise<ScanPlan> {
  const parsed = request.safeParse(wish);
  if (!parsed.success)
    throw refusal(
      parsed.error.issues.map((issue) => ({ field: issue.path.join('.'), message: issue.message })),
    );
  const row = await fetchSystem(app, system);
  if (app.modules.get(row.system_type)?.declaration.runsScans !== true)
    throw refusal([
      { field: 'system', message: `${system} is of a type (${row.system_type}) that runs no scans for us` },
    ]);
  if (row.sync_enabled === false)
    throw refusal([
      { field: 'system', message: `sync with ${system} is off: what came of a scan would not be read` },
    ]);
  const policies = await fetchPolicies(app.db, row.id);
  if (!mayGoOut(policies, changeOfScan, noRecord))
    throw refusal([
      {
        field: 'system',
        message: `the policies of ${system} let no scan out (tieline policies list ${system})`,
      },
    ]);
  const found = await listVerifiable(app.db, row.id, queryOf(parsed.data), findingsAtMost + 1);
  if (found.length > findingsAtMost)
    throw refusal([
      { field: 'findings', message: `these are more than ${findingsAtMost}; ask for a part of them` },
    ]);
  const unknown = parsed.data.findings.filter(
    (id) => !found.some((each) => String(each.findingId) === id || each.scannerId === id.toLowerCase()),
  );
  if (unknown.length > 0)
    throw refusal(unknown.map((id) => ({ field: 'finding', message: `${id} is not a finding on record` })));
  const judged = found.map((finding) => ({ finding, reason: whyNot(finding, system) }));
  const findings = judged.flatMap(({ finding, reason }) => (reason === undefined ? [finding] : []));
  const leftOut = judged.flatMap(({ finding, reason }) =>
    reason === undefined ? [] : [{ finding, reason }],
  );
  if (findings.length === 0) throw refusal(nothingLeft(parsed.data, leftOut));
  const targets = [...new Set(findings.map((finding) => finding.target ?? ''))].toSorted();
  const pluginIds = [...new Set(findings.map((finding) => finding.pluginId))].toSorted();
  const same = await findSameScan(app.db, { systemId: row.id, targets, pluginIds });
  return {
    system,
    systemId: row.id,
    targets,
    pluginIds,
    findings,
    leftOut,
    needsApproval: needsApproval(policies, { ...changeOfScan, severity: worstOf(findings) }, noRecord),
    same: same && { id: same.id, state: same.state },
  };
}

function nothingLeft(wanted: z.output<typeof request>, leftOut: ScanPlan['leftOut']): FieldFault[] {
  const shownAtMost = 20;
  if (leftOut.length > 0)
    return leftOut.slice(0, shownAtMost).map(({ finding, reason }) => ({
      field: `finding ${finding.findingId}`,
      message: `${reason} (plugin ${finding.pluginId} on ${finding.hostname ?? finding.asset})`,
    }));
  return [
    wanted.poam === undefined
      ? { field: 'assets', message: 'none of these plugins has a finding on these assets' }
      : { field: 'poam', message: `no finding on record belongs to a POA&M ${wanted.poam}` },
  ];
}

function worstOf(findings: readonly VerifiableFinding[]): Severity | undefined {
  return severities.findLast((severity) => findings.some((finding) => finding.severity === severity));
}
