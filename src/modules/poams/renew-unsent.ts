/**
 * Proposals of POA&Ms that have not gone out, looked at again under what is true now (SPEC.md, A3; the decisions are in
 * `modules/poams/unsent-poam.ts`). Runs in the transaction that plans POA&Ms, before new ones are proposed.
 */
import { type JsonObject, scalarText } from '../../platform/values/index.ts';
import { type EntityPolicy, needsApproval } from '../../canonical/policy/index.ts';
import { readRecordFacts } from '../../record/policy-facts/index.ts';
import { byRule, type Reason, reasonOf, reasonSentence } from '../../canonical/vocabulary/index.ts';
import { type JournalEntry, recordChanges } from '../../ledger/operations/index.ts';
import { updateRows } from '../../record/entities/index.ts';
import { closeRefusals } from '../../ledger/conflicts/index.ts';
import { addPoamAssets, addPoamCves, renewProposalDetails } from '../../record/poams/index.ts';
import { type UnsentPoamRow } from './unsent-poams.sql.ts';
import { untieWeaknesses } from '../../record/weaknesses/index.ts';
import { renewProposals, withdrawProposals } from '../../engine/outbox/index.ts';
import type { Tx } from '../../platform/postgres/index.ts';
import { decideUnsent, type PresentState, type UnsentDecision, type Withdrawal } from './unsent-poam.ts';

export interface UnsentSource {
  readonly systemId: number;
  readonly operationId: string;
  readonly policies: readonly EntityPolicy[];
}

/** What holds for one proposal now, and why it is proposed. */
export interface Present extends PresentState {
  readonly reason: string;
  /** Why it is withdrawn, where that is known beyond what the decision says. */
  readonly ending?: Reason | undefined;
}

type Decided<D extends UnsentDecision['do']> = {
  readonly unsent: UnsentPoamRow;
  readonly decision: Extract<UnsentDecision, { do: D }>;
  readonly present: Present;
};

/**
 * @param presentOf what holds now for the proposal with this poam_id.
 * @returns how many were renewed and withdrawn; the poam_ids of those that stay, so that none is proposed beside them.
 */
export async function renewUnsent(
  tx: Tx,
  source: UnsentSource,
  unsent: ReadonlyMap<string, UnsentPoamRow>,
  presentOf: (poamId: string) => Present,
): Promise<{ readonly renewed: number; readonly withdrawn: number; readonly standing: ReadonlySet<string> }> {
  const decided = [...unsent.values()].map((row) => {
    const present = presentOf(row.poamId);
    return { unsent: row, present, decision: decideUnsent(asUnsent(row), present) };
  });
  const of = <D extends UnsentDecision['do']>(what: D): Decided<D>[] =>
    decided.filter((each): each is Decided<D> => each.decision.do === what);
  const withdrawn = of('withdraw');
  await withdraw(tx, source, withdrawn);
  await cancelRows(
    tx,
    source,
    of('cancel row').map((each) => ({ ...each, why: reasonOf('turned_down') })),
  );
  await forget(tx, source, of('forget rejection'));
  const renewed = of('renew');
  await renew(tx, source, renewed);
  const standing = decided.filter(({ decision }) => ['keep', 'cancel row', 'renew'].includes(decision.do));
  return {
    renewed: renewed.length,
    withdrawn: withdrawn.length,
    standing: new Set(standing.map((each) => each.unsent.poamId)),
  };
}

const asUnsent = (row: UnsentPoamRow) => ({
  ...row,
  isCancelled: row.row['status'] === 'Cancelled',
  rejectedAt: row.state === 'dropped' ? row.settledAt : null,
});

const withdrawalReasons: Record<Withdrawal, (inFavourOf: string | undefined) => Reason> = {
  'nothing open': () => reasonOf('withdrawn_nothing_open'),
  answered: (other) => reasonOf('withdrawn_answered', { poam: other ?? 'another POA&M' }),
  'not let out': () => reasonOf('withdrawn_not_let_out'),
  'cancelled here': () => reasonOf('withdrawn_cancelled'),
};

async function withdraw(
  tx: Tx,
  source: UnsentSource,
  withdrawn: readonly Decided<'withdraw'>[],
): Promise<void> {
  const reasoned = withdrawn.map((each) => ({
    ...each,
    why: each.present.ending ?? withdrawalReasons[each.decision.why](each.decision.inFavourOf),
  }));
  const rows = reasoned.map(({ unsent, why }) => ({
    outboxId: unsent.outboxId,
    why: reasonSentence(why.code, why.params),
  }));
  const byPerson = reasoned.map(({ decision }) => decision.why === 'cancelled here');
  await withdrawProposals(
    tx.db,
    rows.filter((_, n) => byPerson[n] === true),
    'dropped',
  );
  await withdrawProposals(
    tx.db,
    rows.filter((_, n) => byPerson[n] === false),
    'superseded',
  );
  await cancelRows(tx, source, reasoned);
  const over = reasoned.filter((_, n) => byPerson[n] === false).map(({ unsent }) => unsent.poamId);
  await untieWeaknesses(tx.db, over);
  await closeRefusals(tx.db, source.systemId, 'poam', over);
}

/** A POA&M that no GRC system has, and none will get, is not an open one here. */
async function cancelRows(
  tx: Tx,
  source: UnsentSource,
  rows: readonly { readonly unsent: UnsentPoamRow; readonly why: Reason }[],
): Promise<void> {
  const open = rows.filter(({ unsent }) => unsent.row['status'] !== 'Cancelled');
  await updateRows(
    tx.db,
    'poam',
    open.map(({ unsent }) => ({ entityId: unsent.poamId, columns: { status: 'Cancelled' } })),
  );
  await recordChanges(
    tx.db,
    source,
    open.map(({ unsent, why }) => ({
      ...internal(unsent.poamId),
      field: 'status',
      before: unsent.row['status'] ?? null,
      after: 'Cancelled',
      reason: why,
    })),
  );
}

const internal = (poamId: string) =>
  ({
    entity: 'poam',
    entityId: poamId,
    direction: 'internal',
    decidedBy: byRule('planned_again'),
  }) as const;

/** What a person rejected is over: the next time, it is asked as if for the first time. */
async function forget(
  tx: Tx,
  source: UnsentSource,
  over: readonly Decided<'forget rejection'>[],
): Promise<void> {
  const why = reasonOf('rejection_over');
  await withdrawProposals(
    tx.db,
    over.map(({ unsent }) => ({ outboxId: unsent.outboxId, why: reasonSentence(why.code) })),
    'superseded',
  );
  await cancelRows(
    tx,
    source,
    over.map((each) => ({ ...each, why })),
  );
  await untieWeaknesses(
    tx.db,
    over.map(({ unsent }) => unsent.poamId),
  );
}

async function renew(tx: Tx, source: UnsentSource, renewed: readonly Decided<'renew'>[]): Promise<void> {
  const ownFields = (payload: JsonObject, present: Present): string[] =>
    Object.keys(payload).filter((field) => present.proposal !== undefined && field in present.proposal.poam);
  const recordOf = await readRecordFacts(
    tx.db,
    source.policies,
    'poam',
    renewed.map(({ unsent }) => unsent.poamId),
  );
  await renewProposals(
    tx.db,
    source.operationId,
    renewed.map(({ unsent, decision, present }) => {
      const severity = scalarText(decision.payload['weakness_risk_level']);
      const fields = ownFields(decision.payload, present);
      return {
        outboxId: unsent.outboxId,
        payload: decision.payload,
        composed: decision.composed,
        reason: present.reason,
        severity,
        needsApproval: needsApproval(
          source.policies,
          { entity: 'poam', kind: 'create', fields, severity },
          { ...recordOf(unsent.poamId), severity },
        ),
      };
    }),
  );
  await updateRows(
    tx.db,
    'poam',
    renewed.map(({ unsent, decision, present }) => ({
      entityId: unsent.poamId,
      columns: Object.fromEntries(
        ownFields(decision.payload, present).map((field) => [field, decision.payload[field] ?? null]),
      ),
    })),
  );
  await renewProposalDetails(
    tx.db,
    renewed.map(({ unsent, decision }) => ({
      poamId: unsent.poamId,
      payload: decision.payload,
      milestones: decision.changed.includes('milestones'),
    })),
  );
  await closeRefusals(
    tx.db,
    source.systemId,
    'poam',
    renewed.map(({ unsent }) => unsent.poamId),
  );
  await addPoamAssets(tx.db, valuesOf(renewed, 'affected_assets'));
  await addPoamCves(tx.db, valuesOf(renewed, 'cves'));
  await recordChanges(tx.db, source, renewed.flatMap(renewalEntries));
}

function valuesOf(
  renewed: readonly Decided<'renew'>[],
  field: 'affected_assets' | 'cves',
): { readonly poamId: string; readonly value: string }[] {
  return renewed.flatMap(({ unsent, decision }) => {
    const values = decision.payload[field];
    return (Array.isArray(values) ? values : []).map((value) => ({
      poamId: unsent.poamId,
      value: scalarText(value),
    }));
  });
}

function renewalEntries({ unsent, decision, present }: Decided<'renew'>): JournalEntry[] {
  const reason = decision.asksAgain ? `asked again: ${present.reason}` : present.reason;
  return decision.changed.map((field) => ({
    ...internal(unsent.poamId),
    field,
    before: unsent.payload[field] ?? null,
    after: decision.payload[field] ?? null,
    reason,
  }));
}
