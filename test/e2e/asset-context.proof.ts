import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { commandOver } from '../support/command-over.ts';
import { startTwoSystems, type TwoSystems } from '../support/two-systems.ts';

let world: TwoSystems;
let asset = '';
beforeAll(async () => {
  world = await startTwoSystems([], {
    tenable: ['--machines', '4'],
    xacta: ['--systems', '1', '--records', '2'],
  });
  await world.sync();
  const [row] = await world.rows(
    `select entity_id as uuid from sync_links where entity_type = 'asset' order by entity_id limit 1`,
  );
  asset = String(row?.['uuid']);
});
afterAll(async () => {
  await world.stop();
});

/** What an analyst does in Tenable, with the API that its console uses. */
async function analyst(action: 'add' | 'remove', category: string, value: string): Promise<void> {
  const { accessKey, secretKey } = world.secrets();
  const headers = {
    'X-ApiKeys': `accessKey=${accessKey ?? ''};secretKey=${secretKey ?? ''}`,
    'content-type': 'application/json',
  };
  const call = async <T>(method: string, path: string, body?: unknown): Promise<T> => {
    const response = await fetch(`${world.urls.tenable}${path}`, {
      method,
      headers,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!response.ok) throw new Error(`${method} ${path}: ${await response.text()}`);
    return (await response.json()) as T;
  };
  const { values } = await call<{ values: { uuid: string; category_name: string; value: string }[] }>(
    'GET',
    '/tags/values?limit=5000',
  );
  const known = values.find((each) => each.category_name === category && each.value === value);
  const { uuid } =
    known ?? (await call<{ uuid: string }>('POST', '/tags/values', { category_name: category, value }));
  await call('POST', '/tags/assets/assignments', { action, assets: [asset], tags: [uuid] });
}
async function tagsThere(): Promise<string[]> {
  const { assignments } = await world.control<{ assignments: Record<string, string[]> }>(
    'tenable',
    'GET',
    '/state',
  );
  return (assignments[asset] ?? []).filter((tag) => !tag.startsWith('Xacta System:')).toSorted();
}
async function here(): Promise<Record<string, unknown>> {
  const [row] = await world.rows('select * from assets_extended where asset_uuid = $1', asset);
  return row ?? {};
}
const set = (assignments: string, ...values: unknown[]) =>
  world.rows(`update assets_extended set ${assignments} where asset_uuid = $1`, asset, ...values);

// One story in order: each step begins where the one before ended.
describe('business context of an asset', () => {
  it('business context makes no row for assets without any', async () => {
    // A row may be there for the risk score; it says nothing about the asset.
    expect(
      await world.rows(
        'select * from assets_extended where num_nonnulls(business_criticality, cost_center, environment, compliance_scope, data_classification, network_zone) > 0',
      ),
    ).toEqual([]);
    expect(await world.rows(`select * from sync_links where entity_type = 'asset_context'`)).toEqual([]);
  });

  it('business context is sent as tags of the agreed categories', async () => {
    await world.rows(
      `insert into assets_extended (asset_uuid, environment, business_criticality, compliance_scope)
       values ($1, 'Production', 'High', '{FISMA,PCI DSS}')
       on conflict (asset_uuid) do update set environment = excluded.environment,
         business_criticality = excluded.business_criticality, compliance_scope = excluded.compliance_scope`,
      asset,
    );
    expect(await world.sync()).toMatchObject({ written: 1 });
    expect(await tagsThere()).toEqual([
      'Business Criticality:High',
      'Compliance Scope:FISMA',
      'Compliance Scope:PCI DSS',
      'Environment:Production',
    ]);
    expect(await world.sync({ full: true })).toMatchObject({ written: 0, conflictsPending: 0 });
  });

  it('business context is imported where an analyst tags in Tenable, and the journal records it', async () => {
    await analyst('add', 'Cost Center', 'CC-17');
    await analyst('remove', 'Compliance Scope', 'PCI DSS');
    await world.sync({ full: true });
    expect(await here()).toMatchObject({
      cost_center: 'CC-17',
      compliance_scope: ['FISMA'],
      environment: 'Production',
    });
    const journal = await world.rows(
      `select field_name, after_value from sync_changes
        where entity_type = 'asset_context' and direction = 'inbound' and field_name in ('cost_center', 'compliance_scope') order by 1`,
    );
    expect(journal).toEqual([
      { field_name: 'compliance_scope', after_value: ['FISMA'] },
      { field_name: 'cost_center', after_value: 'CC-17' },
    ]);
    expect(await world.sync({ full: true })).toMatchObject({ written: 0 });
  });

  it('business context replaces the tag where the value is changed here, and removes it where it is emptied', async () => {
    await set(`environment = 'Staging', cost_center = null`);
    expect(await world.sync()).toMatchObject({ written: 1 });
    expect(await tagsThere()).toEqual([
      'Business Criticality:High',
      'Compliance Scope:FISMA',
      'Environment:Staging',
    ]);
    expect(await world.sync({ full: true })).toMatchObject({ written: 0 });
    expect((await here())['cost_center']).toBeNull();
  });

  it('business context that both sides changed is a conflict, and nothing is overwritten', async () => {
    await set(`environment = 'Test'`);
    await analyst('remove', 'Environment', 'Staging');
    await analyst('add', 'Environment', 'Disaster Recovery');
    expect(await world.sync({ full: true })).toMatchObject({ written: 0, conflictsPending: 1 });
    expect((await here())['environment']).toBe('Test');
    expect(await tagsThere()).toContain('Environment:Disaster Recovery');
    const { json } = await commandOver(world.app, ['conflicts', 'list']);
    const [conflict] = json as { id: number; field: string }[];
    expect(conflict).toMatchObject({ field: 'environment', entity: 'asset_context' });
    await commandOver(world.app, [
      'conflicts',
      'resolve',
      String(conflict?.id),
      '--keep',
      'internal',
      '--by',
      'isso',
    ]);
    expect(await world.sync()).toMatchObject({ written: 1, conflictsPending: 0 });
    expect(await tagsThere()).toContain('Environment:Test');
  });

  it('business context that changed in Tenable since the last read is a conflict, and is not overwritten', async () => {
    await analyst('add', 'Network Zone', 'DMZ');
    await set(`network_zone = 'Enclave'`);
    expect(await world.sync({ entities: ['asset_context'] })).toMatchObject({ conflictsPending: 1 });
    expect(await tagsThere()).toContain('Network Zone:DMZ');
    await commandOver(world.app, [
      'conflicts',
      'resolve',
      '--entity',
      'asset_context',
      '--keep',
      'external',
      '--by',
      'isso',
    ]);
    expect((await here())['network_zone']).toBe('DMZ');
    expect(await world.sync({ full: true })).toMatchObject({ written: 0, conflictsPending: 0 });
  });

  it('business context that Tenable could not hold is reported field by field, and nothing is sent', async () => {
    await set(`cost_center = $2`, 'CC-1, CC-2');
    expect(await world.sync()).toMatchObject({ written: 0, conflictsPending: 1 });
    const { json } = await commandOver(world.app, ['conflicts', 'list']);
    expect(JSON.stringify(json)).toContain('contains a comma, which a Tenable tag cannot');
    await set(`cost_center = 'CC-1'`);
    expect(await world.sync()).toMatchObject({ written: 1, conflictsPending: 0 });
    expect(await tagsThere()).toContain('Cost Center:CC-1');
  });

  it('business context with two values in Tenable where only one is allowed is put before a person', async () => {
    await analyst('add', 'Environment', 'Production');
    const summary = await world.sync({ full: true });
    expect(summary).toMatchObject({ conflictsPending: 1 });
    expect((await here())['environment']).toBe('Test');
    await analyst('remove', 'Environment', 'Production');
    expect(await world.sync({ full: true })).toMatchObject({ written: 0, conflictsPending: 0 });
  });
});

describe('custom attributes and the criticality rating', () => {
  interface There {
    readonly attributes: string[];
    readonly attributeValues: Record<string, Record<string, string>>;
    readonly overwrittenRatings: Record<string, number>;
  }
  const there = () => world.control<There>('tenable', 'GET', '/state');
  const edit = (body: object) => world.control('tenable', 'POST', '/edit', body);
  const writes = async (): Promise<Record<string, number>> =>
    (await world.control<{ writesByRoute: Record<string, number> }>('tenable', 'GET', '/requests'))
      .writesByRoute;
  const tieline = (...args: string[]) => commandOver(world.app, args);
  const say = (pair: string) => tieline('assets', 'context', asset, '--set', pair, '--by', 'isso');
  const about = (verb: 'set' | 'remove', ...rest: string[]) =>
    tieline('mappings', verb, 'tenable', 'asset_context', ...rest);
  const map = (external: string, internal: string, ...more: string[]) =>
    about('set', external, internal, '--direction', 'outbound', ...more);
  let matched: Record<string, unknown>[] = [];

  it('custom attributes and the criticality rating are not written where no mapping asks for it, whatever a person enters', async () => {
    expect((await say('acr_override=11')).err).toContain('Too big');
    expect((await say('system_remote_id=SYS-9')).err).toContain('follows from what the asset was matched to');
    const before = await writes();
    expect((await say('acr_override=9')).json).toMatchObject({
      changes: [{ field: 'acr_override', before: null, after: 9 }],
    });
    expect(
      await world.rows(
        `select after_value, decided_by, direction from sync_changes where entity_type = 'asset_context' and field_name = 'acr_override'`,
      ),
    ).toEqual([{ after_value: 9, decided_by: 'isso', direction: 'internal' }]);
    expect(await world.sync({ full: true })).toMatchObject({ written: 0, conflictsPending: 0 });
    expect(await writes()).toEqual(before);
  });

  it('custom attributes and the criticality rating are shown before they are written, by the mapping and by the plan', async () => {
    // Two machines of this small world are matched by a person.
    const machines = await world.rows(
      `insert into system_components (component_id, external_system_id, system_id, name)
       select 'CMP-' || n, (select id from external_systems where system_name = 'xacta'), (select min(system_id) from ingestion_systems), 'machine ' || n
         from generate_series(1, 2) n
       returning component_id as component, (select uuid from (select asset_uuid::text as uuid, row_number() over (order by asset_uuid) as n
                                               from ingestion_assets) a where 'CMP-' || n = component_id) as asset`,
    );
    for (const { component, asset: uuid } of machines)
      await tieline('links', 'make', 'xacta', 'asset_component', String(uuid), String(component));
    matched = await world.rows(
      `select a.asset_uuid::text as asset, a.xacta_component_id as component, s.xacta_system_id as system
         from ingestion_assets a join ingestion_systems s using (system_id) where a.xacta_component_id is not null order by 1`,
    );
    expect(new Set(matched.map((each) => each['component']))).toEqual(new Set(['CMP-1', 'CMP-2']));
    await world.sync();
    const before = await writes();
    expect(
      (await map('attributes.Xacta Component', 'component_remote_id', '--direction', 'bidirectional')).err,
    ).toContain('only goes out');
    const shown = await map('attributes.Xacta Component', 'component_remote_id');
    expect(JSON.stringify(shown.json)).toContain('component_remote_id');
    await map('attributes.Xacta Component', 'component_remote_id', '--yes');
    await map('attributes.Xacta System', 'system_remote_id', '--yes');
    await map('acr.score', 'acr_override', '--yes');
    const { json } = await tieline('sync', 'plan');
    const { items } = json as {
      items: { entity: string; record: string; field: string; before: unknown; after: unknown }[];
    };
    const planned = items.filter((each) => each.entity === 'asset_context');
    const [rated] = await world.rows(
      'select acr_score::int as acr from ingestion_assets where asset_uuid = $1',
      asset,
    );
    expect(planned).toContainEqual(
      expect.objectContaining({ record: asset, field: 'acr_override', before: rated?.['acr'], after: 9 }),
    );
    const ids = planned.filter((each) => each.field === 'component_remote_id');
    expect(new Map(ids.map((each) => [each.record, each.after]))).toEqual(
      new Map(matched.map((each) => [each['asset'], each['component']])),
    );
    expect(await writes()).toEqual(before);
  });

  it('custom attributes and the criticality rating are in Tenable after a sync, once, though answers were lost; the next sync writes nothing', async () => {
    await world.control('tenable', 'PUT', '/faults', [
      { kind: 'commit-cut', times: 1, match: { method: 'POST', path: '/assets/attributes$' } },
      { kind: 'commit-cut', times: 5, match: { method: 'PUT', path: '/attributes/' } },
      { kind: 'commit-cut', times: 5, match: { method: 'POST', path: '/bulk-jobs/acr$' } },
    ]);
    expect(await world.sync()).toMatchObject({ conflictsPending: 0 });
    await world.control('tenable', 'DELETE', '/faults');
    expect(await there()).toMatchObject({
      attributes: ['Xacta Component', 'Xacta System'],
      attributeValues: Object.fromEntries(
        matched.map((each) => [
          each['asset'],
          { 'Xacta Component': each['component'], 'Xacta System': each['system'] },
        ]),
      ),
      overwrittenRatings: { [asset]: 9 },
    });
    const sent = await world.rows(
      `select field_name, after_value from sync_changes
        where direction = 'outbound' and field_name in ('acr_override', 'component_remote_id') and entity_id = $1 order by 1`,
      asset,
    );
    expect(sent.filter((each) => each['field_name'] === 'acr_override')).toEqual([
      { field_name: 'acr_override', after_value: 9 },
    ]);
    const before = await writes();
    expect(await world.sync({ full: true })).toMatchObject({ written: 0, conflictsPending: 0 });
    expect(await writes()).toEqual(before);
  });

  it.each(['acr_override', 'component_remote_id'])(
    'custom attributes and the criticality rating are looked up, and not sent again, where a crash left open what had arrived (%s)',
    async (field) => {
      // What stands here when the process dies between the answer and its confirmation.
      const inFlight = `entity_type = 'asset_context' and payload ? '${field}'`;
      await world.rows(
        `update sync_outbox set state = 'sent', settled_at = null where state = 'confirmed' and ${inFlight}`,
      );
      const fields = field === 'acr_override' ? field : 'component_remote_id,system_remote_id';
      await world.rows(
        `update sync_links set base = base - '{${fields}}'::text[] where entity_type = 'asset_context'`,
      );
      const before = await writes();
      expect(await world.sync()).toMatchObject({ conflictsPending: 0 });
      expect(await writes()).toEqual(before);
      expect(await world.rows(`select distinct state from sync_outbox where ${inFlight}`)).toEqual([
        { state: 'confirmed' },
      ]);
    },
  );

  it('custom attributes and the criticality rating are refused with the remedy where a licence or role is missing, and the rest continues', async () => {
    await edit({ lumin: false });
    await edit({ role: 40 });
    expect((await map('attributes.Zone', 'network_zone', '--yes')).err).toContain('several places');
    await about('remove', 'tags.Network Zone', 'network_zone', '--yes');
    await map('attributes.Zone', 'network_zone', '--yes');
    await say('acr_override=4');
    await tieline(
      'assets',
      'context',
      asset,
      '--set',
      'network_zone=Enclave',
      '--set',
      'environment=Production',
    );
    expect(await world.sync()).toMatchObject({ conflictsPending: 1 });
    const told = JSON.stringify((await tieline('outbox', 'list', '--all')).json);
    expect(told).toContain('Lumin licence and the role Scan Operator [24]');
    expect(told).toContain('role Administrator [64]');
    expect(await tagsThere()).toContain('Environment:Production');
    expect((await there()).overwrittenRatings).toEqual({ [asset]: 9 });
    await edit({ lumin: true });
    await edit({ role: 64 });
    const refused = await world.rows(`select id from sync_outbox where state = 'failed'`);
    await tieline('outbox', 'retry', ...refused.map((each) => String(each['id'])), '--reason', 'licensed');
    const sent = await world.sync();
    expect(sent.conflictsPending).toBe(0);
    const { attributeValues, overwrittenRatings } = await there();
    expect([attributeValues[asset]?.['Zone'], overwrittenRatings[asset]]).toEqual(['Enclave', 4]);
    // The rating that was there before goes back, as an edit.
    await tieline('ops', 'undo', sent.operationId, '--by', 'isso');
    await world.sync();
    expect((await there()).overwrittenRatings[asset]).toBe(9);
    expect(await world.sync({ full: true })).toMatchObject({ written: 0, conflictsPending: 0 });
  });

  it('custom attributes and the criticality rating stay as they are in a system excluded from sync, and are removed from an asset that is no longer matched', async () => {
    const [one] = matched;
    const id = String(one?.['asset']);
    await world.rows(`update ingestion_systems set sync_enabled = false`);
    expect(await world.sync()).toMatchObject({ written: 0 });
    await world.rows(`update ingestion_systems set sync_enabled = true`);
    await tieline('links', 'break', 'xacta', 'asset_component', id);
    await world.sync();
    expect((await there()).attributeValues[id]?.['Xacta Component']).toBeUndefined();
    expect(await world.sync({ full: true })).toMatchObject({ written: 0, conflictsPending: 0 });
  });
});
