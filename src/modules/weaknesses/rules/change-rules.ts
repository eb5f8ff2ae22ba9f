/**
 * What people do with weakness rules and exclusions: look, change, exclude. A change adds a version; nothing is rewritten, and what it does to
 * POA&Ms happens with the next conclusion about weaknesses.
 */
import { type Actor, isWithin, type Scope } from '../../../canonical/access/index.ts';
import type { Exclusion, ExclusionScope, WeaknessRule } from '../../../canonical/weakness-rule/index.ts';
import type { App } from '../../../engine/run/index.ts';
import { withOperation } from '../../../ledger/operations/index.ts';
import { TielineError } from '../../../platform/errors/index.ts';
import type { Tx } from '../../../platform/postgres/index.ts';
import {
  addExclusion,
  addRuleVersion,
  endExclusion,
  type ExcludedFinding,
  keepExcluded,
  listExcluded,
  listExclusions,
  listRulesByBoundary,
  listRulesInForce,
  listRuleVersions,
  type RuleInForce,
  type RuleVersion,
} from '../../../record/weaknesses/index.ts';
import { gatherWeakFindings, listGrcSystems } from './weak-findings.sql.ts';

export interface BoundaryRule {
  readonly systemId: string;
  readonly name: string;
  /** Whether it has no rule of its own. */
  readonly isInherited: boolean;
  readonly rule: RuleInForce;
}

export interface RulesInForce {
  /** The rule of every boundary that has none of its own. */
  readonly inherited: RuleInForce;
  readonly boundaries: readonly BoundaryRule[];
}

function inheritedOf(rules: readonly RuleInForce[]): RuleInForce {
  const rule = rules.find(({ systemId }) => systemId === null);
  if (!rule)
    throw new TielineError('INTERNAL', 'There is no weakness rule for boundaries without one of their own.');
  return rule;
}

/** The rule of each boundary of the scope. */
export async function fetchRules({ db }: Pick<App, 'db'>, scope: Scope): Promise<RulesInForce> {
  const rules = await listRulesInForce(db);
  const byId = new Map(rules.map((rule) => [rule.id, rule]));
  const inherited = inheritedOf(rules);
  const boundaries = await listRulesByBoundary(db, scope);
  return {
    inherited,
    boundaries: boundaries.map(({ systemId, name, ruleId }) => {
      const rule = byId.get(ruleId) ?? inherited;
      return { systemId, name, isInherited: rule.systemId === null, rule };
    }),
  };
}

/** @throws TielineError RECORD_UNKNOWN where the scope holds no such boundary. */
export async function fetchBoundaryRule(
  app: Pick<App, 'db'>,
  scope: Scope,
  systemId: string,
): Promise<BoundaryRule> {
  const { boundaries } = await fetchRules(app, scope);
  const found = boundaries.find((boundary) => boundary.systemId === systemId);
  if (!found) throw unknownBoundary(systemId);
  return found;
}

const unknownBoundary = (systemId: string): TielineError =>
  new TielineError('RECORD_UNKNOWN', `There is no authorization boundary ${systemId}.`, {
    remedy: '`tieline systems list` shows the boundaries with their ids.',
  });

/** Every version of the rule of a boundary, or of the rule of all; the latest first. */
export async function fetchRuleHistory(
  app: Pick<App, 'db'>,
  scope: Scope,
  systemId: string | null,
): Promise<RuleVersion[]> {
  if (systemId !== null) await fetchBoundaryRule(app, scope, systemId);
  return listRuleVersions(app.db, systemId);
}

export interface RuleEdit {
  /** Null: the rule of every boundary that has none of its own. */
  readonly systemId: string | null;
  /** Null: from now on the boundary has the rule of all. */
  readonly rule: WeaknessRule | null;
  readonly reason: string;
  /** The version (weakness_rules.id) that the person saw in force; another one in force means that somebody was quicker. */
  readonly replaces?: number | undefined;
}

/** Refuses what cannot be meant, or what the scope does not hold. */
export async function checkRuleEdit(
  app: Pick<App, 'db'>,
  scope: Scope,
  edit: Pick<RuleEdit, 'systemId' | 'rule' | 'replaces'>,
): Promise<RuleInForce> {
  const rules = await fetchRules(app, scope);
  if (edit.systemId === null && scope.kind !== 'everywhere')
    throw refused('systemId', 'the rule of all boundaries is changed by who may change it in all of them');
  if (edit.systemId === null && edit.rule === null)
    throw refused('rule', 'the rule of all boundaries inherits none: say what it is to be');
  const boundary = rules.boundaries.find(({ systemId }) => systemId === edit.systemId);
  if (edit.systemId !== null && !boundary) throw unknownBoundary(edit.systemId);
  const before = boundary?.rule ?? rules.inherited;
  if (edit.rule === null && boundary?.isInherited === true)
    throw refused('rule', 'the boundary has no rule of its own already');
  if (edit.replaces !== undefined && edit.replaces !== before.id)
    throw new TielineError('RECORD_MOVED', 'The rule was changed meanwhile; nothing was saved.', {
      remedy: 'Look at the rule that is in force now, and decide again.',
    });
  return before;
}

const refused = (field: string, message: string): TielineError =>
  new TielineError('EDIT_REFUSED', 'Nothing was changed.', { fields: [{ field, message }] });

const about = (actor: Actor) => ({ principalId: actor.principalId, by: actor.name });

/** Adds a version of a rule; it is in force with the next conclusion about weaknesses. */
export function setRule(app: App, actor: Actor, scope: Scope, edit: RuleEdit): Promise<RuleVersion> {
  return app.store.transaction((tx) => setRuleWithin(app, tx, { actor, scope, edit }));
}

/** The same, inside of a transaction. */
export async function setRuleWithin(
  app: Pick<App, 'now'>,
  tx: Tx,
  { actor, scope, edit }: { readonly actor: Actor; readonly scope: Scope; readonly edit: RuleEdit },
): Promise<RuleVersion> {
  if (edit.reason.trim() === '') throw refused('reason', 'say why: it stands beside the version');
  await checkRuleEdit(tx, scope, edit);
  const operation = {
    type: 'update',
    system: 'tieline',
    step: 'weakness rule',
    metadata: about(actor),
  } as const;
  return withOperation(tx.db, operation, async ({ id: operationId, count }) => {
    const version = await addRuleVersion(tx.db, {
      systemId: edit.systemId,
      rule: edit.rule,
      reason: edit.reason.trim(),
      by: actor.name,
      principal: actor.principalId,
      operationId,
      now: app.now(),
    });
    await count({ read: 1, updated: 1 });
    return version;
  });
}

export interface NewExclusion {
  /** Null: in every boundary. */
  readonly systemId: string | null;
  readonly scope: ExclusionScope;
  readonly reason: string;
  readonly expiresAt: Date;
}

const longestYears = 3;

/** Leaves findings out until a day. @returns it, with how many open findings it leaves out now. */
export function exclude(app: App, actor: Actor, scope: Scope, given: NewExclusion): Promise<Exclusion> {
  const now = app.now();
  const latest = new Date(now);
  latest.setUTCFullYear(latest.getUTCFullYear() + longestYears);
  if (given.systemId === null && scope.kind !== 'everywhere')
    throw refused('systemId', 'name a boundary; in all of them excludes who may do so in all of them');
  if (given.reason.trim() === '')
    throw refused('reason', 'say why: it stands beside every finding that is left out');
  if (!(given.expiresAt > now)) throw refused('until', 'is past already');
  if (given.expiresAt > latest)
    throw refused('until', `is more than ${longestYears} years away; look at it again before that`);
  return app.store.transaction(async (tx) => {
    if (given.systemId !== null) await fetchBoundaryRule(tx, scope, given.systemId);
    const operation = {
      type: 'update',
      system: 'tieline',
      step: 'exclusion',
      metadata: about(actor),
    } as const;
    return withOperation(tx.db, operation, async ({ id: operationId, count }) => {
      const { id } = await addExclusion(tx.db, {
        ...given,
        reason: given.reason.trim(),
        by: actor.name,
        principal: actor.principalId,
        operationId,
        now,
      });
      await renewExcluded(tx, now);
      await count({ read: 1, created: 1 });
      return exclusionNumbered(tx, scope, id, now);
    });
  });
}

/** Ends an exclusion before its day: what it left out makes weaknesses again. */
export function endExclusionNow(
  app: App,
  actor: Actor,
  scope: Scope,
  ended: { readonly id: number; readonly reason: string },
): Promise<Exclusion> {
  const now = app.now();
  if (ended.reason.trim() === '') throw refused('reason', 'say why');
  return app.store.transaction(async (tx) => {
    const known = await exclusionNumbered(tx, scope, ended.id, now);
    // Of all boundaries: seen by everybody, ended by who may do so everywhere.
    if (known.systemId === null ? scope.kind !== 'everywhere' : !isWithin(scope, known.systemId))
      throw refused('id', 'it holds in every boundary; it is ended by who may do so in all of them');
    const operation = {
      type: 'update',
      system: 'tieline',
      step: 'exclusion',
      metadata: about(actor),
    } as const;
    return withOperation(tx.db, operation, async ({ count }) => {
      const done = await endExclusion(tx.db, ended.id, { by: actor.name, reason: ended.reason.trim(), now });
      if (!done) throw refused('id', 'it has ended already');
      await renewExcluded(tx, now);
      await count({ read: 1, updated: 1 });
      return exclusionNumbered(tx, scope, ended.id, now);
    });
  });
}

/** @throws TielineError RECORD_UNKNOWN */
async function exclusionNumbered(
  { db }: Pick<Tx, 'db'>,
  scope: Scope,
  id: number,
  now: Date,
): Promise<Exclusion> {
  const found = (await listExclusions(db, scope, { now, all: true })).find((each) => each.id === id);
  if (!found)
    throw new TielineError('RECORD_UNKNOWN', `There is no exclusion ${id}.`, {
      remedy: '`tieline rules exclusions --all` lists them, also those that have ended.',
    });
  return found;
}

async function renewExcluded(tx: Tx, now: Date): Promise<void> {
  const rules = await listRulesInForce(tx.db);
  for (const system of await listGrcSystems(tx.db)) {
    await gatherWeakFindings(tx.db, system, { rules, now });
    await keepExcluded(tx.db, system);
  }
}

/** The exclusions of the scope. @param all also those that have ended. */
export const fetchExclusions = (app: App, scope: Scope, all: boolean): Promise<Exclusion[]> =>
  listExclusions(app.db, scope, { now: app.now(), all });

/** An exclusion with the findings that it leaves out. @throws TielineError RECORD_UNKNOWN */
export async function fetchExclusion(
  app: App,
  scope: Scope,
  id: number,
): Promise<{ readonly exclusion: Exclusion; readonly findings: readonly ExcludedFinding[] }> {
  const exclusion = await exclusionNumbered(app, scope, id, app.now());
  return { exclusion, findings: await listExcluded(app.db, scope, id, 1000) };
}
