/** What waits is one list, and each count leads to a list with the same number; by boundary too. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { everywhere, localOperator, type Scope } from '../../src/canonical/access/actor.ts';
import type { InboxKind } from '../../src/canonical/lists/inbox-list.ts';
import { countUnreportedAssets } from '../../src/record/assets/asset-reporting.sql.ts';
import { countApprovals } from '../../src/review/approvals/approval-list.sql.ts';
import {
  decideApproval,
  fetchApproval,
  listApprovalItems,
  listApprovals,
} from '../../src/review/approvals/approvals.ts';
import {
  countConflicts,
  countConflictsBy,
  listConflicts,
} from '../../src/review/conflicts/conflict-list.sql.ts';
import { fetchConflict } from '../../src/review/conflicts/fetch-conflict.ts';
import { countInbox, type InboxItem, listInbox } from '../../src/review/inbox/inbox-list.sql.ts';
import { countMatches } from '../../src/review/matches/match-list.sql.ts';
import { countOutboxChanges, listOutbox } from '../../src/review/outbox/outbox-list.sql.ts';
import { countHeldRecords } from '../../src/ledger/operations/waiting.sql.ts';
import { listConnectionStates } from '../../src/operate/status/connection-states.ts';
import { countCallsBy, listCalls } from '../../src/review/operations/call-list.sql.ts';
import { listChanges, listOperations } from '../../src/review/operations/operations.ts';
import { commandOver, commandText } from '../support/command-over.ts';
import { startTwoSystems, type TwoSystems } from '../support/two-systems.ts';

let world: TwoSystems;
beforeAll(async () => {
  world = await startTwoSystems([], { tenable: ['--machines', '12'] });
  await world.sync();
  const poams = await world.rows(
    `select poam_id, xacta_poam_id, system_id from ingestion_poams where xacta_poam_id is not null order by 1 limit 6`,
  );
  for (const { poam_id: id, xacta_poam_id: remote } of poams) {
    const theirs = { entity: 'poam', id: remote, fields: { comments: 'there' } };
    await world.control('xacta', 'POST', '/edit', theirs);
    await world.rows(`update ingestion_poams set comments = 'here' where poam_id = $1`, id);
  }
  await commandText(world.app, ['policies', 'set', 'xacta', 'poam', '--approval', 'always']);
  await world.rows(
    `update ingestion_poams set remediation_plan = 'patch it' where xacta_poam_id is not null`,
  );
  await world.sync();
  // A change that was refused, a check that failed, and a connection to which nothing is sent.
  await world.rows(
    `update sync_outbox set state = 'failed', failure = '{"outcome": "rejected", "message": "no"}', plan_id = null, settled_at = now()
      where id in (select o.id from sync_outbox o join ingestion_poams p on p.poam_id = o.entity_id
                    where o.state = 'waiting' order by p.system_id desc, o.id limit 2)`,
  );
  await world.rows(
    `insert into integration_health (external_system_id, health_check_type, status, error_details)
     select id, 'authentication', 'unhealthy', '{"detail": "401"}' from external_systems where system_name = 'tenable'`,
  );
  await commandText(world.app, ['outbox', 'pause', 'xacta', '--reason', 'maintenance']);
});
afterAll(async () => {
  await world.stop();
});

const reader = () => ({ actor: localOperator('issm'), now: new Date() });
const boundary = (systemId: string): Scope => ({
  kind: 'boundaries',
  systemIds: [systemId],
  unassigned: false,
});
const counted = async (scope: Scope): Promise<Partial<Record<InboxKind, number>>> =>
  Object.fromEntries(
    (await countInbox(world.app.db, scope, reader())).map(({ kind, count }) => [kind, count]),
  );
const failed = { state: { is: 'in', values: ['failed'], negated: false } } as const;
const byAge = { by: 'age', descending: false } as const;

async function allItems(scope: Scope): Promise<InboxItem[]> {
  const items: InboxItem[] = [];
  let after;
  do {
    const query = { filter: {}, sort: { by: 'since', descending: false }, limit: 7, after } as const;
    const page = await listInbox(world.app.db, scope, reader(), query);
    items.push(...page.items);
    after = page.next;
  } while (after);
  return items;
}

describe('the inbox', () => {
  it('each count is the number of rows of the list that it leads to, everywhere and in each boundary', async () => {
    const { db } = world.app;
    const systems = await world.rows(`select distinct system_id from ingestion_systems order by 1`);
    for (const scope of [everywhere, ...systems.map((row) => boundary(String(row['system_id'])))]) {
      const counts = await counted(scope);
      expect(counts).toMatchObject({
        conflict: (await countConflicts(db, scope, {})).count,
        approval: (await countApprovals(db, scope, {})).count,
        match: (await countMatches(db, scope, {})).count,
        refused_change: (await countOutboxChanges(db, scope, failed)).count,
      });
      const byKind = Map.groupBy(await allItems(scope), (item) => item.kind);
      for (const [kind, count] of Object.entries(counts))
        expect([kind, byKind.get(kind as InboxKind)?.length ?? 0]).toEqual([kind, count]);
    }
    const counts = await counted(everywhere);
    expect(counts).toMatchObject({
      conflict: 6,
      refused_change: 2,
      unhealthy_connection: 1,
      paused_connection: 1,
      unreported_asset: (await countUnreportedAssets(db)).assets,
      held_record: Object.values(await countHeldRecords(db)).reduce((sum, n) => sum + n, 0),
    });
    expect(counts.approval).toBeGreaterThan(1);
  });

  it('a person sees the kinds that their permissions show, as far as they reach', async () => {
    const one = String((await world.rows(`select min(system_id) as id from ingestion_poams`))[0]?.['id']);
    const grants = [{ gives: { role: 'isso' }, scope: boundary(one) }] as const;
    const actor = { principalId: 'p', name: 'ISSO', kind: 'person', grants } as const;
    const counts = await countInbox(world.app.db, everywhere, { actor, now: new Date() });
    expect(counts.map(({ kind }) => kind)).not.toContain('paused_connection');
    expect(counts.find(({ kind }) => kind === 'conflict')).toMatchObject({
      count: (await countConflicts(world.app.db, boundary(one), {})).count,
      mayAct: true,
    });
    // The ISSO decides what the rules of who decides name that role for; an analyst decides nothing.
    expect(counts.find(({ kind }) => kind === 'approval')?.mayAct).toBe(true);
    const analyst = { ...actor, grants: [{ gives: { role: 'analyst' }, scope: boundary(one) }] } as const;
    const seen = await countInbox(world.app.db, everywhere, { actor: analyst, now: new Date() });
    expect(seen.find(({ kind }) => kind === 'approval')?.mayAct).toBe(false);
  });

  it('`tieline inbox` shows what waits with its lists, of one kind or one boundary', async () => {
    const { code, json } = await commandOver(world.app, ['inbox', '--kind', 'conflict', '--limit', '3']);
    expect(code).toBe(0);
    expect(json).toMatchObject({ items: [{ kind: 'conflict' }, {}, {}], counts: [{ count: 6 }] });
    const { out } = await commandText(world.app, ['inbox', '--limit', '3']);
    expect(out).toContain('more: --limit');
    expect(out).toContain('6 conflicts: tieline conflicts list');
  });
});

describe('conflicts', () => {
  it('pages hold every conflict once, in order, and counts and facets are of the same rows', async () => {
    const { db } = world.app;
    const ids: number[] = [];
    let after;
    do {
      const page = await listConflicts(db, everywhere, { filter: {}, sort: byAge, limit: 2, after });
      ids.push(...page.items.map(({ id }) => id));
      after = page.next;
    } while (after);
    expect(new Set(ids).size).toBe(6);
    const bySystem = await countConflictsBy(db, everywhere, {}, 'system');
    expect(bySystem.reduce((sum, each) => sum + each.count, 0)).toBe(6);
    for (const { value, count } of bySystem)
      expect((await countConflicts(db, boundary(value ?? ''), {})).count).toBe(count);
    const q = { q: { is: 'text', words: ['comments'] } } as const;
    expect((await countConflicts(db, everywhere, q)).count).toBe(6);
  });

  it('a conflict shows its history, the rest of its record, its policy and choices, and nothing outside of the scope', async () => {
    const { items } = await listConflicts(world.app.db, everywhere, { filter: {}, sort: byAge, limit: 1 });
    const [first] = items;
    const detail = await fetchConflict(world.app, everywhere, first?.id ?? 0);
    expect(detail).toMatchObject({
      internal: 'here',
      external: 'there',
      policy: { words: expect.stringContaining('a person settles') as string },
    });
    expect(detail.choices.length).toBeGreaterThan(2);
    expect(detail.history.length).toBeGreaterThan(0);
    expect(detail.fields.find((each) => each.field === 'comments')).toMatchObject({ inConflict: true });
    await expect(fetchConflict(world.app, boundary('none such'), first?.id ?? 0)).rejects.toMatchObject({
      code: 'RECORD_UNKNOWN',
    });
  });
});

describe('approvals', () => {
  const listed = async (scope: Scope) =>
    (
      await listApprovals(world.app, scope, {
        filter: {},
        sort: { by: 'asked', descending: false },
        limit: 100,
      })
    ).items;

  it('each approval holds records of one boundary only, and is there only for those who may see that', async () => {
    for (const approval of await listed(everywhere)) {
      const { items } = await listApprovalItems(world.app, everywhere, approval.approvalId, { limit: 1000 });
      const of = await world.rows(
        `select distinct system_id from ingestion_poams where poam_id = any($1::text[])`,
        items.map((item) => item.entityId),
      );
      // Tags span boundaries, so that they are in an approval without one.
      const expected = approval.boundary === null ? [] : [approval.boundary];
      expect(of.map((row) => row['system_id'])).toEqual(expected);
      const own = await listed(boundary(approval.boundary ?? ''));
      expect(own.map((each) => each.boundary)).toEqual(expected);
    }
  });

  it('items are grouped by the change that they make, and pages hold each once', async () => {
    const [approval] = await listed(everywhere);
    const id = approval?.approvalId ?? '';
    const detail = await fetchApproval(world.app, everywhere, id, { principalId: 'p' });
    const grouped = detail.groups.flatMap((group) => group.items).toSorted((a, b) => a - b);
    const paged: number[] = [];
    let after = 0;
    for (;;) {
      const page = await listApprovalItems(world.app, everywhere, id, { after, limit: 2 });
      paged.push(...page.items.map((item) => item.number));
      if (!page.next) break;
      after = Number(page.next.id);
    }
    expect(paged).toEqual(grouped);
    const plan = detail.groups.find((group) => group.sample[0]?.field === 'remediation_plan');
    expect(plan?.sample[0]).toMatchObject({ after: 'patch it', danger: 'updates' });
  });

  it('one decides where one may, on what one read, for single records, and not on one’s own edits', async () => {
    const approval = (await listed(everywhere))
      .filter((each) => each.changes > 2 && each.boundary !== null)
      .toSorted((a, b) => ((a.boundary ?? '') < (b.boundary ?? '') ? -1 : 1))[0];
    const id = approval?.approvalId ?? '';
    const inside = boundary(approval?.boundary ?? '');
    const actor = { name: 'issm' };
    const approve = { decision: 'approve' } as const;
    await expect(decideApproval(world.app, actor, boundary('none such'), id, approve)).rejects.toMatchObject({
      code: 'APPROVAL_UNKNOWN',
    });
    await expect(
      decideApproval(world.app, actor, inside, id, { ...approve, sha256: 'other' }),
    ).rejects.toMatchObject({ code: 'APPROVAL_MOVED' });
    const { items } = await listApprovalItems(world.app, inside, id, { limit: 1 });
    const [own] = items;
    expect(own?.edit).toBeNull();
    await world.rows(
      `insert into sync_changes (operation_id, entity_type, entity_id, field_name, after_value, direction, decided_by_kind, decided_by, reason)
       select (select batch_id from ingestion_batches limit 1), 'poam', $1, $2, $3::jsonb, 'internal', 'person', 'issm', 'the fix comes later'`,
      own?.entityId,
      own?.field,
      JSON.stringify(own?.after),
    );
    const shown = await listApprovalItems(world.app, inside, id, { limit: 1 });
    expect(shown.items[0]?.edit).toMatchObject({ by: 'issm', reason: 'the fix comes later' });
    const records = [own?.record ?? ''];
    await expect(decideApproval(world.app, actor, inside, id, { ...approve, records })).rejects.toMatchObject(
      { code: 'APPROVAL_OWN' },
    );
    const sha256 = approval?.contentSha256 ?? '';
    expect(
      await decideApproval(world.app, { name: 'ao' }, inside, id, { ...approve, records, sha256 }),
    ).toMatchObject({ changes: 1, waiting: (approval?.changes ?? 0) - 1 });
    const decided = { decision: 'reject', reason: 'not now' } as const;
    expect(await decideApproval(world.app, actor, inside, id, decided)).toMatchObject({ waiting: 0 });
  });
});

describe('the rest of what an operator sees', () => {
  it('the outbox is cut to the scope, each change in words', async () => {
    const { items } = await listOutbox(world.app, everywhere, { filter: failed, sort: byAge, limit: 10 });
    expect(items).toHaveLength(2);
    expect(items[0]?.lines.length).toBeGreaterThan(0);
    expect((await countOutboxChanges(world.app.db, boundary('none such'), {})).count).toBe(0);
  });

  it('operations and their changes are paged, and one connection has its timeline', async () => {
    const sort = { by: 'started', descending: true } as const;
    const timeline = await listOperations(world.app, {
      filter: { connection: { is: 'in', values: ['xacta'], negated: false } },
      sort,
      limit: 50,
    });
    expect(timeline.items.map((each) => each.type)).toContain('sync');
    const run = timeline.items.findLast((each) => each.type === 'sync');
    const order = { by: 'order', descending: false } as const;
    const page = await listChanges(world.app, everywhere, run?.operationId ?? '', {
      filter: {},
      sort: order,
      limit: 5,
    });
    expect(page.items).toHaveLength(5);
    expect(page.next).toBeDefined();
    const { out } = await commandText(world.app, [
      'ops',
      'show',
      run?.operationId.slice(0, 8) ?? '',
      '--changes',
      '--limit',
      '2',
    ]);
    expect(out).toMatch(/… [\d,]+ more: tieline ops show/);
    const calls = await listCalls(world.app.db, {
      filter: {},
      sort: { by: 'at', descending: true },
      limit: 3,
    });
    expect(calls.items).toHaveLength(3);
    expect((await countCallsBy(world.app.db, {}, 'connection')).length).toBe(2);
  });

  it('each connection says in a word how it is', async () => {
    expect(
      (await listConnectionStates(world.app)).map(({ connection, state }) => [connection, state]),
    ).toEqual([
      ['tenable', 'failing'],
      ['xacta', 'paused'],
    ]);
  });
});
