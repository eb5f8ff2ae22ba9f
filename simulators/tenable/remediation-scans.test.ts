import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { setTimeout as delay } from 'node:timers/promises';
import {
  everyAsset,
  everyFinding,
  startTenable,
  type Item,
  type TenableClient,
} from './client.test-support.ts';

let tenable: TenableClient;
let open: Item[];
let address: string;
beforeAll(async () => {
  tenable = await startTenable('--machines', '2', '--scan-pending-ms', '30', '--scan-running-ms', '30');
});
beforeEach(async () => {
  await tenable.control('POST', '/reset');
  const [asset] = await tenable.readAll('assets', everyAsset);
  if (!asset) throw new Error('there are machines');
  [address = ''] = asset['ipv4s'] as [string];
  open = (await findings()).filter((item) => item.asset['uuid'] === asset['id'] && item['state'] === 'OPEN');
});
afterAll(async () => {
  await tenable.stop();
});

const findings = () => tenable.readAll('vulns', everyFinding);
const template = '76d67790-2969-411e-a9d0-667f05e8d49e';
const body = (...plugins: string[]) => ({
  uuid: template,
  settings: { name: 'again', text_targets: `${address},nowhere.example` },
  enabled_plugins: plugins,
});
async function scanned(...plugins: string[]): Promise<string> {
  const { body: made } = await tenable.send('POST', '/scans/remediation', body(...plugins));
  const id = String((made['scan'] as { id: number }).id);
  await tenable.send('POST', `/scans/${id}/launch`, {});
  for (let polls = 0; polls < 200; polls += 1) {
    const { body: status } = await tenable.send('GET', `/scans/${id}/latest-status`);
    if (status['status'] === 'completed') return id;
    await delay(10);
  }
  throw new Error('the scan did not end');
}
const now = async (item: Item | undefined): Promise<Item | undefined> =>
  (await findings()).find((each) => each['finding_id'] === item?.['finding_id']);

describe('a remediation scan', () => {
  it('fixes what was patched, sees the rest of its plugins again, and leaves all else alone', async () => {
    const [patched, standing, other] = open;
    const [one = '', two = ''] = [patched, standing].map((item) => String(item?.plugin['id']));
    const edit = { asset: patched?.asset['uuid'], plugin: Number(one), patched: true };
    await tenable.control('POST', '/edit', edit);
    const id = await scanned(one, two);
    const { body: history } = await tenable.send('GET', `/scans/${id}/history?exclude_rollover=false`);
    const [run] = history['history'] as { time_start: number; time_end: number; status: string }[];
    expect(run?.status).toBe('completed');
    const fixed = await now(patched);
    expect(fixed).toMatchObject({ state: 'FIXED', last_found: patched?.['last_found'] });
    expect(Math.floor(Date.parse(String(fixed?.['last_fixed'])) / 1000)).toBe(run?.time_end);
    const seen = await now(standing);
    expect(seen).toMatchObject({ state: 'OPEN' });
    expect(seen?.['last_found']).toBe(fixed?.['last_fixed']);
    expect(await now(other)).toEqual(other);
  });

  it('says nothing of a machine that is off', async () => {
    const [item] = open;
    await tenable.control('POST', '/edit', { asset: item?.asset['uuid'], unreachable: true });
    await scanned(String(item?.plugin['id']));
    expect(await now(item)).toEqual(item);
  });

  it('is refused without template, targets, role, or room', async () => {
    const post = async (json: unknown) => (await tenable.send('POST', '/scans/remediation', json)).status;
    expect(await post({ ...body('1'), uuid: 'my own' })).toBe(400);
    expect(await post({ ...body('1'), settings: { name: 'again' } })).toBe(400);
    expect((await tenable.send('GET', '/scans/remediation?limit=201')).status).toBe(400);
    expect((await tenable.send('POST', '/scans/1/launch', {})).status).toBe(404);
    await tenable.control('POST', '/edit', { scanLimits: { configurations: 0 } });
    expect(await post(body('1'))).toBe(403);
    await tenable.control('POST', '/edit', { role: 16 });
    expect(await post(body('1'))).toBe(403);
    expect((await tenable.send('GET', '/editor/remediation/templates')).status).toBe(403);
    expect((await tenable.send('GET', '/scans/remediation')).status).toBe(200);
  });

  it('is one run at a time, and only so many at once', async () => {
    await tenable.control('POST', '/edit', { scanLimits: { active: 1 } });
    const ids: string[] = [];
    for (let n = 0; n < 2; n += 1) {
      const { body: made } = await tenable.send('POST', '/scans/remediation', body('1'));
      ids.push(String((made['scan'] as { id: number }).id));
    }
    const launch = async (id: string | undefined) =>
      (await tenable.send('POST', `/scans/${id ?? ''}/launch`, {})).status;
    expect([await launch(ids[0]), await launch(ids[0]), await launch(ids[1])]).toEqual([200, 409, 429]);
  });
});
