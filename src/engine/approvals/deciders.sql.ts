/** Who decides: the rules of every boundary, and of one. */
import { sql, type Kysely } from 'kysely';
import { inScope, type Scope } from '../../canonical/access/index.ts';
import type { RequestKind, RuledRequestKind, Severity } from '../../canonical/vocabulary/index.ts';
import { type Database, storableJson } from '../../platform/postgres/index.ts';
import type { Level } from './levels.ts';

export interface DeciderRule {
  readonly id: number;
  /** `ingestion_systems.system_id`; null: of every boundary that has none of its own. */
  readonly boundary: string | null;
  readonly boundaryName: string | null;
  readonly kind: RuledRequestKind;
  /** Null: of any severity that has none of its own. */
  readonly severity: Severity | null;
  /** Such a request is not taken at all; the note says why. */
  readonly isRefused: boolean;
  /** In turn; none: nobody is asked. */
  readonly levels: readonly Level[];
  readonly answerWithinDays: number | null;
  /** What is granted holds at most so many days from the request; null: it may be without an end. */
  readonly longestDays: number | null;
  readonly note: string | null;
  /** Null: it came with Tieline. */
  readonly setBy: string | null;
  readonly setAt: Date | null;
}

const columns = sql`
    r.id, r.system_id as boundary, (select own.name from ingestion_systems own where own.system_id = r.system_id order by own.id limit 1) as "boundaryName",
    r.subject_kind as kind, r.severity, r.is_refused as "isRefused", r.levels, r.answer_within_days as "answerWithinDays",
    r.longest_days as "longestDays", r.note,
    r.set_by as "setBy", r.set_at as "setAt"`;

/** Rules of the boundaries of the scope, and those of every boundary. */
export async function listDeciderRules(
  db: Kysely<Database>,
  scope: Scope,
  boundary?: string,
): Promise<DeciderRule[]> {
  const { rows } = await sql<DeciderRule>`
    select ${columns} from approval_rules r
     where (r.system_id is null or ${inScope(scope, sql`r.system_id`)})
       and (${boundary ?? null}::text is null or r.system_id is null or r.system_id = ${boundary ?? null})
     order by r.subject_kind, r.system_id nulls first, r.severity nulls first`.execute(db);
  return rows;
}

/**
 * The rule that holds for a request: that of its boundary and severity, else one that refuses its severity everywhere, else that of its boundary,
 * else those of every boundary. So a boundary that names its deciders for a kind does not thereby take what is taken nowhere.
 */
export async function findDeciderRule(
  db: Kysely<Database>,
  request: {
    readonly kind: RequestKind;
    readonly boundary: string | null;
    readonly severity: Severity;
  },
): Promise<DeciderRule | undefined> {
  const { kind, boundary, severity } = request;
  const { rows } = await sql<DeciderRule>`
    select ${columns} from approval_rules r
     where r.subject_kind = ${kind}
       and (r.system_id is null or r.system_id = ${boundary})
       and (r.severity is null or r.severity = ${severity})
     order by (r.system_id is not null and r.severity is not null) desc, (r.is_refused and r.severity is not null) desc,
              r.system_id nulls last, r.severity nulls last limit 1`.execute(db);
  return rows[0];
}

export interface RulePlace {
  readonly boundary: string | null;
  readonly kind: RuledRequestKind;
  readonly severity: Severity | null;
}

export async function findRuleAt(db: Kysely<Database>, place: RulePlace): Promise<DeciderRule | undefined> {
  const { rows } = await sql<DeciderRule>`
    select ${columns} from approval_rules r
     where r.subject_kind = ${place.kind} and r.system_id is not distinct from ${place.boundary}
       and r.severity is not distinct from ${place.severity}`.execute(db);
  return rows[0];
}

export async function saveDeciderRule(
  db: Kysely<Database>,
  rule: Omit<DeciderRule, 'id' | 'boundaryName'>,
): Promise<void> {
  await sql`
    insert into approval_rules (system_id, subject_kind, severity, is_refused, levels, answer_within_days, longest_days, note, set_by, set_at)
    values (${rule.boundary}, ${rule.kind}, ${rule.severity}, ${rule.isRefused}, ${storableJson(rule.levels)}::jsonb, ${rule.answerWithinDays},
            ${rule.longestDays}, ${rule.note}, ${rule.setBy}, ${rule.setAt}::timestamptz)
    on conflict (coalesce(system_id, ''), subject_kind, coalesce(severity, '')) do update
      set is_refused = excluded.is_refused, levels = excluded.levels, answer_within_days = excluded.answer_within_days,
          longest_days = excluded.longest_days, note = excluded.note,
          set_by = excluded.set_by, set_at = excluded.set_at`.execute(db);
}

export async function removeDeciderRule(db: Kysely<Database>, id: number): Promise<void> {
  await sql`delete from approval_rules where id = ${id}`.execute(db);
}
