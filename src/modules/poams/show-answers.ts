/** What a person is shown about the POA&Ms of weaknesses: those that ended while a finding is open, and second ones for the same. */
import type { Json, JsonObject } from '../../platform/values/index.ts';
import {
  closeConflictsNotAmong,
  type ConflictToRecord,
  recordUnsettledConflicts,
} from '../../ledger/conflicts/index.ts';
import type { Tx } from '../../platform/postgres/index.ts';
import { type CompletedWhileOpen, listCompletedWhileOpen } from '../../record/poams/index.ts';
import { type JudgedWeakness, namedWeakness } from '../weaknesses/index.ts';

const machinesNamed = 20;

interface Shown {
  readonly judged: JudgedWeakness;
  readonly conflict: ConflictToRecord;
}

const named = ({ weakness }: JudgedWeakness): string =>
  `${weakness.systemId}: ${namedWeakness(weakness)}${weakness.grouping === 'check' ? '' : ` (${weakness.pluginName})`}`;

function contradictionsOf(judged: JudgedWeakness): Shown[] {
  return judged.answers.contradicted.map(({ poam, findings }) => ({
    judged,
    conflict: {
      entity: 'poam',
      entityId: poam.poamId,
      type: 'contradiction',
      internal: {
        weaknesses: [named(judged)],
        open_findings: findings.length,
        open_on: [...new Set(findings.map((finding) => finding.asset))].toSorted().slice(0, machinesNamed),
      },
      external: { status: poam.status, ended_on: poam.endedOn },
    },
  }));
}

/** Of a POA&M that was completed while findings are open that no rule names: no weakness speaks for it. */
const unnamedContradiction = (poam: CompletedWhileOpen): ConflictToRecord => ({
  entity: 'poam',
  entityId: poam.poamId,
  type: 'contradiction',
  internal: {
    weaknesses: poam.plugins.map((plugin) => `${poam.systemId}: ${plugin}, which its rule no longer names`),
    open_findings: poam.openFindings,
    open_on: poam.openOn.slice(0, machinesNamed),
  },
  external: { status: poam.status, ended_on: poam.endedOn },
});

function secondOnesOf(judged: JudgedWeakness): Shown[] {
  const { by, others } = judged.answers;
  if (!by) return [];
  return others.map((other) => ({
    judged,
    conflict: {
      entity: 'poam',
      entityId: other.poamId,
      type: 'duplicate',
      internal: { weaknesses: [named(judged)], same_as: by.poamId },
      external: { same_as: by.poamId },
    },
  }));
}

const listed = (conflict: ConflictToRecord, field: string): Json[] => {
  const value = (conflict.internal as JsonObject)[field]; // made above
  return Array.isArray(value) ? value : [];
};

/** One conflict for each POA&M, whatever the number of its weaknesses. */
function united(shown: readonly Shown[]): ConflictToRecord[] {
  return [...Map.groupBy(shown, ({ conflict }) => conflict.entityId).values()].flatMap((of) => {
    const [first] = of;
    if (!first) return [];
    const all = of.map(({ conflict }) => conflict);
    const internal = first.conflict.internal as JsonObject;
    return [
      {
        ...first.conflict,
        internal: {
          ...internal,
          weaknesses: all.flatMap((each) => listed(each, 'weaknesses')),
          ...(first.conflict.type === 'contradiction'
            ? {
                open_findings: all.reduce(
                  (sum, each) => sum + Number((each.internal as JsonObject)['open_findings']),
                  0,
                ),
                open_on: [...new Set(all.flatMap((each) => listed(each, 'open_on')))].slice(0, machinesNamed),
              }
            : {}),
        },
      },
    ];
  });
}

/** What the settings of boundaries answer. */
interface Settled {
  /** The contradiction of a weakness, if it has one. */
  readonly isOver: (judged: JudgedWeakness) => boolean;
  /** Completions in a boundary. */
  readonly isAccepted: (systemId: string) => boolean;
}

/**
 * Records what is to be shown, and closes what is over. One that a person has settled is not shown again.
 * @returns the weaknesses for which something new is shown, and how many POA&Ms beside them.
 */
export async function showAnswers(
  tx: Tx,
  source: { readonly systemId: number; readonly operationId: string },
  judged: readonly JudgedWeakness[],
  { isOver, isAccepted }: Settled,
): Promise<{ readonly shown: ReadonlySet<JudgedWeakness>; readonly beside: number }> {
  const contradictions = judged.flatMap((each) => (isOver(each) ? [] : contradictionsOf(each)));
  const seconds = judged.flatMap((each) => secondOnesOf(each));
  const unnamed = (await listCompletedWhileOpen(tx.db, source.systemId)).filter(
    ({ poamId, systemId }) =>
      !isAccepted(systemId) && !contradictions.some(({ conflict }) => conflict.entityId === poamId),
  );
  const fresh = new Set<JudgedWeakness>();
  let beside = 0;
  for (const [type, shown] of [
    ['contradiction', contradictions],
    ['duplicate', seconds],
  ] as const) {
    const besides = type === 'contradiction' ? unnamed.map(unnamedContradiction) : [];
    const conflicts = [...united(shown), ...besides];
    const added = await recordUnsettledConflicts(
      tx.db,
      source,
      // A conflict that a person settled in favour of the completion is not reported again.
      conflicts.filter((conflict) => type !== 'contradiction' || !isSettled(shown, conflict.entityId)),
    );
    await closeConflictsNotAmong(
      tx.db,
      { systemId: source.systemId, entity: 'poam', type },
      conflicts.map((conflict) => conflict.entityId),
    );
    for (const each of shown) if (added.has(each.conflict.entityId)) fresh.add(each.judged);
    beside += besides.filter(({ entityId }) => added.has(entityId)).length;
  }
  return { shown: fresh, beside };
}

const isSettled = (shown: readonly Shown[], poamId: string): boolean =>
  shown.some(({ judged }) =>
    judged.answers.contradicted.some(
      ({ poam }) => poam.poamId === poamId && poam.contradiction === 'external',
    ),
  );
