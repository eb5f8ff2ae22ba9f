/** Deviations that others decide: the GRC system's authorizing official, and whoever makes a rule at the scanner. Over both simulators. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { everywhere, localOperator } from '../../src/canonical/access/index.ts';
import type { InboxKind } from '../../src/canonical/lists/index.ts';
import { listInbox } from '../../src/review/inbox/index.ts';
import { commandOver } from '../support/command-over.ts';
import { startTwoSystems, type TwoSystems } from '../support/two-systems.ts';

interface There {
  readonly id: string;
  readonly version: number;
  readonly deviation_type: string | null;
  readonly deviation_status: string | null;
  readonly deviation_reference: string | null;
  readonly deviation_decided_by: string | null;
  readonly deviation_decided_on: string | null;
  readonly deviation_expires_on: string | null;
}
interface Rule {
  readonly rule_id: string;
  readonly expires_at?: string;
  readonly rule_value: { readonly action: string };
  readonly disabled_details: { readonly disabled: boolean };
}
interface Deviation {
  readonly id: number;
  readonly kind: string;
  readonly state: string;
  readonly poamId: string;
  readonly expiresOn: string | null;
  readonly decidedBy: string | null;
  readonly decidedIn: string | null;
  readonly endedBy: string | null;
  readonly endReason: string | null;
  readonly notices: readonly { readonly kind: string }[];
}

let world: TwoSystems;
/** A POA&M with open findings on assets that the scanner knows: what it is here and there, a plugin and two assets of it. */
let poam: { id: string; there: string };
let assets: readonly { readonly uuid: string; readonly tenable: string; readonly plugin: string }[];
beforeAll(async () => {
  world = await startTwoSystems([], {
    tenable: ['--rules-apply-ms', '0'],
  });
  await world.sync();
  const rows = await world.rows(`
    select p.poam_id as id, l.external_id as there, a.asset_uuid::text as uuid, a.tenable_asset_uuid::text as tenable, v.plugin_id::text as plugin
      from ingestion_poams p
      join weaknesses w on w.poam_id = p.id
      join weakness_findings k on k.weakness_id = w.id
      join ingestion_vulnerabilities v on v.id = k.finding_id
      join sync_links l on l.entity_type = 'poam' and l.entity_id = p.poam_id
      join ingestion_assets a on a.asset_uuid = v.asset_ref
     where v.lifecycle_state = 'open' and p.ingestion_source = 'tieline'
       and (select count(*) from weakness_findings o where o.weakness_id = w.id) > 1
     order by p.id, a.asset_uuid`);
  const [first] = rows;
  if (!first) throw new Error('no POA&M has two findings');
  poam = { id: String(first['id']), there: String(first['there']) };
  assets = rows.filter((row) => row['id'] === poam.id) as unknown as typeof assets;
});
afterAll(async () => {
  await world.stop();
});

const there = async (): Promise<There> => {
  const { poams } = await world.control<{ poams: There[] }>('xacta', 'GET', '/state');
  const found = poams.find(({ id }) => id === poam.there);
  if (!found) throw new Error(`no POA&M ${poam.there} in Xacta`);
  return found;
};
const decideThere = (fields: object) =>
  world.control('xacta', 'POST', '/edit', { entity: 'poam', id: poam.there, fields });
const rules = async (): Promise<Rule[]> =>
  (await world.control<{ rules: Rule[] }>('tenable', 'GET', '/state')).rules;
const command = (...args: string[]) => commandOver(world.app, args);
const deviations = async (filter = ''): Promise<Deviation[]> =>
  (await command('deviations', 'list', ...(filter === '' ? [] : ['--filter', filter]))).json as Deviation[];
const show = async (id: number): Promise<Deviation> =>
  (await command('deviations', 'show', String(id))).json as Deviation;
const inbox = async (kind: InboxKind): Promise<string> => {
  const filter = { kind: { is: 'in', values: [kind], negated: false } } as const;
  const reader = { actor: localOperator('Dee'), now: world.app.now() };
  const sort = { by: 'since', descending: false } as const;
  const { items } = await listInbox(world.app.db, everywhere, reader, { filter, sort, limit: 50 });
  return items.map(({ title }) => title).join('\n');
};
const questions = (): Promise<Record<string, unknown>[]> =>
  world.rows(
    `select params ->> 'why' as why from poam_questions where code = 'deviation_there' and settled_at is null`,
  );
const writes = async (): Promise<number> =>
  (await world.control<{ writes: number }>('tenable', 'GET', '/requests')).writes +
  (await world.control<{ writes: number }>('xacta', 'GET', '/requests')).writes;
/** Both sides are equal: a sync has nothing to write, and nothing to ask. */
const expectRest = async (): Promise<void> => {
  const before = await writes();
  expect(await world.sync()).toMatchObject({ written: 0, recordsHeld: 0 });
  expect(await writes()).toBe(before);
};
const accept = (asset: string, until: string) =>
  command(
    'deviations', 'request', poam.id, '--kind', 'risk_acceptance', '--asset', asset, '--until', until,
    '--rationale', 'replaced soon', '--conditions', 'stays behind the firewall', '--by', 'Ann',
  ); // prettier-ignore

// One story in order: each step begins where the one before ended.
describe('deviations that the GRC system decides', () => {
  it('a request made here is shown there as pending, with what is asked', async () => {
    expect(await accept(assets[0]?.uuid ?? '', '2027-01-31')).toMatchObject({ code: 0 });
    await world.sync();
    const [asked] = await deviations();
    expect(await there()).toMatchObject({
      deviation_type: 'risk_acceptance',
      deviation_status: 'pending',
      deviation_reference: `deviation ${asked?.id}`,
      deviation_expires_on: '2027-01-31',
      deviation_summary: expect.stringContaining('accept the risk of') as string,
    });
    expect(await rules()).toEqual([]);
    await expectRest();
  });

  it('approved there by who asked for it here, it is a question and no approval', async () => {
    await decideThere({
      deviation_status: 'approved',
      deviation_decided_by: 'ann',
      deviation_decided_on: '2026-11-01',
    });
    await world.sync();
    expect(await deviations()).toMatchObject([{ state: 'requested' }]);
    expect(await questions()).toEqual([{ why: 'own' }]);
    expect((await inbox('poam_question')).split('\n')).toHaveLength(1);
    expect(await inbox('poam_question')).not.toBe('');
  });

  it('approved there by somebody else, it holds here with who and when, and gets its rule at the scanner', async () => {
    await decideThere({ deviation_decided_by: 'R. Diaz' });
    await world.sync();
    const [held] = await deviations();
    expect(held).toMatchObject({ state: 'approved', decidedBy: 'R. Diaz', decidedIn: 'xacta' });
    expect(await questions()).toEqual([]);
    const [approval] = await world.rows(
      `select status, decided_by, reason from approvals where subject_id = $1`,
      String(held?.id),
    );
    expect(approval).toEqual({ status: 'approved', decided_by: 'R. Diaz', reason: 'decided in xacta' });
    await world.sync();
    expect(await rules()).toMatchObject([{ rule_value: { action: 'ACCEPT' } }]);
    await expectRest();
  });

  it('another last day there is the last day here and of the rule at the scanner', async () => {
    await decideThere({ deviation_expires_on: '2026-12-15' });
    await world.sync();
    expect(await deviations()).toMatchObject([{ state: 'approved', expiresOn: '2026-12-15' }]);
    await world.sync();
    expect(await rules()).toMatchObject([{ expires_at: expect.stringContaining('2026-12-15') as string }]);
    await expectRest();
    await decideThere({ deviation_expires_on: '2029-12-15' });
    await world.sync();
    expect(await deviations()).toMatchObject([{ expiresOn: '2026-12-15' }]);
    expect(await questions()).toEqual([{ why: 'too_long' }]);
    await decideThere({ deviation_expires_on: '2026-12-15' });
    await world.sync();
    expect(await questions()).toEqual([]);
    await expectRest();
  });

  it('withdrawn there, it ends here and its rule at the scanner ends', async () => {
    const [held] = await deviations();
    await decideThere({
      deviation_status: 'withdrawn',
      deviation_decided_by: 'R. Diaz',
      deviation_decided_on: '2026-11-01',
    });
    await world.sync();
    expect(await show(held?.id ?? 0)).toMatchObject({
      state: 'withdrawn',
      endedBy: 'R. Diaz',
      endReason: 'decided in xacta',
      decidedIn: 'xacta',
    });
    await world.sync();
    expect((await rules()).filter(({ disabled_details }) => !disabled_details.disabled)).toEqual([]);
    await expectRest();
  });

  it('made and approved there without a request, it holds for the whole POA&M; without a last day it is a question', async () => {
    await decideThere({
      deviation_type: 'Risk Acceptance', deviation_status: 'approved', deviation_reference: null, deviation_summary: null,
      deviation_decided_by: 'R. Diaz', deviation_decided_on: '2026-11-01', deviation_expires_on: null,
    }); // prettier-ignore
    await world.sync();
    expect(await deviations()).toEqual([]);
    expect(await questions()).toEqual([{ why: 'no_end' }]);
    await decideThere({ deviation_expires_on: '2027-06-30' });
    await world.sync();
    const [made] = await deviations();
    expect(made).toMatchObject({ kind: 'risk_acceptance', state: 'approved', isWholePoam: true, decidedBy: 'R. Diaz', decidedIn: 'xacta', expiresOn: '2027-06-30', requestedBy: 'R. Diaz' }); // prettier-ignore
    await world.sync();
    expect(await there()).toMatchObject({
      deviation_reference: `deviation ${made?.id}`,
      deviation_status: 'approved',
    });
    await expectRest();
  });

  it('decided differently on both sides, it is a conflict, and follows what a person settles', async () => {
    const [made] = await deviations();
    await command('deviations', 'withdraw', String(made?.id), '--by', 'Dee', '--reason', 'no longer true');
    await decideThere({ deviation_status: 'closed', deviation_decided_by: 'R. Diaz' });
    await world.sync();
    const open = await world.rows(
      `select id, field_name from sync_conflicts where resolution_status = 'pending' and field_name like 'deviation%' order by id`,
    );
    // Withdrawn here is not closed there; who did it differs too.
    expect(open.map((row) => row['field_name'])).toContain('deviation_status');
    for (const { id } of open)
      await command('conflicts', 'resolve', String(id), '--keep', 'internal', '--by', 'Dee');
    await world.sync();
    expect(await there()).toMatchObject({ deviation_status: 'withdrawn', deviation_decided_by: 'Dee' });
    await expectRest();
  });
});

describe('rules that somebody made at the scanner', () => {
  /** As somebody does it in Tenable. */
  async function make(index: number): Promise<void> {
    const { accessKey, secretKey } = world.secrets();
    const answer = await fetch(`${world.urls.tenable}/v1/recast/rules`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'x-apikeys': `accessKey=${accessKey};secretKey=${secretKey}`,
      },
      body: JSON.stringify({
        resource_type: 'HOST',
        rule_value: { action: 'ACCEPT', comment: 'noisy' },
        filter: {
          and: [
            { property: 'definition.id', operator: 'eq', value: [assets[index]?.plugin] },
            { property: 'asset.id', operator: 'eq', value: [assets[index]?.tenable] },
          ],
        },
      }),
    });
    expect([answer.status, await answer.text()]).toEqual([200, expect.any(String)]);
  }

  it('are found, ask a person, and approve nothing', async () => {
    await make(0);
    await world.sync({ full: true });
    await world.sync();
    const [found] = await deviations('state=found');
    expect(found).toMatchObject({
      poamId: poam.id,
      kind: 'risk_acceptance',
      requestedBy: 'tenable',
      rationale: 'noisy',
    });
    expect(await show(found?.id ?? 0)).toMatchObject({ notices: [{ kind: 'found_there' }] });
    expect(await inbox('deviation')).toContain('nobody approved it');
    await expectRest();
    expect(await deviations('state=found')).toHaveLength(1);
  });

  it('are the rule of the deviation that is approved for just that, and get its last day', async () => {
    expect(await accept(assets[0]?.uuid ?? '', '2027-02-28')).toMatchObject({ code: 0 });
    const [asked] = await deviations('state=requested');
    await command('deviations', 'approve', String(asked?.id), '--by', 'Dee');
    await world.sync();
    await world.sync();
    expect(await deviations('state=found')).toEqual([]);
    const active = (await rules()).filter(({ disabled_details }) => !disabled_details.disabled);
    expect(active).toMatchObject([{ expires_at: expect.stringContaining('2027-02-28') as string }]);
    await expectRest();
  });

  it('are ended at the scanner by who may decide', async () => {
    await make(1);
    await world.sync({ full: true });
    await world.sync();
    const [found] = await deviations('state=found');
    expect(
      await command('deviations', 'withdraw', String(found?.id), '--by', 'Dee', '--reason', 'not noisy'),
    ).toMatchObject({ code: 0 });
    await world.sync();
    expect((await rules()).filter(({ disabled_details }) => !disabled_details.disabled)).toHaveLength(1);
    await expectRest();
    expect(await deviations('state=found')).toEqual([]);
  });

  it('of a deviation, ended at the scanner, are told', async () => {
    const [held] = await deviations('state=approved');
    const [mine] = (await rules()).filter(({ disabled_details }) => !disabled_details.disabled);
    await world.control('tenable', 'POST', '/edit', { rule: mine?.rule_id, delete: true });
    await world.sync({ full: true });
    await world.sync();
    expect((await show(held?.id ?? 0)).notices.map(({ kind }) => kind)).toContain('ended_there');
  });
});
