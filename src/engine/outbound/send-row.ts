/**
 * Sends the changes of one drain. A row that may have arrived (marked sent, and no answer seen) is looked up at the remote
 * before it is sent again, so that a timeout after the remote committed makes no second POA&M. What an answer means is decided in
 * `decide-outcome.ts`, and carried out in `apply-outcome.ts`.
 */
import type { EntityType, ExternalRecord } from '../../connectors/kit/index.ts';
import { TielineError } from '../../platform/errors/index.ts';
import { inBatches } from '../../platform/values/index.ts';
import { isDatabaseFault } from '../../platform/postgres/index.ts';
import { noCounts } from '../../ledger/operations/index.ts';
import { markNotArrived, type OutboxRow } from '../outbox/index.ts';
import { isOfSystem } from '../run/index.ts';
import { applyConfirmations, applyOutcome, type SendOutcome, type Sending } from './apply-outcome.ts';
import { hasArrived } from './arrival.ts';
import { claimRows, type Claim } from './claim-row.ts';
import type { Confirmation } from './confirm.ts';
import { decideFailure, decideOutcome, type Outcome } from './decide-outcome.ts';
import { entity as definitionOf } from '../../record/entities/index.ts';
import { changeOf, isSpellable, parentOf } from './outbound-change.ts';
import { withFile } from './sent-file.ts';

export interface Sender {
  /**
   * Sends a row, or finds out that it arrived already.
   * @throws TielineError where no other row of the system would fare better, or writing there is not allowed.
   */
  send(row: OutboxRow): Promise<SendOutcome>;
  /** Looks a row up that may have arrived: confirms it, or makes it pending again. */
  settle(row: OutboxRow): Promise<void>;
}

export const createSender = (sending: Sending): Sender => new RowSender(sending);

/** As many changes as are on their way at once. */
const atMost = 16;

class RowSender implements Sender {
  readonly #sending: Sending;
  readonly #claim: (id: number) => Promise<Claim>;
  readonly #keep: (confirmation: Confirmation) => Promise<SendOutcome>;

  constructor(sending: Sending) {
    this.#sending = sending;
    const { context, system } = sending;
    // A value that the database refuses is that of one row; when the database or the lock is gone, they all wait.
    const isOfOne = (error: unknown): boolean => !context.signal.aborted && !isDatabaseFault(error);
    const options = { atMost, isOfOne };
    this.#claim = inBatches((ids) => claimRows(context.store, system, ids), options);
    this.#keep = inBatches((confirmations) => applyConfirmations(sending, confirmations), options);
  }

  async send(row: OutboxRow): Promise<SendOutcome> {
    const { signal } = this.#sending.context;
    try {
      return await this.#attempt(row);
    } catch (error) {
      // Nothing is known to be wrong with the row itself when it is the database that is away.
      if (!(error instanceof TielineError) || !isOfSystem(error, signal)) throw error;
      const outcome = decideFailure(error, row);
      if (!outcome) throw error;
      const done = await applyOutcome(this.#sending, row, outcome);
      if (outcome.to === 'put off' && outcome.endsDrain) throw error;
      return done;
    }
  }

  async settle(row: OutboxRow): Promise<void> {
    const arrived = await this.#findArrived(row);
    if (arrived) await this.#confirm(row, arrived);
    else await markNotArrived(this.#sending.context.db, row.id);
  }

  async #attempt(row: OutboxRow): Promise<SendOutcome> {
    const { context, system } = this.#sending;
    const change = await withFile(changeOf(system, row), row, context.files?.store);
    for (let tried = 1; ; tried += 1) {
      const mayHaveArrived = tried > 1 || row.state === 'sent';
      const arrived = mayHaveArrived ? await this.#findArrived(row) : undefined;
      if (arrived) return await this.#confirm(row, arrived);
      const claim = await this.#claim(row.id);
      if (claim !== 'claimed') return { settled: true, counts: noCounts, unsent: claim };
      const answer = await system.connector.write(row.entity_type as EntityType, change, context.signal);
      const outcome = decideOutcome(answer, { row, system: system.name, tried });
      if (outcome.to === 'confirm') return await this.#confirm(row, outcome.record);
      this.#warn(row, outcome, tried);
      if (outcome.to !== 'look up') return await applyOutcome(this.#sending, row, outcome);
      await context.sleep(outcome.afterMs, context.signal);
    }
  }

  /** The record at the remote, if it shows that the row arrived. */
  async #findArrived(row: OutboxRow): Promise<ExternalRecord | undefined> {
    // What is only sent takes effect once however often it is sent.
    if (definitionOf(row.entity_type).kind === 'sent') return undefined;
    const { system, context } = this.#sending;
    const parent = row.parent_external_id === null ? {} : { parentId: row.parent_external_id };
    const key =
      row.external_id === null
        ? ({
            by: 'idempotency-key',
            idempotencyKey: row.idempotency_key,
            ...parent,
            ...(isSpellable(system, { entity: row.entity_type, payload: row.payload })
              ? { fields: changeOf(system, row).fields }
              : {}),
          } as const)
        : ({ by: 'id', externalId: row.external_id, ...parent } as const);
    const found = await system.connector.find(row.entity_type as EntityType, key, context.signal);
    return found && hasArrived(system, row, found) ? found : undefined;
  }

  async #confirm(row: OutboxRow, record: ExternalRecord): Promise<SendOutcome> {
    return this.#keep({ row, record, touched: await this.#readParent(row) });
  }

  /**
   * The record's parent, where writes move its version. The write has given it a new time, by a clock that may be behind: what somebody
   * edited there just before could be before the mark of the next incremental read, and would not be seen by it.
   */
  async #readParent(row: OutboxRow): Promise<ExternalRecord | undefined> {
    const parent = parentOf(row);
    if (!parent || row.parent_external_id === null) return undefined;
    const { system, context } = this.#sending;
    return system.connector.find(parent, { by: 'id', externalId: row.parent_external_id }, context.signal);
  }

  #warn(row: OutboxRow, outcome: Outcome, attempt: number): void {
    const { context, operationId } = this.#sending;
    const about = { operation: operationId, entity: row.entity_type, record: row.entity_id };
    if (outcome.to === 'look up')
      context.log.warn({ ...about, attempt }, `outcome unclear: ${outcome.message}`);
    if (outcome.to === 'put off') context.log.warn({ ...about, attempt }, outcome.because.message);
    if (outcome.to === 'refuse')
      context.log.warn({ ...about, outcome: outcome.failure.outcome }, outcome.failure.message);
  }
}
