/** Files of evidence as each profile sends them, against the simulator. */
import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Change } from '../kit/contract.ts';
import { startXactaSimulator, type TestSimulator } from './simulator.test-support.ts';

interface Artifact {
  readonly name: string;
  readonly description: string | null;
  readonly media_type: string;
  readonly sha256: string;
  readonly size_bytes: number;
  readonly external_uid: string;
  readonly poam_id: string;
}

const signal = new AbortController().signal;
let simulator: TestSimulator;
let folder: string;
let poamId: string;
beforeAll(async () => {
  simulator = await startXactaSimulator();
  folder = await mkdtemp(join(tmpdir(), 'tieline-profile-'));
  const { poams } = await simulator.control<{ poams: { id: string; status: string }[] }>('GET', '/state');
  poamId = poams.find(({ status }) => status === 'ongoing')?.id ?? '';
});
afterAll(async () => {
  await simulator.stop();
  await rm(folder, { recursive: true, force: true });
});
beforeEach(() => simulator.control('POST', '/reset'));

const artifacts = async (): Promise<Artifact[]> =>
  (await simulator.control<{ artifacts: Artifact[] }>('GET', '/state')).artifacts;

/** The default profile with another line for its content. */
async function profileWith(line: string): Promise<string> {
  const text = await readFile(new URL('./profiles/default.yaml', import.meta.url), 'utf8');
  const changed = text.replace('    content: { kind: form, file: file }\n', line);
  if (changed === text) throw new Error('the default profile says otherwise');
  const path = join(folder, `${createHash('sha256').update(line).digest('hex').slice(0, 8)}.yaml`);
  await writeFile(path, changed);
  return path;
}

function change(name: string, bytes: Buffer): Change {
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const open = (): Promise<Readable> => Promise.resolve(Readable.from([bytes]));
  return {
    kind: 'create',
    parentId: poamId,
    idempotencyKey: `key of ${name}`,
    fields: { name, description: 'Evidence of "it"\r\nin two lines', sha256 },
    file: { sha256, name, bytes: bytes.length, open },
  };
}

describe('a file of evidence', () => {
  it.each([
    ['in a form, as the default profile says', 'text/csv', undefined],
    ['as the body', 'application/octet-stream', '    content: body\n'],
  ])('goes %s, with its name and what is said of it', async (_how, type, line) => {
    const connector = simulator.connect(line === undefined ? {} : { profile: await profileWith(line) });
    const sent = change('Prüfung "Mai"; 100%.csv', Buffer.from([0, 1, 13, 10, 45, 45, 255]));
    expect(await connector.write('artifact', sent, signal)).toMatchObject({ outcome: 'confirmed' });
    expect(await artifacts()).toMatchObject([
      {
        name: 'Prüfung "Mai"; 100%.csv',
        description: 'Evidence of "it"\r\nin two lines',
        media_type: type,
        sha256: sent.file?.sha256,
        size_bytes: 7,
        external_uid: sent.idempotencyKey,
        poam_id: poamId,
      },
    ]);
  });

  it('that the server refuses for its kind or its size is refused with what the server said, and not sent again', async () => {
    const connector = simulator.connect({ profile: await profileWith('    content: { kind: form }\n') });
    const tool = await connector.write('artifact', change('tool.exe', Buffer.from('MZ')), signal);
    expect(tool).toMatchObject({ outcome: 'rejected', message: expect.stringContaining('.exe') });
    const counted = await simulator.control<Record<string, unknown>>('GET', '/requests');
    const large = await connector.write('artifact', change('large.bin', Buffer.alloc(31_457_281)), signal);
    expect(large).toMatchObject({ outcome: 'rejected', message: expect.stringContaining('31,457,280') });
    // It never left: the profile says how much the server takes.
    expect(await simulator.control('GET', '/requests')).toEqual(counted);
    expect(await artifacts()).toEqual([]);
  });

  it('that is larger than the server takes is refused by its answer where the profile does not know', async () => {
    const text = await readFile(new URL('./profiles/default.yaml', import.meta.url), 'utf8');
    const profile = join(folder, 'no-limit.yaml');
    await writeFile(profile, text.replace('    largestFile: 31457280\n', ''));
    const connector = simulator.connect({ profile });
    const large = await connector.write('artifact', change('large.bin', Buffer.alloc(31_457_281)), signal);
    expect(large).toMatchObject({ outcome: 'rejected', message: expect.stringContaining('more than') });
  });
});
