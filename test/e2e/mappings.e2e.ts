import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { commandOver } from '../support/command-over.ts';
import { startTwoSystems, type TwoSystems } from '../support/two-systems.ts';

let world: TwoSystems;
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tieline-mappings-'));
  world = await startTwoSystems([], { tenable: ['--machines', '6'], xacta: ['--systems', '1'] });
  await world.sync();
});
afterAll(async () => {
  await world.stop();
  await rm(folder, { recursive: true, force: true });
});

const run = (...args: string[]) => commandOver(world.app, ['mappings', ...args]);
const saved = (): Promise<unknown> =>
  world.rows(
    `select entity_type, external_field_name, internal_field_name, transformation_rule from data_field_mappings order by 1, 2, 3, 4`,
  );
const comments = async (): Promise<unknown[]> =>
  (
    await world.rows(
      `select distinct comments from ingestion_poams where xacta_poam_id is not null order by 1`,
    )
  ).map((row) => row['comments']);

// One story in order: each step begins where the one before ended.
describe('tieline mappings', () => {
  it('the mappings of an untouched installation are unchanged by a reset', async () => {
    const { json } = await run('reset', 'xacta');
    expect(json).toMatchObject({ changes: { added: [], removed: [], changed: [] } });
  });

  it('mappings that are not YAML are refused with the line, and nothing is changed', async () => {
    const file = join(folder, 'broken.yaml');
    await writeFile(file, 'a: [1\nb: }');
    const before = await saved();
    const { code, err } = await run('import', 'xacta', file);
    expect(code).toBe(2);
    expect(err).toContain('MAPPING_INVALID');
    expect(err).toContain('line 2');
    expect(await saved()).toEqual(before);
  });

  it('`tieline mappings` shows what a change would do before anything is written', async () => {
    const before = [await saved(), await comments()];
    const { code, json } = await run('set', 'xacta', 'poam', 'cost_estimate', 'comments');
    expect(code).toBe(0);
    expect(json).toMatchObject({ saved: false, changes: { added: [{ externalField: 'cost_estimate' }] } });
    expect([await saved(), await comments()]).toEqual(before);
  });

  it('`tieline mappings` saves a change on request, and the next sync reads all records with it', async () => {
    await run('remove', 'xacta', 'poam', 'comments', 'comments', '--yes');
    const { json } = await run('set', 'xacta', 'poam', 'cost_estimate', 'comments', '--yes');
    expect(json).toMatchObject({ saved: true });
    expect(await run('list', 'xacta', '--entity', 'poam')).toMatchObject({
      json: expect.arrayContaining([
        {
          mapping: expect.objectContaining({ externalField: 'cost_estimate', internalField: 'comments' }),
          differs: true,
        },
      ]),
    });
    await world.sync();
    expect((await comments()).some((text) => String(text).startsWith('$'))).toBe(true);
  });

  it('`tieline mappings` shows the effect on every record as a plan', async () => {
    const { json } = await run('reset', 'xacta');
    expect(json).toMatchObject({ saved: false });
    const { plan } = json as { plan: { items: { entity: string; field: string }[] } };
    expect(
      plan.items.filter((item) => item.entity === 'poam' && item.field === 'comments').length,
    ).toBeGreaterThan(3);
  });

  it('`tieline mappings` exports and imports: what was exported changes nothing, and another file is imported whole', async () => {
    const file = join(folder, 'mappings.yaml');
    await run('export', 'xacta', '--out', file);
    expect((await run('import', 'xacta', file, '--yes')).json).toMatchObject({
      saved: false,
      changes: { added: [], removed: [], changed: [] },
    });
    await run('reset', 'xacta', '--yes');
    expect((await run('import', 'xacta', file)).json).toMatchObject({
      changes: { added: [{}], removed: [{}] },
    });
    expect(await readFile(file, 'utf8')).toContain('cost_estimate');
  });

  it.each([
    [
      'an unknown field',
      { entity: 'poam', external: 'comments', internal: 'coments', direction: 'inbound' },
      'did you mean comments?',
    ],
    [
      'a way that cannot be gone',
      {
        entity: 'poam',
        external: 'x',
        internal: 'poc',
        direction: 'bidirectional',
        transforms: [{ kind: 'first' }],
      },
      'cannot be reversed',
    ],
    [
      'two that write one field',
      { entity: 'poam', external: 'comments', internal: 'poc', direction: 'outbound' },
      'write the same field of the remote',
    ],
    [
      'a transform that is none',
      { entity: 'poam', external: 'x', internal: 'poc', transforms: [{ kind: 'shout' }] },
      'transforms',
    ],
  ])('`tieline mappings` refuses %s, and saves nothing of the file', async (_what, wrong, says) => {
    const before = await saved();
    const file = join(folder, 'wrong.yaml');
    const good = (await run('export', 'xacta')).json as object[];
    await writeFile(file, stringify([...good, wrong]));
    const { code, err } = await run('import', 'xacta', file, '--yes');
    expect(code).toBe(2);
    expect(err).toContain(says);
    expect(await saved()).toEqual(before);
  });

  it('`tieline mappings` refuses to leave a record without its key', async () => {
    const { code, err } = await run('remove', 'xacta', 'poam', 'id', 'remote_id', '--yes');
    expect(code).toBe(2);
    expect(err).toContain('a record cannot be imported without it');
  });

  it('`tieline mappings` translates a record of the remote, in and out, and names what does not fit', async () => {
    const { json } = await run('test', 'xacta', 'poam', '--record', 'POAM-2026-0001');
    const { fields } = json as { fields: { internal: string; fault?: string; outDiffers: boolean }[] };
    expect(fields.find((field) => field.internal === 'poc')).toMatchObject({ outDiffers: false });
    const sample = join(folder, 'sample.json');
    await writeFile(sample, JSON.stringify({ id: 'P-1', status: 'nobody knows' }));
    const trial = await run('test', 'xacta', 'poam', '--sample', sample);
    expect(trial.code).toBe(3);
    expect(JSON.stringify(trial.json)).toContain('none of the known words');
  });
});
