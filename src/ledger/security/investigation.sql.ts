/** What an investigation of an event came to: the columns beside what was recorded. */
import { type Kysely, sql } from 'kysely';
import { type Database, storableText } from '../../platform/postgres/index.ts';
import type { SecurityEventDetail } from './event-list.sql.ts';

export interface InvestigationStep {
  /** What was found or done. */
  readonly notes: string;
  /** `harmless` and `resolved` end it; `open` takes it up, or up again. */
  readonly state: 'open' | 'resolved' | 'harmless';
}

export async function writeInvestigation(
  db: Kysely<Database>,
  { id, occurredAt }: Pick<SecurityEventDetail, 'id' | 'occurredAt'>,
  step: InvestigationStep & { readonly by: string; readonly at: Date },
): Promise<void> {
  await sql`
    update security_events_extended set investigated_by = left(${step.by}, 255), investigation_notes = ${storableText(step.notes)},
           false_positive = ${step.state === 'harmless'}, resolved_at = ${step.state === 'open' ? null : step.at}
     where event_id = ${id}::uuid and occurred_at >= ${occurredAt}::timestamptz and occurred_at < ${occurredAt}::timestamptz + interval '1 millisecond'`.execute(
    db,
  );
}
