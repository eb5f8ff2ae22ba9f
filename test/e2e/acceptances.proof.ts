import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkAcceptance } from '../../src/modules/acceptances/acceptances.ts';
import { commandOver, commandText } from '../support/command-over.ts';
import { startTwoSystems, type TwoSystems } from '../support/two-systems.ts';

interface Rule {
  readonly rule_id: string;
  readonly rule_name: string;
  readonly description: string;
  readonly rule_value: {
    readonly action: string;
    readonly comment?: string;
    readonly false_positive?: boolean;
  };
  readonly filter: { readonly and: readonly { readonly property: string; readonly value: string }[] };
  readonly expires_at?: string;
  readonly disabled_details: { readonly disabled: boolean };
}

let world: TwoSystems;
let finding: { plugin: string; asset: string; tenable: string };
beforeAll(async () => {
  world = await startTwoSystems([], {
    tenable: ['--rules-apply-ms', '0', '--machines', '8'],
    xacta: ['--systems', '1', '--records', '2'],
  });
  await world.sync();
  const [row] = await world.rows(
    `select v.plugin_id as plugin, v.asset_uuid as asset, a.tenable_asset_uuid as tenable
       from ingestion_vulnerabilities v join ingestion_assets a on a.asset_uuid = v.asset_ref
      where v.lifecycle_state = 'open' and v.severity_modification = 'none' and v.severity = 'High' order by v.id limit 1`,
  );
  finding = row as typeof finding;
});
afterAll(async () => {
  await world.stop();
});

const rules = async (): Promise<Rule[]> =>
  (await world.control<{ rules: Rule[] }>('tenable', 'GET', '/state')).rules;
const command = (...args: string[]) => commandOver(world.app, args);
const list = async (...more: string[]) =>
  (await command('acceptances', 'list', ...more)).json as Record<string, unknown>[];
const edit = (body: object) => world.control('tenable', 'POST', '/edit', body);
const modificationOfFinding = async (): Promise<unknown> =>
  (
    await world.rows(
      `select severity_modification as m from ingestion_vulnerabilities where plugin_id::text = $1 and asset_ref = $2::uuid`,
      finding.plugin,
      finding.asset,
    )
  )[0]?.['m'];

// One story in order: each step begins where the one before ended.
describe('an acceptance', () => {
  it('an acceptance with missing fields is refused field by field, and nothing is kept', async () => {
    const outcome = await command(
      'acceptances',
      'add',
      'tenable',
      '--kind',
      'recast',
      '--plugin',
      'abc',
      '--comment',
      ' ',
      '--until',
      '2020-13-01',
    );
    expect(outcome.code).toBe(2);
    for (const said of ['plugin', 'severity', 'comment', 'until']) expect(outcome.err).toContain(said);
    expect(
      await command('acceptances', 'add', 'xacta', '--kind', 'accepted', '--plugin', '1', '--comment', 'x'),
    ).toMatchObject({ code: 2, err: expect.stringContaining('has no such rules') as string });
    expect(await list('--all')).toEqual([]);
  });

  it('an acceptance for every asset reports how many findings and assets it covers, and asks for confirmation', async () => {
    const [open] = await world.rows(
      `select count(*)::int as findings, count(distinct asset_ref)::int as assets from ingestion_vulnerabilities
        where plugin_id = $1 and lifecycle_state in ('open', 'reopened')`,
      finding.plugin,
    );
    const { code, err } = await command(
      'acceptances',
      'add',
      'tenable',
      '--kind',
      'accepted',
      '--plugin',
      finding.plugin,
      '--comment',
      'x',
    );
    expect(code).toBe(2);
    const { error } = JSON.parse(err) as { error: { message: string; remedy: string } };
    expect(error.message).toMatch(
      new RegExp(
        `${String(open?.['findings'])} open findings? of plugin .* on ${String(open?.['assets'])} asset`,
      ),
    );
    expect(error.remedy).toContain('--yes');
    expect(await list('--all')).toEqual([]);
  });

  it('an acceptance of a plugin that no scan has reported, or of an unknown asset, is refused', async () => {
    const add = (plugin: string, asset: string) =>
      command(
        'acceptances',
        'add',
        'tenable',
        '--kind',
        'Recast',
        '--severity',
        'low',
        '--comment',
        'x',
        '--plugin',
        plugin,
        '--asset',
        asset,
      );
    expect((await add('99999999', finding.asset)).err).toContain('no scan has reported a plugin 99999999');
    expect((await add(finding.plugin, 'nobody')).err).toContain(
      'nobody is not an asset that tenable reports',
    );
    expect(await list('--all')).toEqual([]);
  });

  it('an acceptance finds the asset by uuid, name with or without domain, or address', async () => {
    const [asset] = await world.rows(
      `select a.hostname, n.ipv4_address as ip from ingestion_assets a join ingestion_asset_network n on n.asset_uuid = a.asset_uuid
        where a.asset_uuid = $1::uuid and n.ipv4_address is not null limit 1`,
      finding.asset,
    );
    const hostname = String(asset?.['hostname']);
    for (const wanted of [
      finding.asset.slice(0, 8),
      hostname.toUpperCase(),
      hostname.split('.')[0] ?? '',
      String(asset?.['ip']),
    ]) {
      const checked = await checkAcceptance(world.app, 'tenable', {
        kind: 'accepted',
        plugin: finding.plugin,
        asset: wanted,
        comment: 'x',
        by: 'isso',
      });
      expect(checked.asset?.assetUuid, wanted).toBe(finding.asset);
      expect(checked.covers.assets).toBe(1);
    }
  });

  it('an acceptance is shown in the plan, and made as a rule at the server by the next sync, once', async () => {
    const asked = await command(
      'acceptances',
      'add',
      'tenable',
      '--kind',
      'accepted',
      '--plugin',
      finding.plugin,
      '--asset',
      finding.asset,
      '--until',
      '2030-06-30',
      '--comment',
      'AO letter 17',
      '--by',
      'isso',
    );
    expect(asked).toMatchObject({ code: 0 });
    const { json } = await command('sync', 'plan');
    expect(JSON.stringify(json)).toContain('AO letter 17');
    expect(await rules()).toEqual([]);
    expect(await world.sync()).toMatchObject({ written: 1 });
    expect(await rules()).toMatchObject([
      {
        rule_value: { action: 'ACCEPT', comment: 'AO letter 17', false_positive: false },
        filter: {
          and: [
            { property: 'definition.id', value: finding.plugin },
            { property: 'asset.id', value: finding.tenable },
          ],
        },
        expires_at: '2030-06-30T23:59:59.000Z',
        disabled_details: { disabled: false },
      },
    ]);
    expect(await world.sync()).toMatchObject({ written: 0, conflictsPending: 0 });
    expect(await rules()).toHaveLength(1);
    expect(await list()).toMatchObject([{ requestedBy: 'isso', acceptanceId: (await rules())[0]?.rule_id }]);
  });

  it('an acceptance shows in the findings when the server has applied it', async () => {
    await world.sync({ full: true });
    expect(await modificationOfFinding()).toBe('accepted');
  });

  it('an acceptance edited at the server is imported; edited on both sides it is a conflict', async () => {
    const [rule] = await rules();
    await edit({ rule: rule?.rule_id, fields: { expires_at: '2031-01-01T00:00:00Z' } });
    await world.sync();
    expect(await world.rows('select expires_at::text as at from acceptances')).toEqual([
      { at: '2031-01-01 00:00:00' },
    ]);
    await edit({
      rule: rule?.rule_id,
      fields: { rule_value: { action: 'ACCEPT', false_positive: false, comment: 'theirs' } },
    });
    await world.rows(`update acceptances set comment = 'ours'`);
    expect(await world.sync()).toMatchObject({ written: 0, conflictsPending: 1 });
    await command('conflicts', 'resolve', '--entity', 'acceptance', '--keep', 'internal', '--by', 'isso');
    expect(await world.sync()).toMatchObject({ written: 1, conflictsPending: 0 });
    expect((await rules())[0]?.rule_value.comment).toBe('ours');
  });

  it('an acceptance withdrawn here is ended at the server, and its findings are open again', async () => {
    const [entry] = await list();
    expect(await command('acceptances', 'withdraw', String(entry?.['id']), '--by', 'isso')).toMatchObject({
      code: 0,
    });
    expect(await world.sync()).toMatchObject({ written: 1 });
    expect((await rules())[0]?.disabled_details.disabled).toBe(true);
    await world.sync({ full: true });
    expect(await modificationOfFinding()).toBe('none');
    expect(await list()).toEqual([]);
    expect(await list('--all')).toHaveLength(1);
    expect(await command('acceptances', 'withdraw', String(entry?.['id']))).toMatchObject({ code: 2 });
  });

  it('an acceptance waits for approval where the policy asks for it, and is not made if it is rejected', async () => {
    await command('policies', 'set', 'tenable', 'acceptance', '--approval', 'always');
    await command(
      'acceptances',
      'add',
      'tenable',
      '--kind',
      'false_positive',
      '--plugin',
      finding.plugin,
      '--comment',
      'scanner error',
      '--yes',
    );
    expect(await world.sync()).toMatchObject({ written: 0 });
    const { json } = await command('approvals', 'list');
    const [approval] = json as { approvalId: string }[];
    await command('approvals', 'reject', approval?.approvalId ?? '', '--reason', 'not proven', '--by', 'ao');
    expect(await world.sync()).toMatchObject({ written: 0 });
    expect(await rules()).toHaveLength(1);
    await command('policies', 'set', 'tenable', 'acceptance', '--approval', 'never');
  });

  it('an acceptance that the server had first is known here; one that only filters by name is shown and left alone', async () => {
    const { accessKey, secretKey } = world.secrets();
    const response = await fetch(`${world.urls.tenable}/v1/recast/rules`, {
      method: 'POST',
      headers: {
        'X-ApiKeys': `accessKey=${accessKey ?? ''};secretKey=${secretKey ?? ''}`,
        'content-type': 'application/json',
      },
      body: JSON.stringify({
        rule_name: 'printers',
        resource_type: 'HOST',
        rule_value: { action: 'RECAST', severity: '1', original_severity: '3' },
        filter: { and: [{ property: 'asset.name', operator: 'wc', value: ['printer*'] }] },
      }),
    });
    expect(response.status).toBe(200);
    await world.sync();
    const [shown] = await list();
    expect(shown).toMatchObject({ name: 'printers', kind: 'recast', severity: 'Low', pluginId: null });
    expect(String(shown?.['scope'])).toMatch(/^filter \{"and":/);
    expect(await world.sync()).toMatchObject({ written: 0, conflictsPending: 0 });
  });

  it('an acceptance whose rule was deleted at the server is marked missing, and kept here', async () => {
    const [rule] = (await rules()).filter((each) => each.rule_name === 'printers');
    await edit({ rule: rule?.rule_id, delete: true });
    await world.sync();
    const shown = (await list()).find((each) => each['name'] === 'printers');
    expect(shown?.['missingSince']).not.toBeNull();
  });

  it('an acceptance whose last day has passed is listed as expired', async () => {
    await world.rows(`update acceptances set expires_at = now() - interval '1 day', status = 'active'`);
    expect((await list('--all')).map((each) => each['expired'])).not.toContain(false);
    expect((await commandText(world.app, ['acceptances', 'list', '--all'])).out).not.toContain('in force');
  });
});
