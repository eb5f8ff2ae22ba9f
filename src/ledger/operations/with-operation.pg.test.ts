import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cloneDatabase, type ClonedDatabase } from '../../../test/support/database.ts';
import { findOperation, recordCounts, noCounts, type OperationRow } from './operations.sql.ts';
import { withDecision, withOperation, withOperationOnDemand } from './with-operation.ts';

let database: ClonedDatabase;
beforeAll(async () => {
  database = await cloneDatabase();
});
afterAll(async () => {
  await database[Symbol.asyncDispose]();
});

const spec = { type: 'update', system: 'tieline', step: 'test' } as const;
const idOf = async (id: string): Promise<OperationRow | undefined> => findOperation(database.db, id);

describe('an operation', () => {
  it('an operation that held nothing ends as completed, with its counts and metadata', async () => {
    const id = await withOperation(database.db, { ...spec, metadata: { by: 'isso' } }, async (operation) => {
      expect((await idOf(operation.id))?.status).toBe('in_progress');
      await operation.count({ read: 2, updated: 2 });
      operation.conclude({ metadata: { items: 2 } });
      return operation.id;
    });
    expect(await idOf(id)).toMatchObject({
      status: 'completed',
      total_records: 2,
      error_details: null,
      metadata: { by: 'isso', items: 2, counts: { ...noCounts, read: 2, updated: 2 } },
    });
  });

  it.each(['held', 'failed'] as const)('an operation with something %s ends with issues', async (name) => {
    const id = await withOperation(database.db, spec, async (operation) => {
      await recordCounts(database.db, operation.id, { ...noCounts, read: 1, [name]: 1 });
      return operation.id;
    });
    expect((await idOf(id))?.status).toBe('completed_with_issues');
  });

  it('an operation ends as its work concludes, whatever its counts say', async () => {
    const id = await withOperation(database.db, spec, async ({ id: begun, count, conclude }) => {
      await count({ read: 1, held: 1 });
      conclude({ status: 'failed', error: 'xacta: unreachable' });
      return begun;
    });
    expect(await idOf(id)).toMatchObject({ status: 'failed', error_details: 'xacta: unreachable' });
  });

  it('an operation whose work throws ends as failed, says why, keeps what was concluded, and throws the same', async () => {
    const error = new Error('the remote is away');
    let id = '';
    const work = withOperation(database.db, spec, async (operation) => {
      id = operation.id;
      operation.conclude({ status: 'completed', metadata: { resumable: true } });
      await Promise.reject(error);
    });
    await expect(work).rejects.toBe(error);
    expect(await idOf(id)).toMatchObject({
      status: 'failed',
      error_details: 'the remote is away',
      metadata: { resumable: true },
    });
  });

  it('an operation that continues is the same row, in progress again', async () => {
    const ids: string[] = [];
    const fail = withOperation(database.db, spec, ({ id }) => {
      ids.push(id);
      return Promise.reject(new Error('killed'));
    });
    await expect(fail).rejects.toThrow('killed');
    await withOperation(database.db, { ...spec, resumes: ids[0] }, async ({ id }) => {
      ids.push(id);
      expect(await idOf(id)).toMatchObject({ status: 'in_progress' });
    });
    expect(ids[1]).toBe(ids[0]);
    expect((await idOf(ids[0] ?? ''))?.status).toBe('completed');
  });

  it('an operation that another process has ended is not ended again', async () => {
    let id = '';
    const work = withOperation(database.db, spec, async (operation) => {
      id = operation.id;
      await database.pool.query(`update ingestion_batches set status = 'failed' where batch_id = $1`, [id]);
    });
    await expect(work).rejects.toThrow(/^The operation [-0-9a-f]{36} is not in progress\.$/);
    expect((await idOf(id))?.status).toBe('failed');
  });

  it('an operation in a transaction is rolled back with it', async () => {
    let id = '';
    const work = database.store.transaction((tx) =>
      withOperation(tx.db, spec, async (operation) => {
        id = operation.id;
        await tx.client.query('select 1 / 0');
      }),
    );
    await expect(work).rejects.toThrow('division by zero');
    expect(await idOf(id)).toBeUndefined();
  });

  it('calls are logged under the operation while its work is done, and under none afterwards', async () => {
    const seen: (string | undefined)[] = [];
    const calls = {
      setOperation: (id: string | undefined) => void seen.push(id),
      flushCalls: () => Promise.resolve(void seen.push('flushed')),
    };
    const id = await withOperation(database.db, { ...spec, calls }, (operation) =>
      Promise.resolve(operation.id),
    );
    expect(seen).toEqual([id, 'flushed', undefined]);
  });

  it('an operation on demand that nobody asks for leaves no row, and one that is asked for twice is one', async () => {
    const count = async (): Promise<number> =>
      (await database.pool.query('select from ingestion_batches')).rowCount ?? 0;
    const before = await count();
    await withOperationOnDemand(database.db, spec, () => Promise.resolve());
    expect(await count()).toBe(before);
    const [one, other] = await withOperationOnDemand(database.db, spec, async (open) => [
      await open(),
      await open(),
    ]);
    expect(one?.id).toBe(other?.id);
    expect((await idOf(one?.id ?? ''))?.status).toBe('completed');
    expect(await count()).toBe(before + 1);
  });

  it('a decision counts the records that it is about', async () => {
    const id = await database.store.transaction((tx) =>
      withDecision(tx.db, { system: 'xacta', step: 'make link', records: 3 }, (begun) =>
        Promise.resolve(begun),
      ),
    );
    expect(await idOf(id)).toMatchObject({
      status: 'completed',
      external_system: 'xacta',
      total_records: 3,
      metadata: { counts: { read: 3, updated: 3 } },
    });
  });
});
