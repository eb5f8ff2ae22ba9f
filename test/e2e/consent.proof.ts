/** Consent holds at the moment of sending (SPEC.md, A2, A3): the four careful steps of docs/sync.md, and what moves while changes wait. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { findApprovals } from '../../src/engine/approvals/approvals.ts';
import { fetchSystem } from '../../src/engine/connections/systems.ts';
import { sendWaitingChanges } from '../../src/runs/sync/send-waiting.ts';
import { scalarText } from '../../src/platform/values/json.ts';
import { commandOver, commandText } from '../support/command-over.ts';
import { projectDir } from '../support/command.ts';
import { startTwoSystems, type TwoSystems } from '../support/two-systems.ts';

let world: TwoSystems;
beforeAll(async () => {
  world = await startTwoSystems([], { tenable: ['--machines', '12'] });
});
afterAll(async () => {
  await world.stop();
});

/** Runs a command line as a shell would, over the composed product. */
async function tieline(line: string): Promise<{ readonly code: number; readonly out: string }> {
  const args = (line.match(/'[^']*'|"[^"]*"|\S+/g) ?? []).map((word) => word.replaceAll(/^['"]|['"]$/g, ''));
  const { code, out, err } = await commandText(world.app, args);
  return { code, out: out + err };
}
async function json<T>(...args: string[]): Promise<T> {
  return (await commandOver(world.app, args)).json as T;
}
const writesTo = async (simulator: 'tenable' | 'xacta'): Promise<number> =>
  (await world.control<{ writes: number }>(simulator, 'GET', '/requests')).writes;
const writes = async (): Promise<number> => (await writesTo('tenable')) + (await writesTo('xacta'));
const xactaPoams = async (): Promise<{ source: string; external_uid: string | null }[]> =>
  (
    await world.control<{ poams: { source: string; external_uid: string | null }[] }>(
      'xacta',
      'GET',
      '/state',
    )
  ).poams;

/** The commands of each of the four steps, as the document has them. */
async function documentedSteps(): Promise<string[][]> {
  const text = await readFile(join(projectDir, 'docs/sync.md'), 'utf8');
  const section = text.slice(text.indexOf('## Connecting a first production system'));
  return [...section.matchAll(/```sh\n([\s\S]*?)```/g)].map(([, block]) =>
    (block ?? '')
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => line !== ''),
  );
}

describe('the four steps of docs/sync.md', () => {
  let steps: string[][];
  const run = async (step: number): Promise<string> => {
    let out = '';
    for (const line of steps[step] ?? []) {
      expect(line).toMatch(/^tieline /);
      const outcome = await tieline(line.replace(/^tieline /, ''));
      expect([0, 3], `${line}\n${outcome.out}`).toContain(outcome.code);
      out += outcome.out;
    }
    return out;
  };

  it('docs/sync.md documents four steps', async () => {
    steps = await documentedSteps();
    expect(steps).toHaveLength(4);
  });

  it('steps 1 and 2 of docs/sync.md send nothing while sending is paused', async () => {
    const out = await run(0);
    expect(out).toMatch(
      /\d+ changes wait to be sent \(sending to .*xacta.* is paused\): see tieline outbox list/,
    );
    expect(await run(1)).toMatch(/sending is\s+paused/);
    expect(await writes()).toBe(0);
  });

  it('step 3 of docs/sync.md sends nothing that was not approved, also of what was queued before', async () => {
    const out = await run(2);
    expect(await writes()).toBe(0);
    expect(out).toContain('held for approval');
    // The run that asks says so and ends with 3; one that finds the same waiting says so too, and ends with 0.
    expect(out).toMatch(/\d+ changes wait for approval: see tieline approvals list/);
    expect(await tieline('sync run')).toMatchObject({
      code: 0,
      out: expect.stringContaining('wait for approval') as string,
    });
    const asked = await findApprovals(world.app, { all: false }, 10);
    expect([...new Set(asked.map((each) => each.system))].toSorted()).toEqual(['tenable', 'xacta']);
    // One for each authorization boundary of a connection.
    const boundaries = asked.filter((each) => each.system === 'xacta').map((each) => each.boundary);
    expect(boundaries.length).toBeGreaterThan(1);
    expect(new Set(boundaries).size).toBe(boundaries.length);
  });

  it('step 3 of docs/sync.md sends exactly what a person approved, record by record', async () => {
    const asked = (await findApprovals(world.app, { all: false }, 10)).find(
      (each) => each.system === 'xacta' && each.content.length > 2,
    );
    const [first, second] = asked?.content ?? [];
    const approval = asked?.approvalId ?? '';
    expect((await tieline(`approvals show ${approval}`)).out).toContain(
      scalarText(first?.after['weakness_description']).split('\n')[0],
    );
    expect(
      await tieline(`approvals reject ${approval} --record ${second?.record} --reason no`),
    ).toMatchObject({ code: 0 });
    expect(await tieline(`approvals approve ${approval} --record ${first?.record}`)).toMatchObject({
      code: 0,
    });
    const before = (await xactaPoams()).length;
    await tieline('sync run');
    expect((await xactaPoams()).slice(before)).toMatchObject([{ external_uid: first?.key }]);
    expect(await writesTo('tenable')).toBe(0);
    expect(await world.rows(`select status from ingestion_poams where poam_id = $1`, second?.record)).toEqual(
      [{ status: 'Cancelled' }],
    );
    const [rest] = (await findApprovals(world.app, { all: false }, 10)).filter(
      (each) => each.system === 'xacta' && each.boundary === asked?.boundary,
    );
    expect(rest?.content.map((change) => change.record)).toEqual(
      asked?.content.slice(2).map((change) => change.record),
    );
  });

  it('step 4 of docs/sync.md lists what is released, and wants --yes where nobody can be asked', async () => {
    const refused = await tieline("policies set xacta '*' --approval never");
    expect(refused.code).toBe(2);
    expect(refused.out).toMatch(/\d+ new POA&Ms wait for approval: this policy releases them/);
    const before = await writes();
    await run(3);
    expect(await writes()).toBeGreaterThan(before);
    expect(await findApprovals(world.app, { all: false }, 10)).toEqual([]);
  });
});

describe('a policy that is narrowed while changes wait', () => {
  beforeEach(async () => {
    await world.beginAgain();
    await tieline('outbox pause xacta --reason later');
    await tieline('outbox pause tenable --reason later');
    await tieline('sync run');
  });

  it('a policy narrowed to direction inbound stops every kind of change, also of what was queued', async () => {
    // A policy of the entity that was set for something else does not take it out of what the system demands.
    await tieline('policies set xacta poam --strategy external_wins');
    for (const system of ['xacta', 'tenable']) {
      expect((await tieline(`policies set ${system} '*' --direction inbound`)).out).toContain('withdrawn');
      await tieline(`outbox resume ${system}`);
    }
    await tieline('sync run --full');
    await tieline('sync run');
    expect(await writes()).toBe(0);
    expect(await json('outbox', 'list')).toEqual([]);
    expect(
      await world.rows(`select distinct status from ingestion_poams where ingestion_source = 'tieline'`),
    ).toEqual([{ status: 'Cancelled' }]);
  });

  it('a policy narrowed while changes wait holds also for a worker that sends by itself, and for what was approved under another content', async () => {
    await tieline("policies set xacta '*' --approval always");
    await tieline('outbox resume xacta');
    const { id } = await fetchSystem(world.app, 'xacta');
    const caller = { signal: new AbortController().signal };
    await sendWaitingChanges(world.app, id, caller);
    expect(await writesTo('xacta')).toBe(0);
    // Somebody who changes the policy by SQL is obeyed too.
    await world.rows(`update sync_outbox set state = 'pending' where entity_type = 'poam'`);
    await tieline('sync run --system xacta');
    expect(await writesTo('xacta')).toBe(0);
    expect((await findApprovals(world.app, { all: false }, 10)).map((each) => each.system)).toContain(
      'xacta',
    );
  });
});
