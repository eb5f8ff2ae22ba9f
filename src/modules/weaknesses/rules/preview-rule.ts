/** What a rule would make of the findings that are open now, beside what the rule in force makes of them. Nothing is kept. */
import type { Scope } from '../../../canonical/access/index.ts';
import type { WeaknessRule } from '../../../canonical/weakness-rule/index.ts';
import type { App } from '../../../engine/run/index.ts';
import type { Tx } from '../../../platform/postgres/index.ts';
import { listRulesInForce, type RuleInForce } from '../../../record/weaknesses/index.ts';
import { checkRuleEdit, fetchRules } from './change-rules.ts';
import { countGathered, type Gathered, gatherWeakFindings, listGrcSystems } from './weak-findings.sql.ts';

export interface RulePreview {
  readonly systemId: string | null;
  /** Boundaries in which the rule would hold. */
  readonly boundaries: readonly string[];
  readonly before: Gathered;
  readonly after: Gathered;
}

/** The rules in force as they would be. @param rule null: the boundary has the rule of all again. */
export function rulesWith(
  rules: readonly RuleInForce[],
  systemId: string | null,
  rule: WeaknessRule | null,
): RuleInForce[] {
  const others = rules.filter((each) => each.systemId !== systemId);
  if (rule === null) return others;
  const draft = { id: 0, systemId, version: 0, rule, reason: '', changedBy: '', changedAt: '' };
  return [...others, draft];
}

const added = (one: Gathered, other: Gathered): Gathered => ({
  findings: one.findings + other.findings,
  weaknesses: one.weaknesses + other.weaknesses,
  bySeverity: Object.fromEntries(
    [...new Set([...Object.keys(one.bySeverity), ...Object.keys(other.bySeverity)])].map((severity) => [
      severity,
      (one.bySeverity[severity] ?? 0) + (other.bySeverity[severity] ?? 0),
    ]),
  ),
  excluded: one.excluded + other.excluded,
  accepted: one.accepted + other.accepted,
});

async function counted(
  { db }: Tx,
  given: {
    readonly rules: readonly RuleInForce[];
    readonly now: Date;
    readonly systemIds: readonly string[];
  },
): Promise<Gathered> {
  let sum: Gathered = { findings: 0, weaknesses: 0, bySeverity: {}, excluded: 0, accepted: 0 };
  for (const system of await listGrcSystems(db)) {
    await gatherWeakFindings(db, system, given);
    sum = added(sum, await countGathered(db, given.systemIds));
  }
  return sum;
}

/** Counts what a rule would make, in the boundaries where it would hold. */
export function previewRule(
  app: App,
  scope: Scope,
  edit: { readonly systemId: string | null; readonly rule: WeaknessRule | null },
): Promise<RulePreview> {
  return app.store.transaction(async (tx) => {
    await checkRuleEdit(tx, scope, edit);
    const { boundaries } = await fetchRules(tx, scope);
    const systemIds = boundaries
      .filter((each) => (edit.systemId === null ? each.isInherited : each.systemId === edit.systemId))
      .map(({ systemId }) => systemId);
    const now = app.now();
    const rules = await listRulesInForce(tx.db);
    return {
      systemId: edit.systemId,
      boundaries: systemIds,
      before: await counted(tx, { rules, now, systemIds }),
      after: await counted(tx, { rules: rulesWith(rules, edit.systemId, edit.rule), now, systemIds }),
    };
  });
}
