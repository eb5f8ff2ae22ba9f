/** Policies that are limited to some records (SPEC.md, P3): one boundary asks for approval, another is only read, and the others go by what is above. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { findApprovals } from '../../src/engine/approvals/approvals.ts';
import { commandText } from '../support/command-over.ts';
import { makeScratchDirectory } from '../support/scratch-directory.ts';
import { startTwoSystems, type TwoSystems } from '../support/two-systems.ts';

let world: TwoSystems;
beforeAll(async () => {
  world = await startTwoSystems([], { tenable: ['--machines', '12'] });
});
afterAll(async () => {
  await world.stop();
});

async function tieline(...args: string[]): Promise<{ readonly code: number; readonly out: string }> {
  const { code, out, err } = await commandText(world.app, args);
  return { code, out: out + err };
}
/** Of POA&Ms that Tieline proposes: how many are in each boundary, by where they stand. */
const proposed = async (): Promise<{ boundary: string; state: string; n: number }[]> =>
  (await world.rows(`
    select p.system_id as boundary, o.state, count(*)::int as n
      from sync_outbox o join ingestion_poams p on p.poam_id = o.entity_id
     where o.entity_type = 'poam' and o.change_kind = 'create' and o.state <> 'superseded'
     group by 1, 2 order by 1, 2`)) as { boundary: string; state: string; n: number }[];
const boundariesOf = (rows: readonly { boundary: string }[]): string[] => [
  ...new Set(rows.map(({ boundary }) => boundary)),
];

describe('a policy that is limited to a boundary', () => {
  let one = '';
  beforeEach(async () => {
    await world.beginAgain();
    await tieline('outbox', 'pause', 'xacta', '--reason', 'later');
    await tieline('sync', 'run');
    one = boundariesOf(await proposed())[0] ?? '';
  });

  it('P3: approval that is asked for in one boundary holds what waits there, and the rest goes out', async () => {
    const set = await tieline(
      'policies',
      'set',
      'xacta',
      'poam',
      '--approval',
      'always',
      '--filter',
      `system=${one}`,
    );
    expect(set).toMatchObject({
      code: 0,
      out: expect.stringMatching(/\d+ new POA&Ms: held for approval/) as string,
    });
    expect((await tieline('policies', 'list', 'xacta')).out).toContain(`system=${one}`);
    await tieline('outbox', 'resume', 'xacta');
    await tieline('sync', 'run');
    const stand = await proposed();
    expect(boundariesOf(stand).length).toBeGreaterThan(1);
    expect(boundariesOf(stand.filter(({ state }) => state === 'waiting'))).toEqual([one]);
    expect(boundariesOf(stand.filter(({ state }) => state === 'confirmed'))).not.toContain(one);
    expect(stand.some(({ state }) => state === 'confirmed')).toBe(true);
    const asked = await findApprovals(world.app, { all: false }, 10);
    expect(asked.filter(({ system }) => system === 'xacta').map(({ boundary }) => boundary)).toEqual([one]);
    // What went out beside it: the tag of each boundary, by which its machines are found at the scanner, and its id in the GRC system.
    const systems = await world.rows(
      'select system_id as id, tenable_asset_group_id as tag, external_system_mappings as ids from ingestion_systems order by 1',
    );
    const tagged = systems.find(({ tag }) => tag !== null);
    expect(tagged?.['tag']).toMatch(/^[0-9a-f-]{36}$/);
    expect(systems.every(({ ids }) => typeof (ids as { xacta?: unknown }).xacta === 'string')).toBe(true);
    const shown = (await tieline('systems', 'show', String(tagged?.['id']))).out;
    expect(shown).toContain(`tag at the scanner: ${String(tagged?.['tag'])}`);
    expect(shown).toContain(
      `Ids elsewhere: xacta ${String((tagged?.['ids'] as { xacta: string } | undefined)?.xacta)}`,
    );
    // For all again: everything of the entity waits from now on.
    expect((await tieline('policies', 'set', 'xacta', 'poam', '--filter', '')).code).toBe(0);
    expect((await tieline('policies', 'list', 'xacta')).out).not.toContain(`system=${one}`);
  });

  it('P3: a boundary that is only read gets no POA&M from here, loses edits made here, and another one keeps both', async () => {
    await tieline('policies', 'set', 'xacta', 'poam', '--direction', 'inbound', '--filter', `system=${one}`);
    await tieline('outbox', 'resume', 'xacta');
    await tieline('sync', 'run');
    expect(boundariesOf((await proposed()).filter(({ state }) => state === 'confirmed'))).not.toContain(one);
    const linked = (await world.rows(`
      select distinct on (p.system_id) p.poam_id as id, p.system_id as boundary
        from ingestion_poams p join sync_links l on l.entity_type = 'poam' and l.entity_id = p.poam_id
       where p.status in ('Open', 'In Progress', 'Ongoing') order by p.system_id, p.id`)) as {
      id: string;
      boundary: string;
    }[];
    const own = linked.find(({ boundary }) => boundary === one);
    const other = linked.find(({ boundary }) => boundary !== one);
    const edit = `update ingestion_poams set comments = 'said here', updated_at = now() where poam_id = $1`;
    for (const poam of [own, other]) await world.rows(edit, poam?.id);
    await tieline('sync', 'run');
    const comments = async (id: string | undefined): Promise<unknown> =>
      (await world.rows('select comments from ingestion_poams where poam_id = $1', id))[0]?.['comments'];
    expect(own).toBeDefined();
    expect(await comments(own?.id)).not.toBe('said here');
    expect(await comments(other?.id)).toBe('said here');
    const sent = await world.rows(
      `select entity_id as id from sync_outbox where change_kind = 'update' and payload ? 'comments' and state = 'confirmed'`,
    );
    expect(sent).toEqual([{ id: other?.id }]);
  });

  it('P3: a filter that could not be carried out is refused, and nothing is saved', async () => {
    const refused = async (entity: string, filter: string): Promise<string> => {
      const { code, out } = await tieline(
        'policies',
        'set',
        'xacta',
        entity,
        '--direction',
        'inbound',
        '--filter',
        filter,
      );
      expect(code).toBe(2);
      return out;
    };
    expect(await refused('poam', 'system=SYS-NOT-HERE')).toContain('SYS-NOT-HERE is not a boundary here');
    expect(await refused('poam', 'owner=me')).toContain('is no filter of this list');
    expect(await refused('control', 'severity=high')).toContain('control has no severity');
    expect(await refused('*', `system=${one}`)).toContain('give the filter to the policy of an entity');
    expect(await refused('asset_tag', `system=${one}`)).toContain(
      'a policy of asset_tag holds for all of it',
    );
    expect((await tieline('policies', 'list', 'xacta')).out).toContain('No policies');
  });

  it('P3: what policies export writes of a filter, policies import reads', async () => {
    await tieline(
      'policies',
      'set',
      'xacta',
      'poam',
      '--approval',
      'always',
      '--filter',
      `severity=critical,high system=${one}`,
    );
    const exported = await tieline('policies', 'export', 'xacta');
    expect(exported.out).toContain(`filter: system=${one} severity=critical,high`);
    const file = join(await makeScratchDirectory(), 'policies.yaml');
    await writeFile(file, exported.out);
    await tieline('policies', 'unset', 'xacta', 'poam');
    expect(await tieline('policies', 'import', 'xacta', file)).toMatchObject({ code: 0 });
    expect(JSON.parse((await tieline('policies', 'list', 'xacta', '--json')).out)).toMatchObject([
      { entity: 'poam', filter: { severity: 'critical,high', system: one } },
    ]);
  });
});
