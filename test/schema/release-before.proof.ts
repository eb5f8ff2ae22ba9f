/**
 * A database of the release before is upgraded by today's migrations, and works on. The dump is of a small world after
 * some days of work (README.md in this folder says how it was made); the simulators are brought to the state in which
 * that release left them.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { App } from '../../src/engine/run/app.ts';
import { startSimulator } from '../../src/main/simulator-process.ts';
import { migrate } from '../../src/platform/migrations/migrate.ts';
import { commandOver, type CommandOutcome } from '../support/command-over.ts';
import { composeApp } from '../support/compose-app.ts';
import { cloneDatabase, emptyDatabase, type ClonedDatabase } from '../support/database.ts';
import { replayWrites, runClock, type RemoteName } from './recorded-remotes.ts';
import { countedLists, masterKeyOfDump, type ReleaseManifest } from './release-manifest.ts';
import { restoreDump } from './restore-dump.ts';
import { wholeCatalog } from './whole-catalog.ts';

const migrations = join(import.meta.dirname, '../../migrations');
const unzipped = async (name: string): Promise<string> =>
  gunzipSync(await readFile(join(import.meta.dirname, name))).toString();

let manifest: ReleaseManifest;
let database: ClonedDatabase;
let app: App;
const urls: Record<RemoteName, string> = { tenable: '', xacta: '' };
const stops: (() => Promise<void>)[] = [];
const command = (...args: string[]): Promise<CommandOutcome> => commandOver(app, args);

beforeAll(async () => {
  manifest = JSON.parse(await unzipped('release-before.json.gz')) as ReleaseManifest;
  database = await emptyDatabase();
  stops.push(() => database[Symbol.asyncDispose]());
  await restoreDump(database.url, await unzipped('release-before.sql.gz'));
  for (const name of ['tenable', 'xacta'] as const) {
    const simulator = await startSimulator(name, manifest.args[name], {});
    stops.push(() => simulator.stop());
    urls[name] = simulator.url;
  }
  await replayWrites(urls, manifest.writes);
  for (const url of Object.values(urls)) await runClock(url, new Date(manifest.at));
});
afterAll(async () => {
  for (const stop of stops.toReversed()) await stop();
});

const commentsHere = async (): Promise<unknown> =>
  (
    await database.pool.query<{ comments: string | null }>(
      'select comments from ingestion_poams where poam_id = $1',
      [manifest.undo.poam],
    )
  ).rows[0]?.comments;
const commentsThere = async (): Promise<unknown> => {
  const answer = await fetch(`${urls.xacta}/__control/state`);
  const { poams } = (await answer.json()) as { poams: { id: string; comments: string | null }[] };
  return poams.find((each) => each.id === manifest.undo.poam)?.comments;
};
async function listed(): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const [name, words] of Object.entries(countedLists))
    counts[name] = ((await command(...words)).json as unknown[]).length;
  return counts;
}

/**
 * The catalog in a form that a dump keeps: PostgreSQL writes a condition otherwise after it has read its own text once
 * (where its casts and parentheses stand), and names of NOT NULL are its own.
 */
async function catalogOf({ pool }: ClonedDatabase): Promise<string[]> {
  const lines = await wholeCatalog(pool);
  return lines
    .filter((line) => !/^constraint .* NOT NULL \w+$/.test(line))
    .map((line) => line.replaceAll(/::[a-z ]+(\(\d+\))?(\[\])?|[()]/g, ''))
    .toSorted();
}

interface Plan {
  readonly steps: readonly { readonly counts: Readonly<Record<string, number>> }[];
  readonly items: readonly {
    readonly kind: string;
    readonly record: string;
    readonly needsApproval: boolean;
  }[];
}
/** What a full sync would do now: what it would change, in numbers and records; and what waits for a person. */
async function plannedChanges(): Promise<unknown> {
  const { json } = await command('sync', 'plan', '--full');
  const { steps, items } = json as Plan;
  const sum = (count: string): number => steps.reduce((all, step) => all + (step.counts[count] ?? 0), 0);
  return {
    created: sum('created'),
    updated: sum('updated'),
    failed: sum('failed'),
    changes: items.filter((each) => each.kind !== 'conflict' && !each.needsApproval),
    conflicts: items.filter((each) => each.kind === 'conflict').map((each) => each.record),
    approvals: items.filter((each) => each.needsApproval).map((each) => each.record),
  };
}

// One story in order: each step begins where the one before ended.
describe('a database of the release before', () => {
  const nothing = { created: 0, updated: 0, failed: 0, changes: [] };

  it('a database of the previous release has the very catalog of a fresh database after the upgrade', async () => {
    await migrate(database.pool, { folder: migrations });
    await using fresh = await cloneDatabase();
    expect(await catalogOf(database)).toEqual(await catalogOf(fresh));
  });

  it('a database of the previous release lists after the upgrade what it listed before: conflicts, approvals, matches, links, operations', async () => {
    app = { ...composeApp(database, masterKeyOfDump), now: () => new Date(manifest.at) };
    expect(await listed()).toEqual(manifest.listed);
    const { rows } = await database.pool.query(
      `select 1 from data_field_mappings where entity_type = 'poam' and internal_field_name = 'deviation_kind'`,
    );
    expect(rows).toHaveLength(1);
  });

  it('a database of the previous release plans no change after the upgrade in a full sync with both remotes as that release left them', async () => {
    for (const name of ['tenable', 'xacta'] as const) {
      const moved = await command('connections', 'set', name, '--url', urls[name], '--yes');
      expect(moved).toMatchObject({ code: 0 });
    }
    const { conflict, approval } = manifest.undecided;
    expect(await plannedChanges()).toEqual({ ...nothing, conflicts: [conflict], approvals: [approval] });
  });

  it('a database of the previous release has the value of one of its operations back on both sides after an undo and a sync', async () => {
    const { operationId, before, after } = manifest.undo;
    expect([await commentsHere(), await commentsThere()]).toEqual([after, after]);
    expect(await command('ops', 'undo', operationId)).toMatchObject({ code: 0 });
    expect(await commentsHere()).toBe(before);
    expect((await command('sync', 'run')).json).toMatchObject({ written: 1, recordsFailed: 0 });
    expect([await commentsHere(), await commentsThere()]).toEqual([before, before]);
    expect(await plannedChanges()).toMatchObject(nothing);
  });
});
