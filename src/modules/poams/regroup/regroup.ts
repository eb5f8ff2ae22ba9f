/**
 * After a rule was changed: weaknesses follow the version in force, and POA&Ms with them (`decide-regrouping.ts`). Runs in the transaction that
 * plans POA&Ms, before weaknesses are listed, once for each change. No POA&M is completed because of a rule: what a GRC system has is cancelled
 * with the reason, and what was not sent is withdrawn.
 */
import { byRule, type Reason, reasonOf, reasonSentence } from '../../../canonical/vocabulary/index.ts';
import type { EntityPolicy } from '../../../canonical/policy/index.ts';
import { readMayChange } from '../../../record/policy-facts/index.ts';
import { markRecordsEdited } from '../../../ledger/links/index.ts';
import { type JournalEntry, recordChanges } from '../../../ledger/operations/index.ts';
import { scalarText } from '../../../platform/values/index.ts';
import type { Tx } from '../../../platform/postgres/index.ts';
import { fetchRows, updateRows } from '../../../record/entities/index.ts';
import { mergeFindingsOfPoams, releaseFindingsOfPoams } from '../../../record/findings/index.ts';
import {
  continueWeaknesses,
  followRules,
  keepGathered,
  listChangedBoundaries,
  listChangedWeaknesses,
  listRulesNumbered,
  recordFates,
  releaseSplitFindings,
  type RuleInForce,
  supersedeWeaknesses,
  type WeaknessBefore,
} from '../../../record/weaknesses/index.ts';
import { moveDeviations } from '../../deviations/index.ts';
import { followPointers, gatherWeakFindings, keyOfWeakness } from '../../weaknesses/index.ts';
import { appended } from '../life/apply-life.ts';
import { decideRegrouping, type Regrouping } from './decide-regrouping.ts';

interface Source {
  readonly systemId: number;
  readonly operationId: string;
  readonly now: Date;
  readonly policies: readonly EntityPolicy[];
}

/** What a change of rules made of POA&Ms, as far as what follows must know. */
export interface Regrouped {
  /** Why POA&Ms ended that were not sent, by poam_id: the proposals are withdrawn. */
  readonly endings: ReadonlyMap<string, Reason>;
  /** From which POA&M a weakness was split, by `keyOfWeakness`, and under which version. */
  readonly splits: ReadonlyMap<string, { readonly from: string; readonly version: RuleInForce }>;
  /** POA&Ms that continue under another version, by poam_id. */
  readonly continued: ReadonlyMap<string, Continued>;
}

export interface Continued {
  readonly from: RuleInForce | undefined;
  readonly to: RuleInForce;
  /** It is about other findings now. */
  readonly isRegrouped: boolean;
}

/** Nothing was changed. */
const none: Regrouped = { endings: new Map(), splits: new Map(), continued: new Map() };

/**
 * Lets weaknesses of changed rules follow. Leaves the findings gathered under the rules in force behind, whether or not a rule was changed.
 * @param rules those in force.
 */
export async function regroup(tx: Tx, source: Source, rules: readonly RuleInForce[]): Promise<Regrouped> {
  const { systemId, now } = source;
  const boundaries = await listChangedBoundaries(tx.db, systemId, rules);
  if (boundaries.length === 0) {
    await gatherWeakFindings(tx.db, systemId, { rules, now });
    return none;
  }
  const earlier = new Map(
    (
      await listRulesNumbered(
        tx.db,
        boundaries.map(({ before }) => before),
      )
    ).map((rule) => [rule.id, rule]),
  );
  // As if each boundary still had the version that its weaknesses followed.
  const before = boundaries.flatMap((each) => {
    const rule = earlier.get(each.before);
    return rule ? [{ ...rule, systemId: each.systemId }] : [];
  });
  const others = rules.filter((rule) => !before.some((each) => each.systemId === rule.systemId));
  await gatherWeakFindings(tx.db, systemId, { rules: [...others, ...before], now });
  await keepGathered(tx.db);
  await gatherWeakFindings(tx.db, systemId, { rules, now });
  // What may not be cancelled there is left as what people made is: a second one for the same weakness is shown to a person.
  const changed = await listChangedWeaknesses(tx.db, systemId, rules);
  const mayEnd = await readMayChange(
    tx.db,
    source.policies,
    { entity: 'poam', fields: ['status', 'comments'] },
    changed.map(({ poamId }) => poamId),
  );
  const weaknesses = changed.map((each) => ({
    ...each,
    isOurs: each.isOurs && (!each.isSent || mayEnd(each.poamId)),
  }));
  const inForce = new Map(rules.map((rule) => [rule.id, rule]));
  const versionOf = new Map(boundaries.map((each) => [each.systemId, inForce.get(each.inForce)]));
  const fromOf = new Map(boundaries.map((each) => [each.systemId, earlier.get(each.before)]));
  const { regroupedPoams, ...regrouped } = await apply(tx, source, weaknesses, versionOf);
  await followRules(tx.db, boundaries);
  return { ...regrouped, continued: continuedOf(weaknesses, { versionOf, fromOf, regroupedPoams }) };
}

/** Whatever answers one weakness alone: of several, what its texts are to be about cannot be said. */
function continuedOf(
  weaknesses: readonly WeaknessBefore[],
  known: {
    readonly versionOf: ReadonlyMap<string, RuleInForce | undefined>;
    readonly fromOf: ReadonlyMap<string, RuleInForce | undefined>;
    readonly regroupedPoams: ReadonlySet<string>;
  },
): Regrouped['continued'] {
  return new Map(
    weaknesses.flatMap(({ poamId, systemId, hasOthers }): [string, Continued][] => {
      const to = known.versionOf.get(systemId);
      const isRegrouped = known.regroupedPoams.has(poamId);
      return to === undefined || hasOthers
        ? []
        : [[poamId, { from: known.fromOf.get(systemId), to, isRegrouped }]];
    }),
  );
}

const keysOf = ({ systemId, common }: WeaknessBefore) =>
  common.map((each) => ({ ...each, key: keyOfWeakness({ systemId, ...each }) }));

async function apply(
  tx: Tx,
  source: Source,
  weaknesses: readonly WeaknessBefore[],
  versionOf: ReadonlyMap<string, RuleInForce | undefined>,
): Promise<Omit<Regrouped, 'continued'> & { readonly regroupedPoams: ReadonlySet<string> }> {
  const rows = new Map(weaknesses.map((each) => [each.weaknessId, each]));
  const keys = new Map(weaknesses.flatMap((each) => keysOf(each).map((one) => [one.key, one] as const)));
  const decided = decideRegrouping(
    weaknesses,
    weaknesses.flatMap((each) =>
      keysOf(each).map(({ key, findings }) => ({ weaknessId: each.weaknessId, key, findings })),
    ),
  );
  const rowOf = (weaknessId: number): WeaknessBefore => {
    const row = rows.get(weaknessId);
    if (!row) throw new Error('a weakness was decided that was not asked about');
    return row;
  };
  const version = (weaknessId: number): RuleInForce => {
    const rule = versionOf.get(rowOf(weaknessId).systemId);
    if (!rule) throw new Error('a boundary has no rule');
    return rule;
  };
  const taken = await continueWeaknesses(
    tx.db,
    decided.continues.flatMap(({ before: { weaknessId }, key }) => {
      const to = keys.get(key);
      return to ? [{ weaknessId, grouping: to.grouping, identifier: to.identifier }] : [];
    }),
    source.now,
  );
  const all: Decided = {
    decided,
    rowOf,
    version,
    rowFor: (weaknessId) => taken.get(weaknessId) ?? weaknessId,
  };
  await carryOut(tx, source, all);
  await releaseSplitFindings(
    tx.db,
    decided.split.flatMap(({ key, from: { poamId, weaknessId } }) => {
      const to = keys.get(key);
      return to ? [{ ...to, from: poamId, systemId: rowOf(weaknessId).systemId }] : [];
    }),
  );
  await followPointers(tx.db);
  return {
    endings: new Map(endingsOf(all).map(({ poamId, reason }) => [poamId, reason])),
    splits: new Map(
      decided.split.map(({ key, from }) => [key, { from: from.poamId, version: version(from.weaknessId) }]),
    ),
    regroupedPoams: new Set(regroupedOf(all).map(({ before }) => before.poamId)),
  };
}

interface Decided {
  readonly decided: Regrouping;
  readonly rowOf: (weaknessId: number) => WeaknessBefore;
  readonly version: (weaknessId: number) => RuleInForce;
  /** The row of a weakness that continues: another one, where there was one by its key already. */
  readonly rowFor: (weaknessId: number) => number;
}

const titled = (row: WeaknessBefore): string => row.title ?? `${row.grouping} ${row.identifier}`;
/** A version of a rule, as reasons name it. */
export const named = (rule: RuleInForce): string => `${rule.version} (${rule.systemId ?? 'all boundaries'})`;

/** Which POA&Ms of ours end, and why. */
function endingsOf({ decided, rowOf, version }: Decided) {
  // One POA&M may answer several weaknesses: it continues while one of them does.
  const alive = new Set(decided.continues.map(({ before }) => before.poamId));
  const over = [
    ...decided.merged.map(({ before, into }) => ({ row: rowOf(before.weaknessId), into: into.poamId })),
    ...decided.ended.map((before) => ({ row: rowOf(before.weaknessId), into: undefined })),
  ].filter(({ row }) => row.isOurs && !row.hasOthers && !alive.has(row.poamId));
  return [...new Map(over.toReversed().map((each) => [each.row.poamId, each])).values()].map(
    ({ row, into }) => ({
      row,
      into,
      poamId: row.poamId,
      reason:
        into === undefined
          ? reasonOf('not_named', { version: named(version(row.weaknessId)) })
          : reasonOf('merged_into', { version: named(version(row.weaknessId)), poam: into }),
    }),
  );
}

/** Moves what hangs on weaknesses and POA&Ms, with journal. */
async function carryOut(tx: Tx, source: Source, all: Decided): Promise<void> {
  const { decided, rowFor } = all;
  const endings = endingsOf(all);
  const merged = endings.flatMap(({ poamId, into }) => (into === undefined ? [] : [{ from: poamId, into }]));
  await moveDeviations(tx, source, merged);
  await mergeFindingsOfPoams(tx.db, merged);
  await supersedeWeaknesses(
    tx.db,
    [
      ...decided.merged.map(({ before, into }) => ({
        weaknessId: before.weaknessId,
        by: rowFor(into.weaknessId),
      })),
      ...decided.ended.map(({ weaknessId }) => ({ weaknessId, by: null })),
    ],
    source.now,
  );
  await releaseFindingsOfPoams(
    tx.db,
    endings.flatMap(({ poamId, into }) => (into === undefined ? [poamId] : [])),
  );
  await cancelSent(tx, source, endings);
  await recordOutcomes(tx, source, all, endings);
}

/** Those that continue about another weakness. */
const regroupedOf = ({ decided, rowOf }: Decided) =>
  decided.continues.filter(({ before, key }) => keyOfWeakness(rowOf(before.weaknessId)) !== key);

/** Keeps beside POA&Ms what became of them, and says so in the journal of each. */
async function recordOutcomes(
  tx: Tx,
  source: Source,
  all: Decided,
  endings: ReturnType<typeof endingsOf>,
): Promise<void> {
  const { rowOf, version } = all;
  const moved = regroupedOf(all);
  await recordFates(
    tx.db,
    [
      ...moved
        .filter(({ before }) => before.isOurs)
        .map(({ before }) => ({
          poamId: before.poamId,
          ruleId: version(before.weaknessId).id,
          fate: 'regrouped' as const,
          other: null,
        })),
      ...endings.map(({ row, poamId, into }) => ({
        poamId,
        ruleId: version(row.weaknessId).id,
        fate: 'ended' as const,
        other: into ?? null,
      })),
    ],
    source.now,
  );
  await recordChanges(tx.db, source, [
    ...moved.map(({ before }) => ({
      ...internal(before.poamId),
      field: 'weakness',
      before: titled(rowOf(before.weaknessId)),
      reason: reasonOf('regrouped', { version: named(version(before.weaknessId)) }),
    })),
    ...endings.map(({ row, poamId, reason }) => ({
      ...internal(poamId),
      field: 'weakness',
      before: titled(row),
      after: null,
      reason,
    })),
    ...endings.flatMap(({ row, poamId, into }) =>
      into === undefined
        ? []
        : [
            {
              ...internal(into),
              field: 'weakness',
              after: titled(row),
              reason: reasonOf('took_in', { version: named(version(row.weaknessId)), poam: poamId }),
            },
          ],
    ),
  ]);
}

const internal = (entityId: string) =>
  ({ entity: 'poam', entityId, direction: 'internal', decidedBy: byRule('weakness_rule_changed') }) as const;

/** POA&Ms that a GRC system has end there with the next edits, as if a person had cancelled them here; the reason goes along. */
async function cancelSent(tx: Tx, source: Source, endings: ReturnType<typeof endingsOf>): Promise<void> {
  const sent = endings.filter(({ row }) => row.isSent);
  const rows = await fetchRows(
    tx.db,
    'poam',
    sent.map(({ poamId }) => poamId),
  );
  const changes = sent.map(({ poamId, reason }) => {
    const row = rows.get(poamId)?.row ?? {};
    const sentence = `Cancelled: ${reasonSentence(reason.code, reason.params)}.`;
    return {
      poamId,
      reason,
      before: row,
      columns: { status: 'Cancelled', comments: appended(scalarText(row['comments'] ?? ''), sentence) },
    };
  });
  await updateRows(
    tx.db,
    'poam',
    changes.map(({ poamId, columns }) => ({ entityId: poamId, columns })),
  );
  await recordChanges(
    tx.db,
    source,
    changes.flatMap(({ poamId, before, columns, reason }) =>
      Object.entries(columns).map(([field, after]): JournalEntry => ({
        ...internal(poamId),
        field,
        before: before[field] ?? null,
        after,
        reason,
      })),
    ),
  );
  await markRecordsEdited(tx.db, { entity: 'poam', entityIds: changes.map(({ poamId }) => poamId) });
}

/** Says of POA&Ms that were made which were split from which. */
export async function recordSplits(
  tx: Tx,
  source: Source,
  made: readonly { readonly poamId: string; readonly from: string; readonly version: RuleInForce }[],
): Promise<void> {
  await recordFates(
    tx.db,
    made.map(({ poamId, from, version }) => ({
      poamId,
      ruleId: version.id,
      fate: 'split' as const,
      other: from,
    })),
    source.now,
  );
  await recordChanges(
    tx.db,
    source,
    made.flatMap(({ poamId, from, version }) => [
      {
        ...internal(poamId),
        field: 'weakness',
        before: from,
        reason: reasonOf('split_from', { version: named(version), poam: from }),
      },
      {
        ...internal(from),
        field: 'weakness',
        after: poamId,
        reason: reasonOf('split_into', { version: named(version), poam: poamId }),
      },
    ]),
  );
}
