/**
 * Whether a database has the schema of this Tieline, by one query: which is what almost every start finds. Only where it does not
 * is the migration itself loaded, which reads every file and the whole catalog and says what is missing.
 */
import { createHash } from 'node:crypto';
import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type pg from 'pg';

/** The ledger may not be there, be that of an earlier version, or belong to another application: 42P01, 42703, 42501. The migration says more. */
const noLedger: readonly unknown[] = ['42P01', '42703', '42501'];

/** Every migration that was applied, and whether an index of ours is missing or was not built to its end. */
const versionQuery = `
  select (select json_object_agg(name, sha256) from tieline_migrations) as applied,
         exists (select from tieline_objects o
                   left join pg_namespace n on n.nspname = o.schema_name
                   left join pg_class c on c.relname = o.object_name and c.relnamespace = n.oid and c.relkind = 'i'
                   left join pg_index i on i.indexrelid = c.oid
                  where o.object_kind = 'index' and (i.indexrelid is null or not i.indisvalid or not i.indisready)) as unfinished`;

/** @returns true where just the migrations of the folder are applied, unchanged, and every index is built. Reads only. */
export async function isSchemaCurrent(pool: pg.Pool, folder: string): Promise<boolean> {
  const [sums, found] = await Promise.all([sumsOf(folder), fetchVersion(pool)]);
  const applied = found?.applied ?? undefined;
  if (applied === undefined || found?.unfinished) return false;
  return (
    sums.size === Object.keys(applied).length && [...sums].every(([name, sha256]) => applied[name] === sha256)
  );
}

async function sumsOf(folder: string): Promise<Map<string, string>> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.sql'));
  const sums = names.map(async (name): Promise<[string, string]> => {
    const sql = await readFile(join(folder, name), 'utf8');
    return [name, createHash('sha256').update(sql).digest('hex')];
  });
  return new Map(await Promise.all(sums));
}

interface Version {
  readonly applied: Readonly<Record<string, string>> | null;
  readonly unfinished: boolean;
}

async function fetchVersion(pool: pg.Pool): Promise<Version | undefined> {
  try {
    return (await pool.query<Version>(versionQuery)).rows[0];
  } catch (error) {
    if (error instanceof Error && 'code' in error && noLedger.includes(error.code)) return undefined;
    throw error;
  }
}
