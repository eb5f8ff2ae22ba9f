/**
 * Rules of boundaries as people make and end them. What a change would move is found by making it: in a transaction that is rolled back,
 * with the same statements that a sync runs, so that a preview is no second opinion (as src/review/plans/rehearse.ts does it).
 */
import { createHash } from 'node:crypto';
import { isIP } from 'node:net';
import { type Scope, isWithin } from '../../canonical/access/index.ts';
import {
  type AssetRole,
  type Condition,
  conditionKinds,
  conditionText,
} from '../../canonical/boundary-rules/index.ts';
import { byPerson } from '../../canonical/vocabulary/index.ts';
import { recordChanges, withDecision } from '../../ledger/operations/index.ts';
import { TielineError } from '../../platform/errors/index.ts';
import type { Store, Tx } from '../../platform/postgres/index.ts';
import { applyBoundaryRules } from './apply.ts';
import {
  type BoundaryRule,
  endBoundaryRule,
  findRulingSystem,
  type HeldPlace,
  insertBoundaryRule,
  isSystem,
  listBoundaryRules,
  listContestingRules,
  listRuledPlaces,
  type RuleToMake,
} from './rules.sql.ts';

export type RuleChange =
  | { readonly kind: 'make'; readonly rule: RuleToMake }
  | { readonly kind: 'end'; readonly ruleId: number };

interface Place {
  readonly systemId: string;
  readonly role: AssetRole;
}

/** What a change of a rule does to assets; the lists are cut, the numbers are whole. */
export interface RuleEffect {
  readonly moved: number;
  readonly moves: readonly {
    readonly assetUuid: string;
    readonly hostname: string | null;
    readonly before: readonly Place[];
    readonly after: readonly Place[];
  }[];
  /** Assets that a person is newly asked about. */
  readonly asked: number;
  readonly questions: readonly {
    readonly assetUuid: string;
    readonly hostname: string | null;
    readonly systemIds: readonly string[];
  }[];
  /** Assets that nobody is asked about any more. */
  readonly settled: number;
  /** Of all of it: a change that is made with it does this or nothing. */
  readonly sha256: string;
}

export interface RuleChanged {
  readonly ruleId: number;
  readonly operationId: string;
  readonly effect: RuleEffect;
}

interface Changing {
  readonly store: Store;
  readonly now: () => Date;
}

interface ChangeOptions {
  readonly by: string;
  readonly reason?: string | undefined;
  /** Where the person may change rules. */
  readonly scope: Scope;
  /** The effect that was shown; another one is refused. */
  readonly sha256?: string | undefined;
}

/** What a change would do; nothing stays of it. @throws as `changeRule`. */
export const previewRuleChange = (
  { store, now }: Changing,
  change: RuleChange,
  scope: Scope,
): Promise<RuleEffect> =>
  store.asOne((within) =>
    within.transaction(async (tx) => ({
      keep: false,
      result: (await changed(tx, change, { by: 'preview', scope, at: now() })).effect,
    })),
  );

/** @throws TielineError USAGE; RECORD_UNKNOWN of a rule that is not in force, or out of scope; PLAN_MOVED where the effect is another one. */
export const changeRule = (
  { store, now }: Changing,
  change: RuleChange,
  options: ChangeOptions,
): Promise<RuleChanged> =>
  store.transaction(async (tx) => {
    const outcome = await changed(tx, change, { ...options, at: now() });
    if (options.sha256 === undefined || options.sha256 === outcome.effect.sha256) return outcome;
    throw new TielineError('PLAN_MOVED', 'What the rule would move is not what was shown any more.', {
      remedy: 'Look at it again. Nothing was changed.',
    });
  });

/**
 * A rule from what a person decided about one asset: whatever fits all the rules that contest it is of this boundary, before any of them.
 * @returns its number. @throws TielineError USAGE where nothing comes before the first of them.
 */
export async function makeRuleOfDecision(
  tx: Tx,
  { assetUuid, systemId }: { readonly assetUuid: string; readonly systemId: string },
  options: ChangeOptions & { readonly at: Date },
): Promise<number> {
  const contesting = await listContestingRules(tx.db, assetUuid);
  const first = Math.min(...contesting.map(({ priority }) => priority));
  if (contesting.length === 0 || first <= 1)
    throw new TielineError('USAGE', 'No rule can come before those that contest the asset.', {
      remedy: 'Accept it for this asset alone, or make the rules again with a later priority than 1.',
    });
  const rule = {
    systemId,
    priority: first - 1,
    role: 'responsible',
    conditions: contesting.flatMap(({ conditions }) => conditions),
    note: `decided about asset ${assetUuid}`,
  } as const;
  return (await changed(tx, { kind: 'make', rule }, options)).ruleId;
}

async function changed(
  tx: Tx,
  change: RuleChange,
  options: ChangeOptions & { readonly at: Date },
): Promise<RuleChanged> {
  const before = change.kind === 'end' ? await fetchRule(tx, change.ruleId, options.scope) : undefined;
  const wanted = change.kind === 'make' ? checked(change.rule) : undefined;
  const boundary = before?.systemId ?? wanted?.systemId ?? '';
  const systemId = await findRulingSystem(tx.db, boundary);
  if (!(await isSystem(tx.db, boundary)))
    throw new TielineError('RECORD_UNKNOWN', `There is no system ${boundary}.`);
  if (systemId === undefined)
    throw new TielineError('USAGE', `System ${boundary} is in no GRC system that is read.`, {
      remedy: 'Rules hold for the systems of a GRC connection: see `tieline systems list`.',
    });
  const places = await listRuledPlaces(tx.db, systemId);
  return withDecision(tx.db, { system: 'tieline', step: 'change a boundary rule' }, async (operationId) => {
    const who = { by: options.by, at: options.at };
    const ruleId = wanted ? await insertBoundaryRule(tx.db, wanted, who) : (before?.id ?? 0);
    if (before) await endBoundaryRule(tx.db, ruleId, who);
    await recordChanges(tx.db, { systemId, operationId }, [
      {
        entity: 'boundary_rule',
        entityId: String(ruleId),
        field: 'rule',
        before: before ? ruleText(before) : null,
        after: wanted ? ruleText(wanted) : null,
        direction: 'internal',
        decidedBy: byPerson(options.by),
        ...(options.reason === undefined ? {} : { reason: options.reason }),
      },
    ]);
    await applyBoundaryRules(tx, { systemId, operationId });
    return { ruleId, operationId, effect: effectOf(places, await listRuledPlaces(tx.db, systemId)) };
  });
}

async function fetchRule(tx: Tx, id: number, scope: Scope): Promise<BoundaryRule> {
  const [rule] = await listBoundaryRules(tx.db, scope, { id });
  if (rule && isWithin(scope, rule.systemId)) return rule;
  throw new TielineError('RECORD_UNKNOWN', `There is no boundary rule ${id} in force.`, {
    remedy: 'See `tieline systems rules list`.',
  });
}

/** One line: boundary, priority, role, conditions. */
export const ruleText = ({ systemId, priority, role, conditions }: RuleToMake): string =>
  `${systemId}, priority ${priority}, ${role}: ${conditionText(conditions)}`;

const listedAtMost = 200;

function effectOf(before: readonly HeldPlace[], after: readonly HeldPlace[]): RuleEffect {
  const was = Map.groupBy(before, ({ assetUuid }) => assetUuid);
  const is = Map.groupBy(after, ({ assetUuid }) => assetUuid);
  const assets = [...new Set([...was.keys(), ...is.keys()])].map((assetUuid) => {
    const [then, now] = [was.get(assetUuid) ?? [], is.get(assetUuid) ?? []];
    return {
      assetUuid,
      hostname: (now[0] ?? then[0])?.hostname ?? null,
      before: placesOf(then),
      after: placesOf(now),
      wasAsked: askedOf(then),
      isAsked: askedOf(now),
    };
  });
  const moves = assets
    .filter((each) => keyOf(each.before) !== keyOf(each.after))
    .map(({ wasAsked: _was, isAsked: _is, ...move }) => move);
  const questions = assets
    .filter(({ wasAsked, isAsked }) => wasAsked.length === 0 && isAsked.length > 0)
    .map(({ assetUuid, hostname, isAsked }) => ({ assetUuid, hostname, systemIds: isAsked }));
  const settled = assets.filter(
    ({ wasAsked, isAsked }) => wasAsked.length > 0 && isAsked.length === 0,
  ).length;
  return {
    moved: moves.length,
    moves: moves.slice(0, listedAtMost),
    asked: questions.length,
    questions: questions.slice(0, listedAtMost),
    settled,
    sha256: createHash('sha256').update(JSON.stringify({ moves, questions, settled })).digest('hex'),
  };
}

const placesOf = (places: readonly HeldPlace[]): Place[] =>
  places.filter(({ decision }) => decision === 'linked').map(({ systemId, role }) => ({ systemId, role }));
const askedOf = (places: readonly HeldPlace[]): string[] =>
  places.filter(({ decision }) => decision === 'review').map(({ systemId }) => systemId);
const keyOf = (places: readonly Place[]): string =>
  places.map(({ systemId, role }) => `${systemId} ${role}`).join(', ');

/** @throws TielineError USAGE naming each field that is wrong. */
function checked(rule: RuleToMake): RuleToMake {
  const conditions = rule.conditions
    .map(({ kind, values }) => ({
      kind,
      values: [...new Set(values.map((value) => value.trim()).filter((value) => value !== ''))],
    }))
    .filter(({ values }) => values.length > 0);
  const fields = conditions.flatMap((condition) => faultsOf(condition));
  if (conditions.length === 0)
    fields.push({
      field: 'conditions',
      message: `at least one of ${Object.values(conditionKinds)
        .map(({ title }) => title)
        .join(', ')}`,
    });
  if (fields.length > 0) throw new TielineError('USAGE', 'The rule was not saved.', { fields });
  return { ...rule, conditions };
}

function faultsOf({ kind, values }: Condition): { field: string; message: string }[] {
  return values.flatMap((value): { field: string; message: string }[] => {
    if (kind === 'network' && !isNetwork(value))
      return [
        {
          field: kind,
          message: `"${value}" is not an address or network; expected 10.2.3.4, 10.2.0.0/16 or 2001:db8::/32`,
        },
      ];
    if (kind === 'name' && /^[*?]*$/.test(value))
      return [{ field: kind, message: `"${value}" fits every name: give some letters of it` }];
    return [];
  });
}

function isNetwork(text: string): boolean {
  const [address = '', length, ...rest] = text.split('/');
  const family = isIP(address);
  const fits =
    length === undefined || (/^\d{1,3}$/.test(length) && Number(length) <= (family === 4 ? 32 : 128));
  return family !== 0 && !address.includes('%') && fits && rest.length === 0;
}
