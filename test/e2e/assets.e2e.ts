import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { commandOver } from '../support/command-over.ts';
import { startTwoSystems, type TwoSystems } from '../support/two-systems.ts';

let world: TwoSystems;
let folder = '';
let known: {
  asset: string;
  ip: string;
  plugin: string;
  port: number;
  protocol: string;
  id: number;
  seen: Date;
};
beforeAll(async () => {
  world = await startTwoSystems([], {
    tenable: ['--machines', '6'],
    xacta: ['--systems', '1', '--records', '2'],
  });
  await world.sync();
  folder = await mkdtemp(join(tmpdir(), 'tieline-assets-'));
  const [row] = await world.rows(
    `select a.asset_uuid::text as asset, n.ipv4_address as ip, v.plugin_id::text as plugin, v.port, v.protocol, v.id, a.last_seen as seen
       from ingestion_assets a join ingestion_asset_network n on n.asset_uuid = a.asset_uuid and n.ipv4_address is not null
       join ingestion_vulnerabilities v on v.asset_ref = a.asset_uuid and v.lifecycle_state = 'open' order by v.id limit 1`,
  );
  known = row as typeof known;
});
afterAll(async () => {
  await world.stop();
  await rm(folder, { recursive: true, force: true });
});

const command = (...args: string[]) => commandOver(world.app, args);
/** A scan without credentials: of the machine it knows the address only. */
async function scanByAddress(code = 0): Promise<void> {
  const items = [
    `<ReportItem port="${known.port}" svc_name="x" protocol="${known.protocol}" severity="1" pluginID="${known.plugin}" pluginName="x" pluginFamily="General"/>`,
    `<ReportItem port="0" svc_name="x" protocol="tcp" severity="1" pluginID="99123" pluginName="only here" pluginFamily="General"/>`,
  ];
  const path = join(folder, 'address.nessus');
  await writeFile(
    path,
    `<NessusClientData_v2><Report name="r"><ReportHost name="${known.ip}"><HostProperties><tag name="HOST_END_TIMESTAMP">${known.seen.getTime() / 1000}</tag></HostProperties>${items.join('')}</ReportHost></Report></NessusClientData_v2>`,
  );
  expect(await command('import', path, '--system', 'network scan')).toMatchObject({ code });
}
const reviews = async () =>
  (await command('assets', 'review')).json as {
    id: number;
    assetUuid: string;
    externalId: string;
    candidates: { assetUuid: string; score: number }[];
  }[];
const explained = async (asset: string) =>
  (await command('assets', 'explain', asset)).json as {
    sources: { system: string; findings: number }[];
    decisions: { decision: string; decidedBy: string }[];
    absorbed: string[];
    asset: { mergedInto: string | null };
  };
const findingsOf = async (asset: string): Promise<string[]> =>
  (
    await world.rows(
      `select plugin_id::text as p from ingestion_vulnerabilities where asset_ref = $1::uuid order by 1`,
      asset,
    )
  ).map((row) => String(row['p']));

// One story in order: each step begins where the one before ended.
describe('a machine of which only the address is known', () => {
  let doubtful = '';
  let findings: string[] = [];

  it('a machine known only by its address is an asset of its own, and a person is asked', async () => {
    findings = await findingsOf(known.asset);
    await scanByAddress(3);
    const [review, ...more] = await reviews();
    expect(more).toEqual([]);
    expect(review?.candidates).toMatchObject([{ assetUuid: known.asset, score: 25 }]);
    doubtful = review?.assetUuid ?? '';
    expect(doubtful).not.toBe(known.asset);
    expect(await findingsOf(doubtful)).toHaveLength(2);
  });

  it('a machine known only by its address is explained: its sources, its identifiers, and what was decided on what evidence', async () => {
    expect(await explained(doubtful.slice(0, 13))).toMatchObject({
      sources: [{ system: 'network scan', findings: 2 }],
      decisions: [{ decision: 'review', decidedBy: 'rule:weighted identifiers' }],
    });
    expect(await command('assets', 'explain', 'no such asset')).toMatchObject({ code: 2 });
  });

  it('a machine known only by its address is merged with another asset once a person decides so: each finding once, and nothing is lost', async () => {
    expect(
      await command('assets', 'merge', doubtful, known.asset, '--by', 'analyst', '--reason', 'seen on site'),
    ).toMatchObject({
      code: 0,
    });
    expect(await reviews()).toEqual([]);
    expect(await findingsOf(doubtful)).toEqual([]);
    expect(await findingsOf(known.asset)).toEqual([...findings, '99123'].toSorted());
    const after = await explained(known.asset);
    expect(after.sources.map((source) => source.system)).toEqual(['tenable', 'network scan']);
    expect(after.absorbed).toEqual([doubtful]);
    expect((await explained(doubtful)).asset.mergedInto).toBe(known.asset);
    const journal = await world.rows(
      `select before_value ->> 'plugin_id' as plugin from sync_changes where entity_type = 'finding' and direction = 'internal' and decided_by = 'analyst'`,
    );
    expect(journal).toEqual([{ plugin: known.plugin }]);
  });

  it('a merged machine stays merged when it is scanned again, and when the server is read again', async () => {
    await world.rows('delete from imported_files');
    await scanByAddress();
    expect(await reviews()).toEqual([]);
    expect(await findingsOf(known.asset)).toEqual([...findings, '99123'].toSorted());
    expect(await world.sync({ full: true })).toMatchObject({ written: 0 });
    expect(await findingsOf(known.asset)).toEqual([...findings, '99123'].toSorted());
  });

  it('a wrongly merged machine is separated again, and is what it was', async () => {
    expect(
      await command('assets', 'split', 'network scan', `ip=${known.ip}`, '--by', 'analyst'),
    ).toMatchObject({
      code: 0,
      json: { from: known.asset, into: doubtful },
    });
    expect((await explained(doubtful)).asset.mergedInto).toBeNull();
    expect(await findingsOf(doubtful)).toEqual(['99123']);
    expect(await findingsOf(known.asset)).toEqual(findings);
    await world.rows('delete from imported_files');
    await scanByAddress();
    expect(await findingsOf(doubtful)).toHaveLength(2);
    expect(await findingsOf(known.asset)).toEqual(findings);
    expect((await explained(known.asset)).sources.map((source) => source.system)).toEqual(['tenable']);
  });

  it('a merge of machines that is impossible is refused', async () => {
    const [other] = await world.rows(
      `select asset_uuid::text as asset from ingestion_assets where tenable_asset_uuid is not null and asset_uuid <> $1::uuid limit 1`,
      known.asset,
    );
    expect(await command('assets', 'merge', known.asset, String(other?.['asset']))).toMatchObject({
      code: 2,
      err: expect.stringContaining('has both as assets of their own') as string,
    });
    expect(await command('assets', 'split', 'network scan', `ip=${known.ip}`)).toMatchObject({ code: 2 });
    expect(await command('assets', 'keep', '424242')).toMatchObject({ code: 2 });
  });
});
