/**
 * `npm run soak:load [-- --size 500 --kills 6 --seed 1]`: a first load (2,000 findings for each of `size`, and a .nessus file of half as
 * many items) that is killed at random times and gone on with, against one that is not. Ends with 1 where they differ.
 */
import { appendFile, chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isDeepStrictEqual, parseArgs } from 'node:util';
import { startSimulatorProcess } from '../../simulators/kit/simulator-process.test-support.ts';
import { randomFrom } from '../../src/platform/http/broken-bytes.test-support.ts';
import { openTestServer } from '../support/embedded-server.ts';
import { loadUnderKills } from './large-load.ts';

const { values } = parseArgs({
  options: {
    size: { type: 'string', default: '500' },
    kills: { type: 'string', default: '6' },
    seed: { type: 'string', default: '1' },
  },
});
const size = Number(values.size);

/** Hosts with a hundred items each. */
async function writeScanFile(path: string): Promise<void> {
  await writeFile(path, '<?xml version="1.0"?>\n<NessusClientData_v2><Report name="load">\n');
  for (let host = 0; host < size * 10; host += 1) {
    const address = `172.16.${host >> 8}.${host & 255}`;
    const items = Array.from(
      { length: 100 },
      (_, item) =>
        `<ReportItem port="${1000 + item}" svc_name="x" protocol="tcp" severity="${item % 5}" pluginID="${80_000 + item}" pluginName="Plugin ${item}" pluginFamily="General"><description>Text of plugin ${item}</description><plugin_output>seen on ${address}\n${'detail '.repeat(30)}</plugin_output></ReportItem>\n`,
    );
    await appendFile(
      path,
      `<ReportHost name="${address}"><HostProperties><tag name="host-ip">${address}</tag><tag name="bios-uuid">${host.toString(16).padStart(8, '0')}-0000-4000-8000-00000000abcd</tag><tag name="HOST_END_TIMESTAMP">1790000000</tag></HostProperties>\n${items.join('')}</ReportHost>\n`,
    );
  }
  await appendFile(path, '</Report></NessusClientData_v2>\n');
}

const home = await mkdtemp(join(tmpdir(), 'tieline-load-'));
await chmod(home, 0o711);
const server = await openTestServer(join(home, 'data'), { fsync: true });
const keys = { access: 'soak-access', secret: 'soak-secret' };
const simulator = await startSimulatorProcess(
  'tenable',
  ['--seed', '1', '--now', '2026-11-01T12:00:00.000Z', '--size', String(size)],
  { SIMULATOR_ACCESS_KEY: keys.access, SIMULATOR_SECRET_KEY: keys.secret },
);
try {
  const scanFile = join(home, 'load.nessus');
  await writeScanFile(scanFile);
  const { undisturbed, killed } = await loadUnderKills({
    serverUrl: server.url.reveal(),
    simulatorUrl: simulator.url,
    keys,
    assetsInChunk: 200,
    scanFile,
    kills: Number(values.kills),
    random: randomFrom(Number(values.seed)),
    say: (line) => console.log(line),
  });
  for (const [name, { rows }] of Object.entries(undisturbed)) {
    const same = isDeepStrictEqual(undisturbed[name], killed[name]);
    console.log(`${same ? 'same  ' : 'DIFFER'} ${name}: ${rows} and ${killed[name]?.rows ?? 0} rows`);
  }
  if (!isDeepStrictEqual(undisturbed, killed)) process.exitCode = 1;
} finally {
  await simulator.stop();
  await server.close();
  await rm(home, { recursive: true, force: true });
}
