import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../platform/values/json.ts';
import type { Change, WriteResult } from '../../kit/contract.ts';
import { startScriptedServer, type ScriptedServer } from '../scripted-server.test-support.ts';

const one = '2d520484-6b83-4c63-b3d0-bf094315cc0f';
const two = 'b666e9f5-fde7-4cd8-9c07-12c19246b616';
const value = { uuid: 'v1', category_uuid: 'c1', category_name: 'Xacta System', value: 'ENT' };

let server: ScriptedServer;
beforeEach(async () => {
  server = await startScriptedServer();
  say('GET /tags/values', 200, { values: [value, { category_name: 'empty category' }] });
  say('POST /tags/assets/assignments', 202, { job_uuid: 'x' });
  for (const asset of [one, two])
    say(`GET /tags/assets/${asset}/assignments`, 200, { tags: [{ value_uuid: 'v1' }] });
});
afterEach(async () => {
  await server.stop();
});

const say = (what: string, status: number, body: JsonObject): void =>
  void server.answers.set(what, { status, body });
const sent = (path: string) =>
  server.asked.filter((each) => each.method === 'POST' && each.path === path).map((each) => each.body);
async function write(fields: JsonObject, settings = {}): Promise<WriteResult> {
  const change: Change = { kind: 'create', idempotencyKey: 'k', fields };
  return await server.connect(settings).write('asset_tag', change, new AbortController().signal);
}

describe('a tag on assets', () => {
  it('a tag change is confirmed when every asset shows it, with the value that exists', async () => {
    const result = await write({ value: 'ent', asset_uuids: [one, two, one] });
    expect(result).toMatchObject({
      outcome: 'confirmed',
      record: { externalId: 'v1', raw: { value: 'ENT', asset_uuids: [one, two] } },
    });
    expect(sent('/tags/values')).toEqual([]);
    expect(sent('/tags/assets/assignments')).toEqual([{ action: 'add', assets: [one, two], tags: ['v1'] }]);
  });

  it('a tag change gets its value and category made where they do not exist', async () => {
    say('GET /tags/values', 200, { values: [] });
    say('POST /tags/values', 200, value);
    expect(await write({ category: 'Xacta System', value: 'ENT', asset_uuids: [one] })).toMatchObject({
      outcome: 'confirmed',
    });
    expect(sent('/tags/values')).toMatchObject([{ category_name: 'Xacta System', value: 'ENT' }]);
  });

  it("a tag change is rejected with Tenable's message if its value cannot be created", async () => {
    say('GET /tags/values', 200, { values: [] });
    say('POST /tags/values', 400, { error: 'max_entries' });
    expect(await write({ value: 'ENT', asset_uuids: [one] })).toMatchObject({
      outcome: 'rejected',
      message: 'max_entries',
    });
  });

  it('a tag change is rejected before anything is sent if Tenable could not hold it', async () => {
    const result = await write({ value: `${'x'.repeat(50)},`, asset_uuids: [one] });
    expect(result).toMatchObject({ outcome: 'rejected', fields: [{ field: 'value' }, { field: 'value' }] });
    expect(server.asked).toEqual([]);
  });

  it('a tag change stays unknown while an asset does not show it', async () => {
    say(`GET /tags/assets/${two}/assignments`, 200, { tags: [] });
    const result = await write({ value: 'ENT', asset_uuids: [one, two] }, { tag_visible_seconds: 0.2 });
    expect(result).toMatchObject({ outcome: 'unknown', message: expect.stringContaining(two) as string });
  });

  it('a tag change is missing if Tenable knows none of the assets', async () => {
    say('POST /tags/assets/assignments', 400, { error: 'assets not found' });
    expect(await write({ value: 'ENT', asset_uuids: [one, two] })).toMatchObject({ outcome: 'missing' });
  });

  it('a tag change is unknown, and no error for the run, when the server fails after it was sent', async () => {
    say('POST /tags/assets/assignments', 503, {});
    expect(await write({ value: 'ENT', asset_uuids: [one] })).toMatchObject({ outcome: 'unknown' });
  });

  it('a tag change throws where a right is missing, with the remedy', async () => {
    say('POST /tags/assets/assignments', 403, { error: 'Unable to modify assignment rules for assignments' });
    await expect(write({ value: 'ENT', asset_uuids: [one] })).rejects.toMatchObject({
      code: 'REMOTE_FORBIDDEN',
      remedy: expect.stringContaining('Scan Manager') as string,
    });
  });

  it('a tag change can remove the tag', async () => {
    say(`GET /tags/assets/${one}/assignments`, 200, { tags: [] });
    expect(await write({ value: 'ENT', asset_uuids: [one], action: 'remove' })).toMatchObject({
      outcome: 'confirmed',
    });
  });
});

describe('looking up the tags of an asset', () => {
  const find = async (externalId: string) =>
    await server.connect().find('asset_tag', { by: 'id', externalId }, new AbortController().signal);

  it('looking up the tags of an asset lists them', async () => {
    expect(await find(one)).toEqual({
      externalId: one,
      raw: { asset_uuid: one, tags: [{ value_uuid: 'v1' }] },
    });
  });

  it('looking up the tags of an asset finds nothing where the asset is unknown', async () => {
    expect(await find('11111111-1111-4111-8111-111111111111')).toBeUndefined();
  });
});
