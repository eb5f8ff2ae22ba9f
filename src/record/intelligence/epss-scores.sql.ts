/**
 * EPSS scores of a day, 300,000 of them. They are kept in `cve_intelligence` alone: they have one source, and a second copy of them
 * would double the work of every day.
 */
import { sql } from 'kysely';
import { copyInto, type Tx } from '../../platform/postgres/index.ts';
import type { EpssScore } from './cve-facts.ts';

export interface EpssStage {
  readonly add: (score: EpssScore) => Promise<void>;
  readonly end: () => Promise<void>;
  readonly abort: (cause: Error) => Promise<void>;
}

/** Begins to stage scores, in the caller's transaction, which does nothing else until `end`. */
export async function stageEpss(tx: Tx): Promise<EpssStage> {
  await tx.client.query(`
    create temporary table if not exists staging_epss_scores (cve text, epss numeric, percentile numeric) on commit drop`);
  await tx.client.query('truncate staging_epss_scores');
  const copy = copyInto(tx.client, 'staging_epss_scores (cve, epss, percentile)');
  return {
    add: ({ cve, epss, percentile }) => copy.write([cve, epss, percentile]),
    end: () => copy.end(),
    abort: (cause) => copy.abort(cause),
  };
}

/** A CVE that the staged file scores twice, if there is one. */
export async function findScoredTwice(tx: Tx): Promise<string | undefined> {
  const { rows } = await sql<{ cve: string }>`
    select cve from staging_epss_scores group by cve having count(*) > 1 order by cve limit 1`.execute(tx.db);
  return rows[0]?.cve;
}

export interface EpssIssue {
  readonly loadId: number;
  readonly now: Date;
  /** YYYY-MM-DD */
  readonly day: string;
  readonly model: string;
  /** Whether changes of CVEs that plugins name are kept; not for the first file, which is all news. */
  readonly keepsChanges: boolean;
}

/**
 * Takes the staged scores over. A score that is as it was is not rewritten, and keeps the day that it is of. Changes are kept of CVEs
 * that a known plugin names, and only where the score itself moved: ranks move every day. They name the model, since another model is
 * no other risk.
 */
export async function mergeEpss(
  tx: Tx,
  { loadId, now, day, model, keepsChanges }: EpssIssue,
): Promise<{ readonly changed: number; readonly unchanged: number }> {
  await tx.client.query('analyze staging_epss_scores');
  if (keepsChanges)
    await sql`
      insert into cve_changes (cve, field_name, before_value, after_value, load_id, changed_at)
      select s.cve, 'epss', jsonb_build_object('score', c.epss, 'model', c.epss_model),
             jsonb_build_object('score', s.epss, 'model', ${model}::text), ${loadId}, ${now}::timestamptz
        from staging_epss_scores s
        left join cve_intelligence c on c.cve = s.cve
       where s.cve in (select p.cve from plugin_cves p) and s.epss is distinct from c.epss`.execute(tx.db);
  const updated = await sql`
    update cve_intelligence c
       set epss = s.epss, epss_percentile = s.percentile, epss_date = ${day}::date, epss_model = ${model}, loaded_at = ${now}::timestamptz
      from staging_epss_scores s
     where s.cve = c.cve and (c.epss, c.epss_percentile, c.epss_model) is distinct from (s.epss, s.percentile, ${model}::text)`.execute(
    tx.db,
  );
  const inserted = await sql`
    insert into cve_intelligence (cve, epss, epss_percentile, epss_date, epss_model, loaded_at)
    select s.cve, s.epss, s.percentile, ${day}::date, ${model}, ${now}::timestamptz
      from staging_epss_scores s
     where not exists (select from cve_intelligence c where c.cve = s.cve)`.execute(tx.db);
  const { rows } = await sql<{ all: number }>`select count(*)::int as all from staging_epss_scores`.execute(
    tx.db,
  );
  const changed = Number(updated.numAffectedRows ?? 0n) + Number(inserted.numAffectedRows ?? 0n);
  return { changed, unchanged: (rows[0]?.all ?? 0) - changed };
}
