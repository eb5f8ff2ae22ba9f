/**
 * What people do in the first days of an installation, by its command line alone, so that the same story works with any
 * release: the content of test/schema/release-before.sql.gz. Every step leaves something that an upgrade must keep.
 */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import type { RemoteName } from './recorded-remotes.ts';
import type { ReleaseManifest } from './release-manifest.ts';

export interface Story {
  readonly database: pg.Client;
  /** Where the product finds the remotes. */
  readonly urls: Readonly<Record<RemoteName, string>>;
  /** For files. */
  readonly folder: string;
  /** Runs a command line, split at spaces, with --json. @param words further words, which may hold spaces. */
  readonly tieline: (line: string, ...words: string[]) => Promise<unknown>;
  /** Changes a POA&M in Xacta, as another user would. */
  readonly editThere: (poam: string, fields: Readonly<Record<string, string>>) => Promise<void>;
}

const decided = ['--by', 'isso', '--reason', 'first days'] as const;

/** @returns the operation that the test undoes, and what waits. @throws Error where the story does not come about. */
export async function workSomeDays(story: Story): Promise<Pick<ReleaseManifest, 'undo' | 'undecided'>> {
  const { tieline, urls } = story;
  const fast = '--set requests_per_second=100';
  await tieline(
    `connections add tenable --name tenable --url ${urls.tenable} --set poll_interval_seconds=0.1 ${fast}`,
  );
  await tieline(`connections add xacta --name xacta --url ${urls.xacta} --set username=tieline ${fast}`);
  await tieline('sync run');
  const next = takeEach(await listLinkedPoams(story.database));
  const undo = await syncEdits(story, next(), next());
  const conflict = await conflictTwice(story, next(), next());
  const approval = await askApproval(story, next());
  await decideMatchAndLink(story, next());
  await importFile(story);
  await acceptRisk(story);
  await editHere(story, next(), 'poc', 'Operations desk');
  await tieline('sync run --full');
  await tieline('sync run --full');
  return { undo, undecided: { conflict, approval } };
}

/** An edit goes out; another comes in, which is what the test undoes. */
async function syncEdits(story: Story, sent: string, read: string): Promise<ReleaseManifest['undo']> {
  await editHere(story, sent, 'comments', 'Vendor ticket 4711 is open.');
  await story.tieline('sync run');
  const before = await commentsOf(story.database, read);
  const after = 'Reviewed by the ISSM.';
  await story.editThere(read, { comments: after });
  const { operationId } = (await story.tieline('sync run')) as { operationId: string };
  return { operationId, poam: read, before, after };
}

/** Two conflicts: a person settles one, the other stays open. @returns the open one's POA&M. */
async function conflictTwice(story: Story, settled: string, open: string): Promise<string> {
  for (const poam of [settled, open]) {
    await editHere(story, poam, 'comments', 'Ours: patch window in May.');
    await story.editThere(poam, { comments: 'Theirs: patch window in June.' });
  }
  await story.tieline('sync run');
  const conflicts = (await story.tieline('conflicts list')) as { id: number; entityId: string }[];
  const { id } = required(conflicts.find((each) => each.entityId === settled));
  await story.tieline(`conflicts resolve ${id} --keep internal`, ...decided);
  await story.tieline('sync run');
  return open;
}

/** A policy, and an approval that waits under it. */
async function askApproval(story: Story, poam: string): Promise<string> {
  await story.tieline('policies set xacta poam --approval-field resources_required --yes');
  await editHere(story, poam, 'resources_required', 'Two engineers for a week');
  await story.tieline('sync run');
  return poam;
}

async function decideMatchAndLink({ tieline }: Story, poam: string): Promise<void> {
  const matches = (await tieline('matches list')) as { id: number }[];
  await tieline(`matches reject ${required(matches[0]).id}`, ...decided);
  await tieline(`links break xacta poam ${poam}`, ...decided);
  await tieline(`links make xacta poam ${poam} ${poam}`, ...decided);
}

async function importFile({ tieline, folder }: Story): Promise<void> {
  const file = join(folder, 'weekly.nessus');
  await writeFile(file, scanFile(new Date()));
  await tieline('import --new-source', file);
}

async function acceptRisk({ database, tieline }: Story): Promise<void> {
  const { rows } = await database.query<{ asset: string; plugin: string }>(
    `select asset_uuid::text as asset, plugin_id as plugin from ingestion_vulnerabilities
      where severity = 'Medium' and state = 'Open' order by id limit 1`,
  );
  const { asset, plugin } = required(rows[0]);
  await tieline(
    `acceptances add tenable --kind accepted --plugin ${plugin} --asset ${asset} --comment`,
    'AO letter 17',
  );
}

/** POA&Ms that both sides have and that are open, of which each step takes its own. */
async function listLinkedPoams(database: pg.Client): Promise<string[]> {
  const { rows } = await database.query<{ id: string }>(
    `select l.entity_id as id from sync_links l join ingestion_poams p on p.poam_id = l.entity_id
      where l.entity_type = 'poam' and l.retired_at is null and l.entity_id = l.external_id
        and p.status in ('Open', 'In Progress') order by l.id`,
  );
  return rows.map((row) => row.id);
}

/** As the host application would: by SQL. */
async function editHere({ database }: Story, poam: string, column: string, value: string): Promise<void> {
  const name = pg.escapeIdentifier(column);
  await database.query(`update ingestion_poams set ${name} = $2 where poam_id = $1`, [poam, value]);
}

async function commentsOf(database: pg.Client, poam: string): Promise<string | null> {
  const { rows } = await database.query<{ comments: string | null }>(
    'select comments from ingestion_poams where poam_id = $1',
    [poam],
  );
  return required(rows[0]).comments;
}

function takeEach(items: readonly string[]): () => string {
  const left = items.values();
  return () => required(left.next().value);
}

function required<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('The story lacks what its next step is about.');
  return value;
}

function scanFile(at: Date): string {
  const end = Math.floor(at.getTime() / 1000) - 3600;
  const item = (plugin: number): string =>
    `<ReportItem port="443" svc_name="www" protocol="tcp" severity="3" pluginID="${plugin}" pluginName="Plugin ${plugin}" pluginFamily="General"><plugin_output>seen</plugin_output></ReportItem>`;
  const host = (name: string, ip: string): string =>
    `<ReportHost name="${ip}"><HostProperties><tag name="HOST_END_TIMESTAMP">${end}</tag><tag name="host-ip">${ip}</tag><tag name="host-fqdn">${name}.lab.example</tag></HostProperties>${item(91001)}${item(91002)}</ReportHost>`;
  return `<?xml version="1.0"?><NessusClientData_v2><Report name="weekly">${host('lab-1', '192.0.2.11')}${host('lab-2', '192.0.2.12')}</Report></NessusClientData_v2>`;
}
