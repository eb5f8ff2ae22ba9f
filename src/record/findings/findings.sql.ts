/**
 * The bulk load of findings: COPY into a staging table, then one set-based merge a chunk. Findings are facts
 * (decision 0008): no link, no base. A row that says nothing new is not rewritten, not even locked; that is why update
 * and insert are two statements and not `insert … on conflict do update`, which locks every row it meets.
 */
import { sql, type Kysely } from 'kysely';
import { renewExposure } from './asset-exposure.sql.ts';
import {
  copyInto,
  type CopyInto,
  type Database,
  type Tx,
  underSavepoint,
} from '../../platform/postgres/index.ts';
import { type Counts, reasonValue, ruleValues } from '../../ledger/operations/index.ts';
import { mergePlugins, type StagedPlugin } from './plugins.sql.ts';
import {
  createStaging,
  foldDuplicates,
  lookUp,
  lookedUpAtOnce,
  noteStateChanges,
  restageDoubles,
  staged,
  type FindingSource,
  stagedValues,
  type ReportedFinding,
} from './finding-staging.sql.ts';
import { settleGoneOf } from './gone-findings.sql.ts';
import { insertNew } from './new-findings.sql.ts';
import { checkingReferencesByIndex } from './reference-checks.sql.ts';
import { settleCovered } from './scan-coverage.sql.ts';
import { fetchFindingColumns, uuidText, type FindingColumns } from './finding-columns.sql.ts';
import type { FindingLifecycle } from './finding-lifecycle.ts';
import { joinedEvidence, severityWord, nextChangeNumber } from './finding-lifecycle.sql.ts';

/** A finding that could not be stored yet because the table demands its asset, which is not known. */
export interface WaitingFinding {
  readonly asset_uuid: string;
  readonly plugin_id: string;
}

/** A finding that a rule of this database refuses: a check or a trigger of the owner's, a column too short. */
export interface RefusedFinding extends WaitingFinding {
  readonly findingKey: string;
  readonly reason: string;
}

export interface FindingLoad {
  add(finding: ReportedFinding): Promise<void>;
  addPlugin(plugin: StagedPlugin): void;
  /**
   * Stages what was added to the last, and does with it all that asks for nothing of what is stored: while the page before is still
   * being merged. `finish` does it too, where it was not done.
   */
  stage(): Promise<void>;
  /**
   * Merges what was added. Counts: items with the same identity are one finding, the others count as unchanged; a row
   * from before Tieline that was recognised counts as updated.
   */
  finish(): Promise<{
    readonly counts: Pick<Counts, 'created' | 'updated' | 'unchanged'>;
    readonly waiting: readonly WaitingFinding[];
    readonly refused: readonly RefusedFinding[];
  }>;
  abort(cause: Error): Promise<void>;
}

/** Begins a load in the caller's transaction, whose connection it keeps busy until `finish` or `abort`. */
export async function beginFindingLoad(tx: Tx, source: FindingSource): Promise<FindingLoad> {
  const columns = await fetchFindingColumns(tx);
  await createStaging(tx);
  // Within a larger transaction nothing was committed since the page before.
  await tx.client.query('truncate staging_findings, staging_unchanged, staging_state_changes');
  const plugins: StagedPlugin[] = [];
  const staging = new StagingOfReports(tx, source);
  let isStaged = false;

  async function stage(): Promise<void> {
    if (isStaged) return;
    isStaged = true;
    await staging.end();
    await noteStateChanges(tx);
    // A small sample: the rows are wide, and only their number matters.
    await tx.client.query('set local default_statistics_target = 1');
    await tx.client.query('analyze staging_findings');
    await tx.client.query('set local default_statistics_target to default');
  }

  return {
    add: (finding) => staging.add(finding),
    addPlugin(plugin) {
      plugins.push(plugin);
    },
    stage,
    async finish() {
      await stage();
      await mergePlugins(tx, source.systemId, plugins, columns);
      if (staging.knowsSome) await restageDoubles(tx, source, columns);
      await foldDuplicates(tx);
      const knowsEarlier = await identifyEarlierRows(tx, columns);
      const { updated, created, refused } = await mergeOrRefuse(
        tx,
        source,
        columns,
        staging.knowsSome || knowsEarlier,
      );
      await checkingReferencesByIndex(tx, () => recordStateChanges(tx, source));
      const assets = await listStagedAssets(tx);
      await settleCovered(tx, source, assets);
      if (created + updated > 0) await settleGoneOf(tx, source, assets);
      if (created + updated > 0) await renewExposure(tx, assets);
      const waiting = columns.needsAsset ? await listWaiting(tx, refused) : [];
      const unchanged = staging.added - created - updated - waiting.length - refused.length;
      return { counts: { created, updated, unchanged }, waiting, refused };
    },
    abort: (cause) => staging.abort(cause),
  };
}

/**
 * Reports on their way into the staging table: gathered, looked up by their digest some at a time, and those that say something new
 * copied. One such turn is in progress at most, while the next reports are gathered.
 */
class StagingOfReports {
  readonly #tx: Tx;
  readonly #source: FindingSource;
  #gathered: ReportedFinding[] = [];
  #characters = 0;
  #copy: CopyInto | undefined;
  #turn: Promise<void> = Promise.resolve();
  /** How many reports are findings. */
  added = 0;
  /** Whether any of them was found stored. That none was is no more than likely: others may be storing too. */
  knowsSome = false;

  constructor(tx: Tx, source: FindingSource) {
    this.#tx = tx;
    this.#source = source;
  }

  async add(finding: ReportedFinding): Promise<void> {
    this.added += 1;
    this.#gathered.push(finding);
    this.#characters += finding.raw.length;
    if (this.#gathered.length >= lookedUpAtOnce.findings || this.#characters >= lookedUpAtOnce.characters)
      await this.#stageGathered();
  }

  async end(): Promise<void> {
    await this.#stageGathered();
    await this.#turn;
  }

  async abort(cause: Error): Promise<void> {
    this.#gathered = [];
    await this.#copy?.abort(cause);
    await this.#turn.catch(() => undefined);
  }

  async #stageGathered(): Promise<void> {
    await this.#turn;
    const rows = this.#gathered;
    this.#gathered = [];
    this.#characters = 0;
    if (rows.length === 0) return;
    this.#turn = this.#stage(rows);
    // Its failure is met at the next turn.
    this.#turn.catch(() => undefined);
  }

  async #stage(rows: readonly ReportedFinding[]): Promise<void> {
    const known = await lookUp(this.#tx, this.#source, rows);
    if (known.size > 0) this.knowsSome = true;
    for (const row of rows) {
      const stored = known.get(row.key);
      if (stored === 'unchanged') continue;
      const finding = row.read();
      if (!finding) {
        this.added -= 1;
        continue;
      }
      this.#copy ??= copyInto(this.#tx.client, `staging_findings (${staged.join(', ')})`);
      await this.#copy.write([...stagedValues(finding, row), stored !== undefined]);
    }
    await this.#copy?.end();
    this.#copy = undefined;
  }
}

/**
 * Each fix and each return, by the scanner's time: also those that are reported so late that they change nothing of how the finding
 * is now. With first_found they are what the time to remediate is computed from.
 */
async function recordStateChanges(tx: Tx, source: FindingSource): Promise<void> {
  await tx.client.query(
    `insert into finding_state_changes (vulnerability_id, state, occurred_at, external_system_id, operation_id, change_number)
     select v.id, e.state, e.occurred_at, $2, $1::uuid, ${nextChangeNumber}
       from staging_state_changes e
      cross join lateral (select id from ingestion_vulnerabilities stored where stored.finding_key = e.finding_key offset 0) v
      where not exists (select from finding_state_changes known
                         where known.vulnerability_id = v.id and known.occurred_at = e.occurred_at and known.state = e.state and not known.is_concluded)
     on conflict (vulnerability_id, occurred_at, state) do update set is_concluded = false`,
    [source.operationId, source.systemId],
  );
}

/**
 * Gives rows from before Tieline, which carry no key yet, the key of the staged finding that they are: same asset and
 * plugin, and the port and protocol that they name. Of several such rows the oldest; the others stay as they are.
 * Rows that name no port are given out in the order of their ids, one to each finding that is left.
 * @returns whether there are such rows at all.
 */
async function identifyEarlierRows(tx: Tx, columns: FindingColumns): Promise<boolean> {
  const { rows } = await tx.client.query<{ some: boolean }>(
    'select exists (select from ingestion_vulnerabilities where finding_key is null) as some',
  );
  if (!rows[0]?.some) return false;
  const candidates = `
    select v.id, s.finding_key, s.port, s.protocol, s.asset_uuid, ${columns.port} as own_port, ${columns.protocol} as own_protocol
      from staging_findings s
      join ingestion_vulnerabilities v
        on v.finding_key is null and v.plugin_id = ${columns.pluginId('s.plugin_id')}
       and coalesce(v.asset_ref::text, ${uuidText('v.asset_uuid::text')}) = s.asset_uuid::text
     where not exists (select from ingestion_vulnerabilities known where known.finding_key = s.finding_key)`;
  const identify = (chosen: string): string => `
    with candidates as materialized (${candidates}), chosen as (${chosen})
    update ingestion_vulnerabilities v
       set finding_key = c.finding_key, asset_ref = c.asset_uuid, port = c.port, protocol = c.protocol
      from chosen c where v.id = c.id`;
  await tx.client.query(
    identify(`
      select distinct on (finding_key) * from candidates
       where own_port = port and coalesce(own_protocol, protocol) = protocol
       order by finding_key, id`),
  );
  await tx.client.query(
    identify(`
      select f.* from (
        select *, dense_rank() over (partition by asset_uuid, plugin order by finding) as finding_place,
               dense_rank() over (partition by asset_uuid, plugin order by id) as row_place
          from (select c.*, v.plugin_id as plugin, row(c.port, c.protocol) as finding
                  from candidates c join ingestion_vulnerabilities v using (id) where c.own_port is null) open
      ) f where finding_place = row_place`),
  );
  await markStored(tx);
  return true;
}

interface Merged {
  readonly updated: number;
  readonly created: number;
  readonly refused: readonly RefusedFinding[];
}

/**
 * Merges all that is staged; where the database refuses something, all but the very findings that it refuses.
 * @param knowsSome whether some of what is staged may be stored already; else only what another process stored meanwhile is.
 */
async function mergeOrRefuse(
  tx: Tx,
  source: FindingSource,
  columns: FindingColumns,
  knowsSome: boolean,
): Promise<Merged> {
  const merge = async (keys: readonly string[] | null, mayBeThere: boolean): Promise<Merged> => {
    const outcome = await underSavepoint(tx, async () => {
      const { wanted, created } = await checkingReferencesByIndex(tx, () =>
        insertNew(tx, source, columns, { keys, mayBeThere }),
      );
      if (created < wanted) await markStored(tx);
      else if (!knowsSome) return { created, updated: 0 };
      await lockKnown(tx);
      return { created, updated: await updateChanged(tx, source, columns, keys) };
    });
    if (outcome.ok) return { ...outcome.result, refused: [] };
    if (!mayBeThere) return merge(keys, true);
    const wanted = keys ?? (await listStagedKeys(tx));
    const [only] = wanted;
    if (only !== undefined && wanted.length === 1)
      return {
        updated: 0,
        created: 0,
        refused: await describeStaged(tx, only, `${outcome.field}: ${outcome.message}`),
      };
    const half = Math.ceil(wanted.length / 2);
    const left = await merge(wanted.slice(0, half), true);
    const right = await merge(wanted.slice(half), true);
    return {
      updated: left.updated + right.updated,
      created: left.created + right.created,
      refused: [...left.refused, ...right.refused],
    };
  };
  return merge(null, false);
}

/**
 * What is changed is locked first, by a statement of its own: the next one sees what others, an import of files beside a sync, have
 * committed until then, and nothing of theirs is written over with what was there before.
 *
 * Stored rows are looked up one by one, here as everywhere in a load (`offset 0`): where autovacuum analyses the table while a file is
 * loaded, it sees none of the file's rows, and a plan for an empty table reads all of them for each staged one.
 */
async function lockKnown(tx: Tx): Promise<void> {
  await tx.client.query(
    `select count(*) from (
       select from ingestion_vulnerabilities v
        where v.id = any (array(
                select known.id from staging_findings s
                 cross join lateral (select id from ingestion_vulnerabilities stored where stored.finding_key = s.finding_key offset 0) known
                 where s.is_known))
        order by v.id for no key update) locked`,
  );
}

/** What seemed new and is not: it is from before Tieline, or another process stored it meanwhile. */
async function markStored(tx: Tx): Promise<void> {
  await tx.client.query(
    `update staging_findings s set is_known = true
      where not s.is_known and exists (select from ingestion_vulnerabilities v where v.finding_key = s.finding_key offset 0)`,
  );
}

async function listStagedAssets(tx: Tx): Promise<string[]> {
  const { rows } = await tx.client.query<{ asset_uuid: string }>(
    'select distinct asset_uuid::text from staging_findings',
  );
  return rows.map((row) => row.asset_uuid);
}

async function listStagedKeys(tx: Tx): Promise<string[]> {
  const { rows } = await tx.client.query<{ key: string }>(
    'select finding_key::text as key from staging_findings order by 1',
  );
  return rows.map((row) => row.key);
}

async function describeStaged(tx: Tx, key: string, reason: string): Promise<RefusedFinding[]> {
  const { rows } = await tx.client.query<WaitingFinding>(
    'select asset_uuid::text, plugin_id from staging_findings where finding_key = $1',
    [key],
  );
  return rows.map((row) => ({ ...row, findingKey: key, reason }));
}

/**
 * SQL of the known findings whose report differs from what is stored, or that no server has reported before:
 * each with what it was and what it is now. The stored row is found by its key (idx_ingestion_vulnerabilities_finding_key), one
 * look-up for each staged row whatever the planner thinks of their number. $2: the system, $3: only these keys.
 */
function changedFindings({ compared }: FindingColumns): string {
  const replaced = compared.map(
    ([column, value]) => `('${column}', to_jsonb(v.${column}), v.${column} is distinct from ${value})`,
  );
  return `
       select v.id, s.plugin_id as known_plugin, v.external_system_id is null as linked,
              case when v.external_system_id is null then
                (select coalesce(jsonb_object_agg(o.name, o.old), '{}') from (values ${replaced.join(', ')}) o(name, old, differs) where o.differs)
              end as replaced,
              v.lifecycle_state as old_lifecycle_state, v.severity_rank as old_severity_rank,
              case when m.is_newer then s.report_digest else v.report_digest end as new_report_digest,
              ${compared.map(([column, value]) => `${value} as new_${column}`).join(', ')}
         from staging_findings s
        cross join lateral (select * from ingestion_vulnerabilities stored where stored.finding_key = s.finding_key offset 0) v
        ${joinedEvidence('$2')}
        where s.is_known and ($3::uuid[] is null or s.finding_key = any($3)) and (v.external_system_id is null
           or (${compared.map(([column]) => `v.${column}`).join(', ')})
              is distinct from (${compared.map(([, value]) => value).join(', ')}))`;
}

/** SQL of the journal of `changed`: state and severity, and of a row of the owner's that is now linked all that it held. */
const journalOfChanged = `journal as (
       insert into sync_changes (operation_id, external_system_id, entity_type, entity_id, field_name, before_value, after_value, direction, decided_by_kind, rule_code)
       select $1, $2, 'finding', c.id, f.name, f.before, f.after, 'inbound', ${ruleValues('scanner_reports')}
         from changed c
        cross join lateral (values ('lifecycle_state', to_jsonb(c.old_lifecycle_state), to_jsonb(c.new_lifecycle_state)),
                                   ('severity', to_jsonb(${severityWord('c.old_severity_rank')}), to_jsonb(${severityWord('c.new_severity_rank')}))) f(name, before, after)
        where not c.linked and f.before is distinct from f.after
     ), links as (
       -- Nothing is lost: what the owner's row held before it was linked is kept whole.
       insert into sync_changes (operation_id, external_system_id, entity_type, entity_id, before_value, direction, decided_by_kind, rule_code, reason_code)
       select $1, $2, 'finding', c.id, c.replaced, 'inbound', ${ruleValues('same_finding')}, ${reasonValue('linked')}
         from changed c where c.linked
     )`;

/** SQL of the CVEs of `changed` rows of the owner's that are now linked; those that are there stay. */
const cvesOfLinked = `cves as (
       insert into ingestion_vulnerability_cves (vulnerability_id, cve_id, batch_id)
       select c.id, cve.id, $1
         from changed c join scan_plugins p on p.plugin_id = c.known_plugin
        cross join lateral unnest(p.cves) cve(id)
        where c.linked and length(cve.id) <= 20
          and not exists (select from ingestion_vulnerability_cves k where k.vulnerability_id = c.id and k.cve_id = cve.id)
     )`;

/**
 * Joins the staged reports of known findings with what is stored, and writes what differs. Without plain index scans: of a table that
 * autovacuum saw empty the planner takes the whole index for one row, but knows how many pages the table has.
 * @returns how many differed.
 */
async function updateChanged(
  tx: Tx,
  source: FindingSource,
  columns: FindingColumns,
  keys: readonly string[] | null,
): Promise<number> {
  await tx.client.query('set local enable_indexscan = off');
  const assignments = columns.compared.map(([column]) => `${column} = c.new_${column}`);
  const { rows } = await tx.client.query<{ updated: number }>(
    `with changed as (${changedFindings(columns)}
     ), written as (
       update ingestion_vulnerabilities v
          set ${assignments.join(', ')},
              missing_since = case when c.new_lifecycle_state in ('missing', 'gone') then v.missing_since end, report_digest = c.new_report_digest, last_tenable_update = tieline_now(), updated_at = tieline_now(), batch_id = $1, sync_status = 'synced'
         from changed c where v.id = c.id
       returning 1
     ), ${journalOfChanged}, ${cvesOfLinked}
     select count(*)::int as updated from written`,
    [source.operationId, source.systemId, keys],
  );
  await tx.client.query('set local enable_indexscan to default');
  return rows[0]?.updated ?? 0;
}

async function listWaiting(tx: Tx, refused: readonly RefusedFinding[]): Promise<WaitingFinding[]> {
  const { rows } = await tx.client.query<WaitingFinding>(
    `
    select s.asset_uuid::text, s.plugin_id from staging_findings s
     where s.finding_key <> all ($1::uuid[])
       and not exists (select from ingestion_assets a where a.asset_uuid = s.asset_uuid offset 0)
       and not exists (select from ingestion_vulnerabilities v where v.finding_key = s.finding_key offset 0)`,
    [refused.map((each) => each.findingKey)],
  );
  return rows;
}

/** Findings that a source has shown to Tieline, by life-cycle state. */
export async function countFindingsByState(db: Kysely<Database>): Promise<Record<FindingLifecycle, number>> {
  const { rows } = await sql<{ state: FindingLifecycle; n: number }>`
    select lifecycle_state as state, count(*)::int as n
      from ingestion_vulnerabilities where finding_key is not null and external_system_id is not null
     group by lifecycle_state`.execute(db);
  const counts = { open: 0, reopened: 0, fixed: 0, missing: 0, gone: 0 };
  for (const row of rows) counts[row.state] = row.n;
  return counts;
}

/** Findings from before Tieline that no source has shown: duplicates, orphans, and what is long gone from the scanner. */
export async function countUnlinkedFindings(db: Kysely<Database>): Promise<number> {
  const { rows } = await sql<{ n: number }>`
    select count(*)::int as n from ingestion_vulnerabilities where external_system_id is null`.execute(db);
  return rows[0]?.n ?? 0;
}
