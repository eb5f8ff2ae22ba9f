import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ClonedDatabase } from '../../../test/support/database.ts';
import { databaseWithConnection } from '../../../test/support/one-connection.ts';
import { messageOf } from '../../platform/errors/tieline-error.ts';
import {
  outboxEvents,
  outboxStates,
  outboxTransitions,
  type OutboxEvent,
  type OutboxState,
} from './outbox-states.ts';
import {
  operationTransitions,
  type OperationEvent,
  type OperationStatus,
} from '../../ledger/operations/operation-states.ts';
import { decideApproval } from '../approvals/approvals.sql.ts';
import {
  beginOperation,
  failOperation,
  finishOperation,
  giveUpRun,
  resumeOperation,
} from '../../ledger/operations/operations.sql.ts';
import {
  enqueueChanges,
  markConfirmed,
  markFailed,
  markMovedOn,
  markNotArrived,
  markUnanswered,
  supersedeUnsent,
  type OutboundChange,
} from './outbox.sql.ts';
import { markSent, moveUnsent, setAside } from './outbox-consent.sql.ts';
import { dropRows, retryFailed } from './outbox-decisions.sql.ts';
import { reopenRefused, supersedeFulfilled } from './outbox-refused.sql.ts';
import { renewProposals, withdrawProposals } from './outbox-proposals.sql.ts';

let database: ClonedDatabase;
let systemId: number;
let operationId: string;
beforeAll(async () => {
  ({ database, systemId } = await databaseWithConnection());
  operationId = await beginOperation(database.db, { type: 'update', system: 'xacta' });
});
beforeEach(async () => {
  await database.pool.query('delete from sync_outbox');
});
afterAll(async () => {
  await database[Symbol.asyncDispose]();
});

const planId = 'b666e9f5-fde7-4cd8-9c07-12c19246b616';
const change: OutboundChange = {
  entity: 'poam',
  entityId: 'P-1',
  kind: 'update',
  payload: { comments: 'new' },
  idempotencyKey: 'key',
  reason: 'edited here',
};

/** A row in a state, refused in the way after which it can be decided again. */
async function rowIn(state: OutboxState): Promise<number> {
  const failure = { outcome: 'conflict', message: '', fields: [] };
  const { rows } = await database.pool.query<{ id: number }>(
    `insert into sync_outbox (external_system_id, operation_id, entity_type, entity_id, change_kind, payload, idempotency_key, reason, state, failure, plan_id)
     values ($1, $2, 'poam', 'P-1', 'update', '{"comments": "new"}', 'key', 'edited here', $3, $4, $5) returning id::int`,
    [systemId, operationId, state, state === 'failed' ? failure : null, planId],
  );
  return rows[0]?.id ?? 0;
}

const stateOf = async (id: number): Promise<string | undefined> =>
  (await database.pool.query<{ state: string }>('select state from sync_outbox where id = $1', [id])).rows[0]
    ?.state;

const outcomeOf = (happening: Promise<unknown>): Promise<string> => happening.then(() => 'done', messageOf);

const source = () => ({ systemId, operationId });
const decidedBy = { by: 'isso', reason: 'because' };
const failure = { outcome: 'rejected', message: 'no', fields: [] };
const renewed = (outboxId: number, needsApproval: boolean) => [
  { outboxId, payload: {}, composed: {}, reason: 'moved', severity: 'High', needsApproval },
];

/** The statement of the store that makes each event happen to a row. */
const happenings: Readonly<Record<OutboxEvent, (id: number) => Promise<unknown>>> = {
  queued: () => enqueueChanges(database.db, source(), [change]),
  queued_for_approval: () => enqueueChanges(database.db, source(), [{ ...change, needsApproval: true }]),
  renewed: (id) => renewProposals(database.db, operationId, renewed(id, false)),
  renewed_for_approval: (id) => renewProposals(database.db, operationId, renewed(id, true)),
  consented: (id) => moveUnsent(database.db, systemId, 'release', [id]),
  held: (id) => moveUnsent(database.db, systemId, 'hold', [id]),
  withdrawn: () =>
    supersedeUnsent(
      database.db,
      { systemId, entity: 'poam' },
      { entityIds: ['P-1'], keep: [] },
      { field: 'action', named: false },
    ),
  proposal_withdrawn: (id) => withdrawProposals(database.db, [{ outboxId: id, why: 'gone' }], 'superseded'),
  rejected: () =>
    decideApproval(
      database.db,
      { approvalId: planId, planId, systemId, boundary: null },
      { approved: false, by: 'ao', reason: undefined },
    ),
  dropped: (id) => dropRows(database.db, [id], decidedBy),
  claimed: (id) => markSent(database.db, [id]),
  held_at_claim: (id) => setAside(database.db, id, 'hold'),
  withdrawn_at_claim: (id) => setAside(database.db, id, 'withdraw'),
  unspellable: (id) => markFailed(database.db, id, 'unspellable', failure),
  confirmed: (id) => markConfirmed(database.db, [{ id, externalId: '7' }]),
  refused: (id) => markFailed(database.db, id, 'refused', failure),
  moved_on: (id) => markMovedOn(database.db, id),
  unanswered: (id) => markUnanswered(database.db, id, 2),
  not_arrived: (id) => markNotArrived(database.db, id),
  retried: (id) => retryFailed(database.db, [id]),
  retried_unclear: async (id) => {
    await database.pool.query(
      `update sync_outbox set failure = '{"outcome": "unclear"}' where id = $1 and state = 'failed'`,
      [id],
    );
    return retryFailed(database.db, [id]);
  },
  refusal_settled: () =>
    supersedeFulfilled(database.db, systemId, [
      { id: 0, entity: 'poam', entityId: 'P-1', fields: ['comments'] },
    ]),
};

const refusal = (event: OutboxEvent) => (id: number) => `The change ${id} is not in a state to be ${event}.`;
/** What the caller sees of an event that cannot happen to the row that it names; other events concern whatever rows fit. */
const refusals: Readonly<Partial<Record<OutboxEvent, (id: number) => string>>> = {
  unspellable: refusal('unspellable'),
  refused: refusal('refused'),
  moved_on: refusal('moved_on'),
  unanswered: refusal('unanswered'),
  not_arrived: refusal('not_arrived'),
  confirmed: (id) => `Not each of the changes ${id} is in a state to be confirmed.`,
};

describe('a change in the outbox', () => {
  const cells = (Object.keys(outboxStates) as OutboxState[]).flatMap((state) =>
    (Object.keys(outboxEvents) as OutboxEvent[]).map((event) => ({ state, event })),
  );

  it.each(cells)('a change that is $state and is $event comes to the state of the table', async (cell) => {
    const { state, event } = cell;
    const next = outboxTransitions[state][event];
    const id = await rowIn(state);
    const said = await outcomeOf(happenings[event](id));
    expect(await stateOf(id)).toBe(next ?? state);
    expect(said).toBe(next === null ? (refusals[event]?.(id) ?? 'done') : 'done');
  });

  it('a refused change that is opened again with other values waits for a person where a policy asks', async () => {
    const id = await rowIn('failed');
    await reopenRefused(database.db, source(), [{ id, payload: {}, asks: true }]);
    expect(await stateOf(id)).toBe(outboxTransitions.failed.queued_for_approval);
  });
});

describe('an operation', () => {
  const happens: Readonly<Record<OperationEvent, (id: string) => Promise<unknown>>> = {
    completed: (id) => finishOperation(database.db, id, 'completed'),
    completed_with_issues: (id) => finishOperation(database.db, id, 'completed_with_issues'),
    failed: (id) => failOperation(database.db, id, { error: 'no' }),
    resumed: (id) => resumeOperation(database.db, id),
    given_up: (id) => giveUpRun(database.db, id, { error: 'given up' }),
  };
  const cells = (Object.keys(operationTransitions) as OperationStatus[]).flatMap((state) =>
    (Object.keys(happens) as OperationEvent[]).map((event) => ({ state, event })),
  );

  it.each(cells)(
    'an operation that is $state and is $event comes to the state of the table',
    async (cell) => {
      const { state, event } = cell;
      const id = await beginOperation(database.db, { type: 'sync', system: 'tieline' });
      await database.pool.query('update ingestion_batches set status = $2 where batch_id = $1', [id, state]);
      const next = operationTransitions[state][event];
      const said = await outcomeOf(happens[event](id));
      expect(said).toBe(
        next === null && event.startsWith('completed') ? `The operation ${id} is not in progress.` : 'done',
      );
      const { rows } = await database.pool.query<{ status: string }>(
        'select status from ingestion_batches where batch_id = $1',
        [id],
      );
      expect(rows[0]?.status).toBe(next ?? state);
    },
  );
});
