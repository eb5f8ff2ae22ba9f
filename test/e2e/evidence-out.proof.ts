/** Files of evidence on their way to the GRC system, over both simulators: sent once, refused, not taken, taken there by hand. */
import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { commandOver, commandText } from '../support/command-over.ts';
import { startTwoSystems, type TwoSystems } from '../support/two-systems.ts';

interface Artifact {
  readonly id: string;
  readonly poam_id: string;
  readonly name: string;
  readonly sha256: string;
  readonly size_bytes: number;
  readonly external_uid: string | null;
}
interface Shown {
  readonly otherSha256: string | null;
  readonly decidedBy: string | null;
  readonly name: string;
  readonly sha256: string;
  readonly purpose: string;
  readonly state: string;
  readonly artifactId: string | null;
  readonly refusal: string | null;
  readonly unsentCode: string | null;
}

let world: TwoSystems;
let folder: string;
let poams: readonly { readonly id: string; readonly there: string }[];
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tieline-evidence-'));
  world = await startTwoSystems([], { tenable: ['--machines', '12'] });
  await world.sync();
  poams = (await world.rows(
    `select p.poam_id as id, l.external_id as there from ingestion_poams p
       join sync_links l on l.entity_type = 'poam' and l.entity_id = p.poam_id
      where p.ingestion_source = 'tieline' and exists (select from ingestion_vulnerabilities v where v.poam_id = p.id and v.lifecycle_state = 'open')
      order by p.id limit 5`,
  )) as unknown as typeof poams;
});
afterAll(async () => {
  await world.stop();
  await rm(folder, { recursive: true, force: true });
});

const poam = (n: number): { readonly id: string; readonly there: string } => {
  const found = poams[n];
  if (!found) throw new Error(`the world has no POA&M ${n}`);
  return found;
};
const command = (...args: string[]) => commandOver(world.app, args);
const artifactsOf = async (n: number): Promise<Artifact[]> => {
  const { artifacts } = await world.control<{ artifacts: Artifact[] }>('xacta', 'GET', '/state');
  return artifacts.filter((each) => each.poam_id === poam(n).there);
};
const shown = async (n: number): Promise<Shown[]> =>
  ((await command('poams', 'show', poam(n).id)).json as { evidence: Shown[] }).evidence;
/** Asks for a false positive with a file of this text as its evidence. */
async function ask(n: number, name: string, text: string): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, text);
  const asked = await command(
    'deviations',
    'request',
    poam(n).id,
    '--kind',
    'false_positive',
    '--rationale',
    'the package is not installed',
    '--proof',
    'see the list',
    '--evidence',
    path,
  );
  expect(asked).toMatchObject({ code: 0 });
  return createHash('sha256').update(text).digest('hex');
}
const faults = (list: readonly object[]) => world.control('xacta', 'PUT', '/faults', list);
/** What a person does in the GRC system itself. */
const edit = (what: object) => world.control('xacta', 'POST', '/edit', { entity: 'artifact', ...what });
const lost = async (n: number): Promise<string | undefined> => {
  const { json } = await command('inbox', '--kind', 'lost_evidence');
  return (json as { items: { subject: string; detail: string }[] }).items.find(
    ({ subject }) => subject === poam(n).id,
  )?.detail;
};
const waiting = async (): Promise<{ subject: string; detail: string }[]> =>
  (
    (await command('inbox', '--kind', 'unsent_evidence')).json as {
      items: { subject: string; detail: string }[];
    }
  ).items;

// One story in order.
describe('evidence that goes out', () => {
  it('the file of a deviation is an artifact of its POA&M, byte for byte, and a second sync sends nothing', async () => {
    const sha256 = await ask(0, 'packages.txt', 'nothing of it is installed\n');
    expect(await shown(0)).toMatchObject([{ name: 'packages.txt', sha256, state: 'waits' }]);
    await world.sync();
    const [artifact, another] = await artifactsOf(0);
    expect(artifact).toMatchObject({ name: 'packages.txt', sha256, size_bytes: 27 });
    expect(another).toBeUndefined();
    expect(await shown(0)).toMatchObject([{ state: 'sent', artifactId: artifact?.id }]);
    await world.sync();
    expect(await artifactsOf(0)).toHaveLength(1);
    const { out } = await commandText(world.app, ['poams', 'show', poam(0).id]);
    expect(out).toContain(`sent to xacta as ${artifact?.id}`);
  });

  it('an upload whose answer was lost is looked up, and is there once', async () => {
    await ask(1, 'list.txt', 'another list\n');
    await faults([{ kind: 'commit-cut', match: { method: 'POST', path: '/artifacts' }, times: 1 }]);
    await world.sync();
    await faults([]);
    expect(await artifactsOf(1)).toHaveLength(1);
    expect(await shown(1)).toMatchObject([{ state: 'sent' }]);
  });

  it('a run that cannot reach the server leaves the file waiting, and the next one sends it once', async () => {
    await ask(2, 'later.txt', 'sent later\n');
    await faults([{ kind: 'server-error', status: 502, match: { method: 'POST', path: '/artifacts' } }]);
    await world.sync().catch(() => undefined);
    expect(await artifactsOf(2)).toHaveLength(0);
    expect(await shown(2)).toMatchObject([{ state: 'waits' }]);
    await faults([]);
    await world.rows(`update sync_outbox set not_before = null where entity_type = 'artifact'`);
    await world.sync();
    expect(await artifactsOf(2)).toHaveLength(1);
  });

  it('what POA&Ms are closed on goes out as a file that names each finding, and can be read back', async () => {
    const { id } = poam(3);
    await world.rows(
      `update ingestion_vulnerabilities v set lifecycle_state = 'fixed', state = 'Fixed', last_fixed = now() at time zone 'UTC'
         from ingestion_poams p where p.poam_id = $1 and v.poam_id = p.id`,
      id,
    );
    const evidence = [
      {
        finding: 7,
        plugin: '20001',
        asset: 'web01',
        fixedAt: '2026-11-20T10:00:00Z',
        after: 'yes',
        sawHost: 'yes',
        authenticated: 'yes',
        ranPlugin: 'yes',
      },
    ];
    await world.rows(
      `insert into poam_lives (poam_id, evidence, verified_at, closed_by_evidence_at, evidence_file_due) values ($1, $2, now(), now(), true)
       on conflict (poam_id) do update set evidence = excluded.evidence, closed_by_evidence_at = now(), evidence_file_due = true`,
      id,
      JSON.stringify(evidence),
    );
    await world.sync({ entities: ['poam', 'artifact'] });
    const [file] = await shown(3);
    expect(file).toMatchObject({ purpose: 'closure', state: 'sent' });
    expect(await artifactsOf(3)).toMatchObject([{ sha256: file?.sha256 }]);
    const to = join(folder, 'back.csv');
    expect((await command('poams', 'evidence', 'get', id, file?.name ?? '', to)).code).toBe(0);
    const text = await readFile(to, 'utf8');
    expect(text).toContain('scan had credentials');
    // The life of POA&Ms has weighed it again in between: what the record says counts.
    expect(text.trimEnd().split('\r\n').slice(1)).toEqual([
      expect.stringMatching(/^\d+,\d+,\w+,2\d{3}-\d\d-\d\dT[\d:.]+Z(,(yes|no|unknown)){4}$/),
    ]);
  });

  it('a profile without artifacts: the file is listed as not sent, waits in the inbox, and is taken there by hand', async () => {
    const text = await readFile(
      new URL('../../src/connectors/xacta/profiles/default.yaml', import.meta.url),
      'utf8',
    );
    const profile = join(folder, 'profile.yaml');
    await writeFile(profile, text.slice(0, text.indexOf('  # Evidence of a POA&M.')));
    expect((await command('connections', 'set', 'xacta', '--set', `profile=${profile}`, '--yes')).code).toBe(
      0,
    );
    await command('deviations', 'withdraw', '1', '--reason', 'asked again with more');
    const sha256 = await ask(0, 'more.txt', 'more of it\n');
    const summary = await world.sync();
    expect(summary.recordsHeld).toBeGreaterThan(0);
    expect(await artifactsOf(0)).toHaveLength(1);
    expect((await shown(0)).find((each) => each.sha256 === sha256)).toMatchObject({
      state: 'unsent',
      unsentCode: 'no_endpoint',
    });
    const { out } = await commandText(world.app, ['poams', 'show', poam(0).id]);
    expect(out).toContain('NOT SENT: xacta takes no files by its profile');
    expect((await waiting()).find(({ subject }) => subject === poam(0).id)?.detail).toContain('more.txt');
    // Nothing new: a run that finds it again says nothing more.
    const again = await world.rows(
      `select count(*)::int as n from sync_outbox where entity_type = 'artifact' and state not in ('confirmed')`,
    );
    expect(again).toEqual([{ n: 0 }]);
    expect((await command('poams', 'evidence', 'delivered', poam(0).id, 'more.txt')).code).toBe(0);
    expect((await waiting()).filter(({ subject }) => subject === poam(0).id)).toEqual([]);
    expect((await command('connections', 'set', 'xacta', '--set', 'profile=default', '--yes')).code).toBe(0);
    await world.sync();
    expect(await artifactsOf(0)).toHaveLength(1);
  });

  it('a file that is damaged here is refused before it goes out, and waits in the inbox', async () => {
    const sha256 = await ask(4, 'damaged.txt', 'as it was sent\n');
    await world.rows(
      `update stored_file_chunks c set bytes = 'something else' from stored_files f where f.sha256 = $1 and c.upload_id = f.upload_id`,
      sha256,
    );
    await world.sync();
    expect(await artifactsOf(4)).toEqual([]);
    const file = (await shown(4)).find((each) => each.sha256 === sha256);
    expect(file).toMatchObject({ state: 'refused' });
    expect(file?.refusal).toContain('tieline files check');
    const { json } = await command('inbox', '--kind', 'refused_change');
    expect(JSON.stringify(json)).toContain('damaged.txt');
  });

  it('a file that a person deletes in the GRC system is noticed, waits for a decision, and is not sent again by itself', async () => {
    const [artifact] = await artifactsOf(1);
    await edit({ id: artifact?.id, delete: true });
    await world.sync();
    expect(await shown(1)).toMatchObject([{ state: 'gone', artifactId: artifact?.id, otherSha256: null }]);
    expect(await lost(1)).toBe('gone: list.txt');
    const { out } = await commandText(world.app, ['poams', 'show', poam(1).id]);
    expect(out).toContain(`GONE from xacta, where it was ${artifact?.id}`);
    expect(out).toContain(`tieline poams evidence resend ${poam(1).id} FILE`);
    await world.sync({ full: true });
    expect(await artifactsOf(1)).toEqual([]);
    expect(await shown(1)).toMatchObject([{ state: 'gone' }]);
    const { json } = await command('poams', 'history', poam(1).id);
    expect(JSON.stringify(json)).toContain('gone there');
    // One row however often it is found.
    expect(JSON.stringify(json).match(/gone there/g)).toHaveLength(1);
  });

  it('one that comes back there is as it was sent again', async () => {
    const [file] = await shown(1);
    await edit({ id: file?.artifactId, restore: true });
    await world.sync();
    expect(await shown(1)).toMatchObject([{ state: 'sent', artifactId: file?.artifactId }]);
    expect(await lost(1)).toBeUndefined();
  });

  it('one that is gone and sent again is there once, as another artifact, and the story of the first stays', async () => {
    const [first] = await artifactsOf(1);
    await edit({ id: first?.id, delete: true });
    expect((await command('poams', 'evidence', 'resend', poam(1).id, 'list.txt')).code).not.toBe(0);
    await world.sync();
    const resent = await command(
      'poams',
      'evidence',
      'resend',
      poam(1).id,
      'list.txt',
      '--reason',
      'still needed',
    );
    expect(resent.code).toBe(0);
    expect(await lost(1)).toBeUndefined();
    await world.sync();
    await world.sync();
    const [again, another] = await artifactsOf(1);
    expect(again).toMatchObject({ name: 'list.txt', sha256: first?.sha256 });
    expect(again?.id).not.toBe(first?.id);
    expect(another).toBeUndefined();
    expect(await shown(1)).toMatchObject([
      { state: 'sent', artifactId: again?.id },
      { state: 'replaced', artifactId: first?.id },
    ]);
    expect((await command('poams', 'evidence', 'resend', poam(1).id, 'list.txt')).code).not.toBe(0);
  });

  it('one that is another file there is a visible difference, which a person accepts until it changes again', async () => {
    const [artifact] = await artifactsOf(2);
    const other = 'a'.repeat(64);
    await edit({ id: artifact?.id, fields: { sha256: other } });
    await world.sync();
    expect(await shown(2)).toMatchObject([{ state: 'changed', otherSha256: other }]);
    expect(await lost(2)).toBe('changed there: later.txt');
    expect((await command('poams', 'evidence', 'accept', poam(2).id, 'later.txt')).code).toBe(0);
    await world.sync();
    expect(await shown(2)).toMatchObject([{ state: 'accepted', decidedBy: expect.any(String) }]);
    expect(await lost(2)).toBeUndefined();
    expect(await artifactsOf(2)).toHaveLength(1);
    await edit({ id: artifact?.id, fields: { sha256: 'b'.repeat(64) } });
    await world.sync();
    expect(await lost(2)).toBe('changed there: later.txt');
  });

  it('a server that does not let us list its files is no reason to call them gone, and says so in the inbox', async () => {
    await faults([{ kind: 'server-error', status: 502, match: { method: 'GET', path: '/artifacts' } }]);
    await world.sync().catch(() => undefined);
    expect((await shown(1))[0]).toMatchObject({ state: 'sent' });
    await faults([{ kind: 'schema-drift', entity: 'artifact', field: 'sha256', mode: 'missing' }]);
    await world.sync();
    expect((await shown(1))[0]).toMatchObject({ state: 'sent' });
    await faults([]);
    const text = await readFile(
      new URL('../../src/connectors/xacta/profiles/default.yaml', import.meta.url),
      'utf8',
    );
    const profile = join(folder, 'elsewhere.yaml');
    await writeFile(profile, text.replace('items: artifacts', 'items: files'));
    await command('connections', 'set', 'xacta', '--set', `profile=${profile}`, '--yes');
    await world.sync();
    expect((await shown(1))[0]).toMatchObject({ state: 'sent' });
    const { json } = await command('inbox', '--kind', 'held_record');
    expect(JSON.stringify(json)).toContain('Whether they are there as they were sent is unknown');
    await command('connections', 'set', 'xacta', '--set', 'profile=default', '--yes');
    await world.sync();
    expect(JSON.stringify((await command('inbox', '--kind', 'held_record')).json)).not.toContain(
      'Whether they are there',
    );
  });

  it('a file that the list of its system does not show is looked up before it is called gone', async () => {
    const states = async () =>
      world.rows(`select id, artifact_id, differs_since, other_sha256 from poam_artifacts order by id`);
    const before = await states();
    const [shared] = await world.rows(
      `select p.system_id from poam_artifacts a join ingestion_poams p on p.poam_id = a.poam_id
        where a.artifact_id is not null and a.replaced_at is null and a.differs_since is null
        group by 1 having count(distinct p.poam_id) > 1`,
    );
    expect(shared).toBeDefined();
    const text = await readFile(
      new URL('../../src/connectors/xacta/profiles/default.yaml', import.meta.url),
      'utf8',
    );
    const profile = join(folder, 'shows-none.yaml');
    // The list of a system is read with this query, which nothing fits; a look-up asks by the POA&M.
    await writeFile(profile, text.replace('items: artifacts', 'items: artifacts, query: { poam_id: none }'));
    await command('connections', 'set', 'xacta', '--set', `profile=${profile}`, '--yes');
    await world.sync();
    expect(await states()).toEqual(before);
    await command('connections', 'set', 'xacta', '--set', 'profile=default', '--yes');
  });
});
