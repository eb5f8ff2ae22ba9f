/**
 * What every connector must do over its simulator, whatever the vendor (decision 0018). Reads are held to this:
 * nothing is lost; writes to this: once means once.
 */
// What a connector does not declare is not asked of it, so tests and expectations depend on the declaration.
/* oxlint-disable vitest/no-conditional-tests, vitest/no-conditional-expect, vitest/expect-expect */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { TielineError } from '../../../platform/errors/tieline-error.ts';
import type { Change, EntityCapabilities, EntityType, ExternalRecord } from '../contract.ts';
import type { ConformanceHarness, ConformanceSubject } from './harness.ts';
import { nothingStored, readOn, readThroughErrors, type Stored } from './storing-reader.ts';

const never = (): AbortSignal => new AbortController().signal;

function idsOf(records: readonly ExternalRecord[]): string[] {
  return [...new Set(records.map((record) => record.externalId))].toSorted();
}

/** Registers the suite. To be called in a test file of the connector. */
export function describeConnectorConformance(subject: ConformanceSubject): void {
  const entities = Object.entries(subject.declaration.entities) as [EntityType, EntityCapabilities][];

  describe(`${subject.name} conforms to the connector contract`, () => {
    let harness: ConformanceHarness;
    beforeAll(async () => {
      harness = await subject.start();
    });
    afterAll(async () => {
      await harness?.stop();
    });
    beforeEach(async () => {
      await harness.reset();
    });
    const current = (): ConformanceHarness => harness;

    it('the connector offers verification scans if it declares them, and only then', () => {
      const offers = current().connect().scans !== undefined;
      expect(offers).toBe(subject.declaration.runsScans === true);
    });

    for (const [entity, can] of entities) {
      if (can.readAll)
        describe(`reading ${entity}`, () => {
          readTests(entity, can, current);
        });
      if (can.create || can.update)
        describe(`writing ${entity}`, () => {
          writeTests(entity, can, current);
        });
    }
  });
}

function readTests(entity: EntityType, can: EntityCapabilities, harness: () => ConformanceHarness): void {
  async function expectAll(stored: Stored): Promise<void> {
    expect(idsOf(stored.records)).toEqual([...(await harness().remoteIds(entity))].toSorted());
    expect(stored.mark).toEqual(expect.any(String));
  }

  it('the connector reads every record exactly once', async () => {
    const stored = nothingStored();
    await readOn(harness().connect(), entity, stored);
    await expectAll(stored);
    expect(stored.records).toHaveLength(idsOf(stored.records).length);
  });

  it('the connector continues after a crash at every event with nothing lost and nothing read twice', async () => {
    const undisturbed = nothingStored();
    await readOn(harness().connect(), entity, undisturbed);
    expect(undisturbed.events).toBeGreaterThanOrEqual(3);
    for (let at = 0; at < undisturbed.events; at += 1) {
      await harness().reset();
      const stored = nothingStored();
      await readOn(harness().connect(), entity, stored, { abandonAt: at });
      await readOn(harness().connect(), entity, stored);
      expect(idsOf(stored.records), `abandoned at event ${at}`).toEqual(idsOf(undisturbed.records));
      expect(stored.records, `abandoned at event ${at}`).toHaveLength(undisturbed.records.length);
      expect(stored.mark).toEqual(expect.any(String));
    }
  });

  it('the connector gives the same set of records when a page is delivered twice', async () => {
    await harness().setFault('duplicate-delivery', entity);
    const stored = nothingStored();
    await readOn(harness().connect(), entity, stored);
    await expectAll(stored);
  });

  for (const fault of ['rate-limit', 'server-error'] as const)
    it(`the connector reads every record through a fault of kind ${fault}`, async () => {
      await harness().setFault(fault, entity);
      const stored = nothingStored();
      await readThroughErrors(() => harness().connect(), entity, stored);
      await expectAll(stored);
    });

  it('the connector reports a cut body as an error, and reads every record when it continues', async () => {
    await harness().setFault('body-cut', entity);
    const stored = nothingStored();
    const errors = await readThroughErrors(() => harness().connect(), entity, stored);
    await expectAll(stored);
    expect(stored.records, 'no page of which a part was lost').toHaveLength(idsOf(stored.records).length);
    expect(errors, 'errors seen by the reader').toBeLessThanOrEqual(3);
  });

  it('the connector reads all records after a change of the schema, whatever is in them', async () => {
    await harness().setFault('schema-drift', entity);
    const stored = nothingStored();
    await readOn(harness().connect(), entity, stored);
    await expectAll(stored);
  });

  it('the connector ends at once when it is cancelled', async () => {
    const cancel = new AbortController();
    const reason = new TielineError('SYNC_RUNNING', 'stop now');
    const reading = (async () => {
      for await (const event of harness().connect().read(entity, { signal: cancel.signal })) {
        cancel.abort(reason);
        if (event.type === 'page')
          for await (const record of event.records) expect(record.externalId).toBeTruthy();
      }
    })();
    await expect(reading).rejects.toBe(reason);
  });

  it('the connector no longer gives a deleted record, or gives it as deleted', async ({ skip }) => {
    const remove = harness().remove;
    if (!remove) return skip('the harness cannot delete one');
    const gone = await remove(entity);
    const stored = nothingStored();
    await readOn(harness().connect(), entity, stored);
    const still = stored.records.filter((record) => record.externalId === gone);
    expect(still.every((record) => harness().saysDeleted?.(entity, record) ?? false)).toBe(true);
    expect(stored.records.length).toBeGreaterThan(0);
    if (can.find)
      expect(await harness().connect().find(entity, { by: 'id', externalId: gone }, never())).toBeUndefined();
  });

  if (can.readChanges)
    it('the connector returns a record that changed after a full read when it reads from the mark', async ({
      skip,
    }) => {
      const touch = harness().touch;
      if (!touch) return skip('the harness cannot change one');
      const before = nothingStored();
      await readOn(harness().connect(), entity, before);
      const first = before.records[0];
      if (!first || before.mark === undefined) throw new TielineError('INTERNAL', 'nothing was read');
      await touch(entity, first.externalId);
      const after = nothingStored();
      await readOn(harness().connect(), entity, after, { mark: before.mark });
      expect(idsOf(after.records)).toContain(first.externalId);
      expect(after.mark).toEqual(expect.any(String));
    });
}

function writeTests(entity: EntityType, can: EntityCapabilities, harness: () => ConformanceHarness): void {
  async function create(): Promise<Change> {
    const sample = await harness().sampleCreate?.(entity);
    if (!sample) throw new TielineError('INTERNAL', `the harness has no sample of a new ${entity}`);
    return sample;
  }

  if (can.create) {
    it('the connector creates a record once, and returns its own reading of it', async () => {
      const change = await create();
      const result = await harness().connect().write(entity, change, never());
      expect(result).toMatchObject({ outcome: 'confirmed' });
      expect(await harness().effects(entity, change)).toBe(1);
    });

    it('the connector has one effect when the same create is sent twice', async () => {
      const change = await create();
      await harness().connect().write(entity, change, never());
      await harness().connect().write(entity, change, never());
      expect(await harness().effects(entity, change)).toBe(1);
    });

    it('the connector creates a record once through a storm of 429', async () => {
      const change = await create();
      await harness().setFault('rate-limit', entity);
      const result = await harness().connect().write(entity, change, never());
      expect(result).toMatchObject({ outcome: 'confirmed' });
      expect(await harness().effects(entity, change)).toBe(1);
    });

    it('the connector does not claim to know a create whose answer was cut off, and finds it by its key', async () => {
      const change = await create();
      await harness().setFault('commit-then-cut', entity);
      const result = await harness().connect().write(entity, change, never());
      // Confirmed is right only where the connector looked again, or the remote takes the same write once.
      expect(['unknown', 'confirmed']).toContain(result.outcome);
      await harness().clearFaults();
      if (can.find)
        expect(
          await harness().connect().find(entity, harness().findKey(entity, change), never()),
        ).toBeDefined();
      expect(await harness().effects(entity, change)).toBe(1);
    });
  }

  if (can.update) {
    async function firstRecord(): Promise<ExternalRecord> {
      const sample = await harness().sampleRecord?.(entity);
      if (sample) return sample;
      const stored = nothingStored();
      await readOn(harness().connect(), entity, stored);
      const first = stored.records[0];
      if (!first) throw new TielineError('INTERNAL', `the remote has no ${entity}`);
      return first;
    }
    function update(record: ExternalRecord): Change {
      const change = harness().sampleUpdate?.(entity, record);
      if (!change) throw new TielineError('INTERNAL', `the harness has no sample of a changed ${entity}`);
      return change;
    }

    it('the connector updates a record, and once only when the same update is sent twice', async () => {
      const change = update(await firstRecord());
      expect(await harness().connect().write(entity, change, never())).toMatchObject({
        outcome: 'confirmed',
      });
      const again = await harness().connect().write(entity, change, never());
      expect(['confirmed', 'conflict']).toContain(again.outcome);
      expect(await harness().effects(entity, change)).toBe(1);
    });

    it('the connector does not overwrite a record that has changed since', async ({ skip }) => {
      const touch = harness().touch;
      if (!touch) return skip('the harness cannot change one');
      const record = await firstRecord();
      const change = update(record);
      await touch(entity, record.externalId);
      expect(await harness().connect().write(entity, change, never())).toMatchObject({ outcome: 'conflict' });
      expect(await harness().effects(entity, change)).toBe(0);
    });

    it('the connector reports that a record to update no longer exists', async ({ skip }) => {
      const remove = harness().remove;
      if (!remove || !can.readAll) return skip('the harness cannot delete one');
      const stored = nothingStored();
      await readOn(harness().connect(), entity, stored);
      const gone = await remove(entity);
      const record = stored.records.find((each) => each.externalId === gone);
      if (!record) throw new TielineError('INTERNAL', 'the record deleted had not been read');
      expect(await harness().connect().write(entity, update(record), never())).toMatchObject({
        outcome: 'missing',
      });
    });

    it('the connector does not claim to know an update whose answer was cut off', async () => {
      const change = update(await firstRecord());
      await harness().setFault('commit-then-cut', entity);
      const result = await harness().connect().write(entity, change, never());
      expect(['unknown', 'confirmed']).toContain(result.outcome);
      expect(await harness().effects(entity, change)).toBe(1);
    });
  }
}
