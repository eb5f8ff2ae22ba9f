/**
 * Rules that somebody made at a scanner's server and that no deviation explains: each is shown as a deviation that was found, one for each
 * POA&M that has findings under it, and asks a person. Never an approval: what it hides counts as open. It is over when the rule is ended, at the server
 * or here, or when an approved deviation for the same asset and plugin takes the rule for its own.
 *
 * A rule that covers nothing under a POA&M asks nobody; `tieline acceptances list` shows it.
 */
import type { ConnectorDeclaration } from '../../../connectors/kit/index.ts';
import { byRule, type DeviationKind, severityNamed } from '../../../canonical/vocabulary/index.ts';
import { recordChanges } from '../../../ledger/operations/index.ts';
import type { Tx } from '../../../platform/postgres/index.ts';
import { insertDeviation, lockDeviation } from '../deviations.sql.ts';
import { moveRecorded } from '../grant-deviation.ts';
import {
  type FoundRule,
  type FoundUnder,
  listFound,
  listFoundRules,
  listFoundUnder,
  markFound,
  setAssets,
} from './found-rules.sql.ts';

export interface Scanner {
  readonly id: number;
  readonly name: string;
  readonly scopeOf: NonNullable<ConnectorDeclaration['acceptanceScope']>;
}

/** What a rule would have to be approved as. */
export const kindOfRule: Readonly<Record<string, DeviationKind>> = {
  false_positive: 'false_positive',
  accepted: 'risk_acceptance',
  recast: 'risk_adjustment',
};

/** Whether a rule covers a finding. Pure. A filter that is more than plugin, asset and port is kept as text and covers what its plugins say. */
export function covers(
  rule: Pick<FoundRule, 'scope' | 'pluginIds' | 'port'>,
  finding: Pick<FoundUnder, 'pluginId' | 'port' | 'externalId'>,
  scopeOf: Scanner['scopeOf'],
): boolean {
  if (!rule.pluginIds.includes(finding.pluginId)) return false;
  if (rule.port !== null && finding.port !== rule.port) return false;
  return rule.scope === 'all' || rule.scope === scopeOf(finding.externalId).scope;
}

interface Found {
  readonly rule: FoundRule;
  readonly poamId: string;
  /** One of the findings under it that the rule covers. */
  readonly first: FoundUnder;
  readonly assets: ReadonlySet<string>;
}

const keyOf = ({ ruleId, poamId }: { readonly ruleId: number; readonly poamId: string }): string =>
  `${ruleId} ${poamId}`;

const rulesAtOnce = 1_000;
const pluginsAtOnce = 20;

/** Every rule in force that nobody approved, page by page: one that is left out would lapse what was found before. */
async function everyRule(tx: Tx, systemId: number, now: Date): Promise<FoundRule[]> {
  const all: FoundRule[] = [];
  for (let afterId = 0; ;) {
    const page = await listFoundRules(tx.db, systemId, { now, afterId, limit: rulesAtOnce });
    all.push(...page.filter(({ kind }) => kind in kindOfRule));
    if (page.length < rulesAtOnce) return all;
    afterId = page.at(-1)?.id ?? afterId;
  }
}

/** What the rules cover, by rule and POA&M. Rules are looked up by plugin: each finding is held against the few that name its own. */
async function gatherFound(
  tx: Tx,
  scanner: Scanner,
  rules: readonly FoundRule[],
): Promise<ReadonlyMap<string, Found>> {
  const byPlugin = new Map<string, FoundRule[]>();
  for (const rule of rules)
    for (const plugin of rule.pluginIds) byPlugin.set(plugin, [...(byPlugin.get(plugin) ?? []), rule]);
  const plugins = [...byPlugin.keys()];
  const found = new Map<string, Found & { readonly assets: Set<string> }>();
  for (let at = 0; at < plugins.length; at += pluginsAtOnce)
    for (const finding of await listFoundUnder(tx.db, scanner.id, plugins.slice(at, at + pluginsAtOnce)))
      for (const rule of byPlugin.get(finding.pluginId) ?? []) {
        if (!covers(rule, finding, scanner.scopeOf)) continue;
        const key = keyOf({ ruleId: rule.id, poamId: finding.poamId });
        const known = found.get(key);
        if (known) known.assets.add(finding.assetUuid);
        else
          found.set(key, {
            rule,
            poamId: finding.poamId,
            first: finding,
            assets: new Set([finding.assetUuid]),
          });
      }
  return found;
}

/** @returns how many are new. */
export async function followFoundRules(
  tx: Tx,
  scanner: Scanner,
  { operationId, now }: { readonly operationId: string; readonly now: Date },
): Promise<number> {
  const rules = await everyRule(tx, scanner.id, now);
  const known = await listFound(tx.db, scanner.id);
  if (rules.length === 0 && known.length === 0) return 0;
  const found = await gatherFound(tx, scanner, rules);
  const before = new Map(known.map((row) => [keyOf(row), row]));
  for (const row of known) if (!found.has(keyOf(row))) await lapse(tx, row.id, { operationId, now });
  let added = 0;
  for (const [key, each] of found) {
    const row = before.get(key);
    const assets = [...each.assets].toSorted();
    if (!row) {
      await keepFound(tx, each, { scanner, assets, operationId, now });
      added += 1;
    } else if (assets.join() !== row.assets.join()) await setAssets(tx.db, row.id, assets);
  }
  return added;
}

async function lapse(
  tx: Tx,
  id: number,
  at: { readonly operationId: string; readonly now: Date },
): Promise<void> {
  const deviation = await lockDeviation(tx.db, id);
  const why = { by: undefined, reason: 'the rule is gone, or of an approved deviation by now' };
  if (deviation) await moveRecorded(tx, deviation, 'lapse', { ...at, ...why });
}

async function keepFound(
  tx: Tx,
  { rule, poamId, first }: Found,
  {
    scanner,
    assets,
    operationId,
    now,
  }: {
    readonly scanner: Scanner;
    readonly assets: readonly string[];
    readonly operationId: string;
    readonly now: Date;
  },
): Promise<void> {
  const kind = kindOfRule[rule.kind] ?? 'risk_acceptance';
  const id = await insertDeviation(tx.db, {
    kind,
    poamId,
    boundary: first.boundary,
    severity: severityNamed(first.severity) ?? null,
    isWholePoam: false,
    rationale: rule.comment ?? `a rule made in ${scanner.name}, without a comment`,
    compensatingControls: null,
    details: {},
    adjustedSeverity: kind === 'risk_adjustment' ? (severityNamed(rule.severity) ?? null) : null,
    expiresOn: rule.expiresOn,
    reviewOn: null,
    requestedBy: scanner.name,
    requestedByPrincipal: `at ${scanner.name}`,
    requestedAt: now,
    assets,
  });
  await markFound(tx.db, id, rule.id);
  await recordChanges(tx.db, { systemId: scanner.id, operationId }, [
    {
      entity: 'deviation',
      entityId: String(id),
      after: { kind, poam_id: poamId, acceptance_id: rule.id },
      direction: 'inbound',
      decidedBy: byRule('deviation_found'),
    },
  ]);
}
