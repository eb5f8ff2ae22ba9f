import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { commandOver } from '../support/command-over.ts';
import { startTwoSystems, type TwoSystems } from '../support/two-systems.ts';

let world: TwoSystems;
let asset = '';
beforeAll(async () => {
  world = await startTwoSystems([], {
    tenable: ['--machines', '8'],
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
describe('what the business says of an asset', () => {
  it('makes no row for assets of which nobody says anything', async () => {
    expect(await world.rows('select * from assets_extended')).toEqual([]);
    expect(await world.rows(`select * from sync_links where entity_type = 'asset_context'`)).toEqual([]);
  });

  it('goes out as tags of the agreed categories', async () => {
    await world.rows(
      `insert into assets_extended (asset_uuid, environment, business_criticality, compliance_scope)
       values ($1, 'Production', 'High', '{FISMA,PCI DSS}')`,
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

  it('comes in where an analyst tags in Tenable, and the journal says so', async () => {
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

  it('replaces the tag where the value is changed here, and takes it off where it is emptied', async () => {
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

  it('is a conflict where both sides changed it, and nothing is overwritten', async () => {
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

  it('meets what changed in Tenable since the last read as a conflict, not by overwriting it', async () => {
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

  it('says field by field what Tenable could not hold, and sends nothing', async () => {
    await set(`cost_center = $2`, 'CC-1, CC-2');
    expect(await world.sync()).toMatchObject({ written: 0, conflictsPending: 1 });
    const { json } = await commandOver(world.app, ['conflicts', 'list']);
    expect(JSON.stringify(json)).toContain('contains a comma, which a Tenable tag cannot');
    await set(`cost_center = 'CC-1'`);
    expect(await world.sync()).toMatchObject({ written: 1, conflictsPending: 0 });
    expect(await tagsThere()).toContain('Cost Center:CC-1');
  });

  it('tells a person where Tenable has two values of what has one', async () => {
    await analyst('add', 'Environment', 'Production');
    const summary = await world.sync({ full: true });
    expect(summary).toMatchObject({ conflictsPending: 1 });
    expect((await here())['environment']).toBe('Test');
    await analyst('remove', 'Environment', 'Production');
    expect(await world.sync({ full: true })).toMatchObject({ written: 0, conflictsPending: 0 });
  });
});
