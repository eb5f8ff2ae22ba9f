/**
 * kill -9 while a file of evidence is on its way to the GRC system, of a sync and of a worker: once restarted, the file is there exactly once,
 * whole, and known here.
 */
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { commandOver } from '../support/command-over.ts';
import { startTwoSystems, type TwoSystems } from '../support/two-systems.ts';

const main = join(import.meta.dirname, '../../src/main/main.ts');
const hook = join(import.meta.dirname, 'crash-hook.ts');
/** Of several pieces of the store. */
const fileBytes = 4_500_000;

let world: TwoSystems;
let folder: string;
let left: string[];
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tieline-upload-'));
  world = await startTwoSystems([], { tenable: ['--machines', '12'] });
  await world.sync();
  const poams = await world.rows(
    `select p.poam_id as id from ingestion_poams p
       join sync_links l on l.entity_type = 'poam' and l.entity_id = p.poam_id
      where p.ingestion_source = 'tieline' and exists (select from ingestion_vulnerabilities v where v.poam_id = p.id and v.lifecycle_state = 'open')
      order by p.id`,
  );
  left = poams.map(({ id }) => String(id));
});
afterAll(async () => {
  await world.stop();
  await rm(folder, { recursive: true, force: true });
});

interface Artifact {
  readonly sha256: string;
  readonly size_bytes: number;
}
const artifacts = async (): Promise<Artifact[]> =>
  (await world.control<{ artifacts: Artifact[] }>('xacta', 'GET', '/state')).artifacts;

/** Runs the product as a process. @returns null: it was killed. */
async function run(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<number | null> {
  const child = spawn(process.execPath, ['--import', hook, main, ...args], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, ...world.environment(), npm_lifecycle_event: '', ...env },
  });
  let complaint = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (complaint += text));
  const [code] = (await once(child, 'exit')) as [number | null]; // the event's arguments
  if (code !== 0 && code !== 3 && code !== null)
    throw new Error(`${args.join(' ')} ended with ${code}: ${complaint}`);
  return code;
}

/** A file of evidence on a POA&M that has none yet. @returns its hash. */
async function attach(): Promise<string> {
  const poamId = left.shift();
  if (poamId === undefined) throw new Error('the world has too few POA&Ms');
  const path = join(folder, `${poamId}.bin`);
  await writeFile(path, randomBytes(fileBytes));
  const words = ['--kind', 'false_positive', '--rationale', 'not installed', '--proof', 'see the list'];
  const asked = await commandOver(world.app, ['deviations', 'request', poamId, ...words, '--evidence', path]);
  expect(asked).toMatchObject({ code: 0 });
  const { evidence } = (await commandOver(world.app, ['poams', 'show', poamId])).json as {
    evidence: { sha256: string }[];
  };
  return evidence[0]?.sha256 ?? '';
}

/** A profile as the default one, of a server that keeps no key of ours. */
async function keyless(): Promise<string> {
  const text = await readFile(
    new URL('../../src/connectors/xacta/profiles/default.yaml', import.meta.url),
    'utf8',
  );
  const at = text.indexOf('  artifact:');
  const path = join(folder, 'keyless.yaml');
  const line = '    findBy: { parameter: external_uid, field: external_uid }\n';
  await writeFile(path, text.slice(0, at) + text.slice(at).replace(line, ''));
  return path;
}

/** What is so once the dead process has been gone for a while: the server may be at the request still. */
const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 1_500));

/** What it is, how the hook calls it, and how many files the server has then. */
type Point = readonly [said: string, name: string, arrived: number];
const points: readonly Point[] = [
  ['before the request', 'before POST', 0],
  ['in the middle of the body', 'amid POST', 0],
  ['after the body, before the answer', 'sent POST', 1],
  ['after the answer, before it was kept', 'after POST', 1],
];

type Run = readonly [name: string, args: readonly string[]];
const runs: readonly [Run, ...Run[]] = [
  ['sync', ['sync', 'run', '--system', 'xacta', '--json']],
  ['worker', ['worker', '--once']],
];

async function killAndRestart([, args]: Run, [, point, arrives]: Point): Promise<number> {
  const sha256 = await attach();
  if (args[0] === 'worker') {
    // A sync plans it and cannot reach the server; the worker sends what waits.
    await world.control('xacta', 'PUT', '/faults', [
      { kind: 'cut-before', match: { method: 'POST', path: '/artifacts' } },
    ]);
    await world.sync().catch(() => undefined);
    await world.rows(
      `update sync_outbox set not_before = null where entity_type = 'artifact' and state in ('pending', 'sent')`,
    );
  }
  const match = { method: 'POST', path: '/artifacts$' };
  await world.control(
    'xacta',
    'PUT',
    '/faults',
    point.startsWith('sent') ? [{ kind: 'delay', ms: 1_000, match }] : [],
  );
  const [system] = await world.rows(
    `select s.external_id as id from ingestion_poams p join sync_links l on l.entity_type = 'poam' and l.entity_id = p.poam_id
       join poam_artifacts a on a.poam_id = p.poam_id and a.sha256 = $1
       join sync_links s on s.entity_type = 'system' and s.entity_id = p.system_id`,
    sha256,
  );
  const killed = await run(args, {
    TIELINE_TEST_POINT_NAME: `${point} /api/systems/${String(system?.['id'])}/artifacts`,
  });
  expect(killed).toBeNull();
  await settled();
  await world.control('xacta', 'PUT', '/faults', []);
  const there = (await artifacts()).filter((each) => each.sha256 === sha256);
  expect(there).toHaveLength(arrives);
  expect(await world.rows(`select artifact_id from poam_artifacts where sha256 = $1`, sha256)).toEqual([
    { artifact_id: null },
  ]);
  await world.rows(
    `update sync_outbox set not_before = null where entity_type = 'artifact' and state in ('pending', 'sent')`,
  );
  await run(args);
  const found = (await artifacts()).filter((each) => each.sha256 === sha256);
  expect(found).toMatchObject([{ size_bytes: fileBytes }]);
  expect(
    await world.rows(`select artifact_id is not null as known from poam_artifacts where sha256 = $1`, sha256),
  ).toEqual([{ known: true }]);
  return found.length;
}

describe('a process that is killed while it sends a file', () => {
  describe.each(runs)('%s', (...of) => {
    // A worker sends as a sync does: of it the two points where the server may have the file.
    it.each(of[0] === 'sync' ? points : points.slice(2))(
      '%s: the file is there once after the restart',
      { timeout: 120_000 },
      async (...point) => {
        expect(await killAndRestart(of, point)).toBe(1);
      },
    );
  });

  it(
    'a server that keeps no key of ours: the file is known again by its hash',
    { timeout: 180_000 },
    async () => {
      const set = ['connections', 'set', 'xacta', '--yes', '--set'];
      expect((await commandOver(world.app, [...set, `profile=${await keyless()}`])).code).toBe(0);
      for (const point of points.slice(2)) expect(await killAndRestart(runs[0], point)).toBe(1);
    },
  );
});
