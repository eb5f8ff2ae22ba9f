/** Deciding a page: of invented pages with nothing but what was gathered, no database. */
import { noRecord } from '../../canonical/policy/index.ts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../platform/values/json.ts';
import type { LinkRow } from '../../ledger/links/links.sql.ts';
import type { StoredRecord } from '../../record/entities/rows/rows.sql.ts';
import { countsOf, decide, isChanged } from './linked-decide.ts';
import type { Incoming, Known } from './linked-page.ts';
import { heldFor } from '../../record/entities/sink.ts';

interface OneRecord {
  /** What our row is to the record before the page. */
  readonly state: 'linked' | 'recognized' | 'new' | 'excluded' | 'outdated' | 'orphan';
  readonly base: string;
  readonly here: string;
  readonly there: string;
  readonly besideMoved: boolean;
}

const word = fc.constantFrom('a', 'b', 'c');
const pages: fc.Arbitrary<OneRecord[]> = fc.array(
  fc.record({
    state: fc.constantFrom('linked', 'recognized', 'new', 'excluded', 'outdated', 'orphan' as const),
    base: word,
    here: word,
    there: word,
    besideMoved: fc.boolean(),
  }),
  { maxLength: 12 },
);

const asked = new Date('2026-11-01T12:00:00Z');
const later = new Date('2026-11-01T12:00:01Z');
const before = new Date('2026-11-01T11:00:00Z');

function incomingOf(one: OneRecord, n: number): Incoming {
  const record: JsonObject = {
    remote_id: `P-${n}`,
    system_id: one.state === 'excluded' ? 'S-out' : 'S-1',
    comments: one.there,
  };
  return { external: { externalId: `P-${n}`, raw: { comments: one.there } }, record, digest: '' };
}

/** @param order of the numbers of the records in the page. */
function gathered(page: readonly OneRecord[], order = page.map((_, n) => n)): Known {
  const links = new Map<string, LinkRow>();
  const rows = new Map<string, StoredRecord>();
  const recognized = new Map<string, StoredRecord>();
  for (const [n, one] of page.entries()) {
    const row = {
      system_id: one.state === 'excluded' ? 'S-out' : 'S-1',
      comments: one.here,
      raw_json: { comments: one.base },
    };
    const stored = { entityId: `ours-${n}`, row };
    if (one.state === 'recognized') recognized.set(`P-${n}`, stored);
    if (one.state !== 'linked' && one.state !== 'excluded' && one.state !== 'outdated') continue;
    rows.set(stored.entityId, stored);
    links.set(`P-${n}`, {
      entity_id: stored.entityId,
      external_id: `P-${n}`,
      base: { comments: one.base },
      remote_version: null,
      confirmed_at: one.state === 'outdated' ? later : before,
    });
  }
  const all = order.flatMap((n) => (page[n] ? [{ one: page[n], each: incomingOf(page[n], n) }] : []));
  return {
    entity: 'poam',
    source: {
      systemId: 1,
      systemType: 'xacta',
      operationId: 'o',
      policies: [],
      echo: undefined,
      askedAt: asked,
    },
    records: all.filter(({ one }) => one.state !== 'orphan').map(({ each }) => each),
    orphans: all
      .filter(({ one }) => one.state === 'orphan')
      .map(({ each }) => heldFor('ingestion_poams', each.external, [])),
    links,
    rows,
    factsOf: () => noRecord,
    recognized,
    excludedOwners: new Set(['S-out']),
    elsewhere: new Set(),
    places: { there: new Set(), elsewhere: new Set() },
    twins: new Map(),
  };
}

const besideOf = (page: readonly OneRecord[]): ReadonlySet<string> =>
  new Set(page.flatMap((one, n) => (one.besideMoved ? [`ours-${n}`] : [])));

describe('deciding a page', () => {
  it('deciding a page counts each record once: read = created + updated + unchanged + held + failed', () => {
    fc.assert(
      fc.property(pages, (page) => {
        const counts = countsOf(decide(gathered(page)), besideOf(page));
        expect(counts.read).toBe(page.length);
        expect(counts.created + counts.updated + counts.unchanged + counts.held + counts.failed).toBe(
          counts.read,
        );
        expect(Math.min(...Object.values(counts))).toBeGreaterThanOrEqual(0);
      }),
    );
  });

  it('deciding a page gives the same result for each record, in whatever order the page has them', () => {
    const shuffled = pages.chain((page) =>
      fc.tuple(
        fc.constant(page),
        fc.shuffledSubarray(
          page.map((_, n) => n),
          { minLength: page.length },
        ),
      ),
    );
    fc.assert(
      fc.property(shuffled, ([page, order]) => {
        const byRecord = (known: Known) =>
          decide(known).decided.toSorted((a, b) =>
            a.each.external.externalId < b.each.external.externalId ? -1 : 1,
          );
        expect(byRecord(gathered(page, order))).toEqual(byRecord(gathered(page)));
        expect(countsOf(decide(gathered(page, order)), besideOf(page))).toEqual(
          countsOf(decide(gathered(page)), besideOf(page)),
        );
      }),
    );
  });

  it('deciding a page finds nothing to do when the same page comes again after it was applied', () => {
    fc.assert(
      fc.property(pages, (page) => {
        const first = decide(gathered(page));
        const known = gathered(page);
        const links = new Map(known.links);
        const rows = new Map(known.rows);
        for (const one of first.decided) {
          const { externalId, raw } = one.each.external;
          const entityId = one.stored?.entityId ?? `made-${externalId}`;
          const row = { ...one.stored?.row, system_id: 'S-1', ...one.decision.take, raw_json: raw };
          rows.set(entityId, { entityId, row });
          links.set(externalId, {
            entity_id: entityId,
            external_id: externalId,
            base: one.decision.base,
            remote_version: null,
            confirmed_at: before,
          });
        }
        const again = decide({ ...known, links, rows, recognized: new Map() });
        for (const one of again.decided) {
          expect(isChanged(one)).toBe(false);
          expect(one.decision.agreed).toEqual([]);
          expect(one.decision.overruled).toEqual([]);
          expect(one.isNewLink).toBe(false);
        }
        expect(again.decided.map((one) => one.decision.conflicts.length)).toEqual(
          first.decided.map((one) => one.decision.conflicts.length),
        );
      }),
    );
  });

  it('deciding a page gives a row that two records mean to the first of them, and a new row to the other', () => {
    const page: OneRecord[] = [
      { state: 'recognized', base: 'a', here: 'a', there: 'a', besideMoved: false },
      { state: 'new', base: 'a', here: 'a', there: 'a', besideMoved: false },
    ];
    const known = gathered(page);
    const [stored] = known.recognized.values();
    const both = new Map([...known.recognized, ...(stored ? [['P-1', stored] as const] : [])]);
    expect(decide({ ...known, recognized: both }).decided.map((one) => one.stored?.entityId)).toEqual([
      'ours-0',
      undefined,
    ]);
  });

  it('deciding a page leaves a record alone whose system takes no part, but imports one that moves out of it', () => {
    const page: OneRecord[] = [{ state: 'excluded', base: 'a', here: 'a', there: 'b', besideMoved: false }];
    const known = gathered(page);
    expect(decide(known)).toMatchObject({ decided: [], passed: 1 });
    const [each] = known.records;
    const moved = each ? [{ ...each, record: { ...each.record, system_id: 'S-1' } }] : [];
    const places = { there: new Set(['S-out']), elsewhere: new Set<string>() };
    expect(decide({ ...known, records: moved, places }).decided).toMatchObject([
      { move: { column: 'system_id', before: 'S-out', after: 'S-1' } },
    ]);
  });

  it('deciding a page leaves a record alone that was requested before the remote confirmed what we wrote', () => {
    const page: OneRecord[] = [{ state: 'outdated', base: 'b', here: 'b', there: 'a', besideMoved: false }];
    expect(decide(gathered(page))).toMatchObject({ decided: [], passed: 1 });
  });
});
