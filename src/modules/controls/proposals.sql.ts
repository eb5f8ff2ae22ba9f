/** Proposals of a control's status as rows. */
import { type Kysely, sql } from 'kysely';
import { inScope, type Scope } from '../../canonical/access/index.ts';
import { type Database, storableJson } from '../../platform/postgres/index.ts';
import type { ProposalCode } from './control-status.ts';
import type { ScanReference } from './standings.sql.ts';

/** What a proposal goes by. */
export interface ProposalFacts {
  readonly open: readonly string[];
  readonly closed: readonly string[];
  readonly scans: readonly ScanReference[];
}

export interface Proposal {
  readonly id: number;
  readonly controlRef: number;
  readonly controlId: string;
  readonly controlTitle: string | null;
  readonly systemId: string;
  readonly present: string | null;
  readonly proposed: string;
  readonly code: ProposalCode;
  readonly worst: number | null;
  readonly facts: ProposalFacts;
  readonly openedAt: Date;
  readonly settledAt: Date | null;
  readonly settledBy: string | null;
  readonly settlement: 'accepted' | 'refused' | 'lapsed' | null;
  readonly reason: string | null;
}

const columns = sql`
  r.id, r.control_ref as "controlRef", c.control_id as "controlId", c.control_title as "controlTitle", c.system_id as "systemId", r.present,
  r.proposed, r.code, r.worst, r.facts, r.opened_at as "openedAt", r.settled_at as "settledAt", r.settled_by as "settledBy", r.settlement, r.reason`;

/** @param of.waits those that a person is asked; else every one that there ever was, the newest first. */
export async function listProposals(
  db: Kysely<Database>,
  scope: Scope,
  of: {
    readonly waits: boolean;
    readonly systemId?: string | undefined;
    /** Of one control, by its row. */
    readonly controlRef?: string | undefined;
    readonly limit: number;
  },
): Promise<Proposal[]> {
  const { rows } = await sql<Proposal>`
    select ${columns} from control_status_proposals r join ingestion_controls c on c.id = r.control_ref
     where ${inScope(scope, sql`c.system_id`)} and (not ${of.waits} or r.settled_at is null)
       and (${of.systemId ?? null}::text is null or c.system_id = ${of.systemId ?? null})
       and (${of.controlRef ?? null}::bigint is null or r.control_ref = ${of.controlRef ?? null}::bigint)
     order by r.id desc limit ${of.limit}`.execute(db);
  return rows;
}

/** Locked for the transaction. @returns undefined where it is not there or out of scope. */
export async function findProposal(
  db: Kysely<Database>,
  scope: Scope,
  id: number,
): Promise<Proposal | undefined> {
  const { rows } = await sql<Proposal>`
    select ${columns} from control_status_proposals r join ingestion_controls c on c.id = r.control_ref
     where r.id = ${id} and ${inScope(scope, sql`c.system_id`)} for update of r`.execute(db);
  return rows[0];
}

/** The last refusal of each of these controls, by the control's row. */
export async function listRefused(
  db: Kysely<Database>,
  refs: readonly number[],
): Promise<ReadonlyMap<number, Pick<Proposal, 'controlRef' | 'present' | 'proposed' | 'worst' | 'facts'>>> {
  const { rows } = await sql<Pick<Proposal, 'controlRef' | 'present' | 'proposed' | 'worst' | 'facts'>>`
    select distinct on (control_ref) control_ref as "controlRef", present, proposed, worst, facts
      from control_status_proposals where control_ref = any(${[...refs]}::int[]) and settlement = 'refused'
     order by control_ref, id desc`.execute(db);
  return new Map(rows.map((row) => [row.controlRef, row]));
}

export interface NewProposal {
  readonly controlRef: number;
  readonly present: string | null;
  readonly proposed: string;
  readonly code: ProposalCode;
  readonly worst: number | null;
  readonly facts: ProposalFacts;
}

/** Opens these, or brings the one of the control that waits up to date. @returns how many are new. */
export async function saveProposals(
  db: Kysely<Database>,
  proposals: readonly NewProposal[],
  by: { readonly at: Date; readonly operationId: string },
): Promise<number> {
  if (proposals.length === 0) return 0;
  const { rows } = await sql<{ isNew: boolean }>`
    insert into control_status_proposals as known (control_ref, present, proposed, code, worst, facts, opened_at, operation_id)
    select (g ->> 'controlRef')::int, g ->> 'present', g ->> 'proposed', g ->> 'code', (g ->> 'worst')::smallint, g -> 'facts',
           ${by.at}::timestamptz, ${by.operationId}::uuid
      from jsonb_array_elements(${storableJson(proposals)}::jsonb) g
    on conflict (control_ref) where settled_at is null do update
       set present = excluded.present, proposed = excluded.proposed, code = excluded.code, worst = excluded.worst, facts = excluded.facts
     where (known.present, known.proposed, known.worst, known.facts)
           is distinct from (excluded.present, excluded.proposed, excluded.worst, excluded.facts)
    returning xmax = 0 as "isNew"`.execute(db);
  return rows.filter(({ isNew }) => isNew).length;
}

/** Those that wait of controls other than these lapse: their reason is gone. @returns how many. */
export async function lapseProposals(
  db: Kysely<Database>,
  looked: readonly number[],
  kept: readonly number[],
  at: Date,
): Promise<number> {
  const { numAffectedRows } = await sql`
    update control_status_proposals set settled_at = ${at}::timestamptz, settlement = 'lapsed'
     where settled_at is null and control_ref = any(${[...looked]}::int[]) and not control_ref = any(${[...kept]}::int[])`.execute(
    db,
  );
  return Number(numAffectedRows ?? 0);
}

export async function settleProposal(
  db: Kysely<Database>,
  id: number,
  settled: {
    readonly settlement: 'accepted' | 'refused';
    readonly by: string;
    readonly at: Date;
    readonly reason: string | null;
  },
): Promise<void> {
  await sql`
    update control_status_proposals
       set settled_at = ${settled.at}::timestamptz, settled_by = ${settled.by}, settlement = ${settled.settlement}, reason = ${settled.reason}
     where id = ${id}`.execute(db);
}
