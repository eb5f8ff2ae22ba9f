/** A database with a boundary a test, into which files of POA&Ms are taken. */
import { afterAll, beforeAll, beforeEach } from 'vitest';
import { cloneDatabase, type ClonedDatabase } from '../../../test/support/database.ts';
import { everywhere } from '../../canonical/access/index.ts';
import { type Cells, type FedrampBook, fedrampFile } from './fedramp-file.test-support.ts';
import { approvePoamImport, planPoamFile, type PoamImport } from './index.ts';

export let database: ClonedDatabase;
/** Of the test that runs: its number, and its boundary. */
export const now = { number: 0, boundary: '' };

/** Called once by each file of tests: files that share a worker share this module too, and each has its own database. */
export function setUpPoamFiles(): void {
  beforeAll(async () => {
    database = await cloneDatabase();
  });
  afterAll(() => database[Symbol.asyncDispose]());
  beforeEach(async () => {
    now.number += 1;
    now.boundary = `S-${now.number}`;
    await query(
      `insert into ingestion_systems (system_id, uuid, name) values ($1, gen_random_uuid(), $2)`,
      now.boundary,
      `Cloud ${now.number}`,
    );
  });
}

export const query = async (sql: string, ...values: unknown[]): Promise<Record<string, unknown>[]> =>
  (await database.pool.query<Record<string, unknown>>(sql, values)).rows;
export const app = () => ({
  db: database.db,
  store: database.store,
  now: () => new Date('2026-11-27T08:00:00Z'),
});
export const by = { name: 'Ann', principalId: 'p-1', scope: everywhere };
export const plan = (bytes: Buffer, more: object = {}): Promise<PoamImport> =>
  planPoamFile(
    app(),
    {
      name: 'poams.xlsx',
      bytes,
      boundary: now.boundary,
      newBoundary: undefined,
      source: undefined,
      acceptMissing: false,
      way: 'command',
      ...more,
    },
    by,
  );
export const take = async (bytes: Buffer, more: object = {}): Promise<PoamImport> => {
  const planned = await plan(bytes, more);
  return planned.state === 'planned' ? approvePoamImport(app(), by, planned.id) : planned;
};
export const fedramp = (open: readonly Cells[], book: FedrampBook = {}): Buffer =>
  fedrampFile({ open, ...book });
export const poams = (): Promise<Record<string, unknown>[]> =>
  query(
    `select xacta_poam_id as id, weakness_description as what, status, weakness_risk_level as severity, scheduled_completion::date::text as due,
            actual_completion::date::text as done, poc, comments
       from ingestion_poams where system_id = $1 order by xacta_poam_id`,
    now.boundary,
  );
export const milestones = (): Promise<Record<string, unknown>[]> =>
  query(
    `select m.milestone_description as what, m.scheduled_completion::date::text as due, m.status from ingestion_poam_milestones m
       join ingestion_poams p on p.poam_id = m.poam_id where p.system_id = $1 order by m.id`,
    now.boundary,
  );
export const heldAt = ({ heldRows }: PoamImport): string[] =>
  heldRows.map(({ sheet, cell, rule }) => `${sheet}!${cell} ${rule}`);
