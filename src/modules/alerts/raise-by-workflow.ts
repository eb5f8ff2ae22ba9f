/**
 * Alerts that a step of a workflow raises, one for each workflow and record: raised once, told anew when it becomes graver, and over when a person or the
 * workflow says so. They are listed, delivered, acknowledged and suppressed as all alerts are.
 */
import type { Kysely } from 'kysely';
import { byPerson, severities, type Severity } from '../../canonical/vocabulary/index.ts';
import { recordChanges, withDecision } from '../../ledger/operations/index.ts';
import type { Database, Store } from '../../platform/postgres/index.ts';
import type { Json, JsonObject } from '../../platform/values/index.ts';
import { alertKindSpecs } from './alert-kinds.ts';
import {
  type AlertToRaise,
  findRaised,
  insertAlerts,
  type RaisedRow,
  resolveAlerts,
  updateRaised,
} from './apply.sql.ts';
import { type Telling, tellChannels } from './delivery/tell-channels.ts';

interface Working {
  readonly store: Store;
  readonly now: () => Date;
}

export interface RaisedBy {
  readonly workflow: string;
  /** The owner of the workflow, for the journal. */
  readonly by: string;
  readonly reason: string;
  readonly record: {
    readonly kind: string;
    readonly id: string;
    readonly title: string;
    readonly boundary: string | null;
  };
}

export interface AlertSaid {
  readonly severity: Severity;
  readonly title: string;
  readonly detail: string | undefined;
}

const kind = 'workflow';
const subjectOf = ({ workflow, record }: RaisedBy): string => `${workflow} ${record.kind} ${record.id}`;
const rank = (severity: Severity): number => severities.indexOf(severity);

const entry = (
  { by, reason }: RaisedBy,
  alertId: string,
  [field, before, after]: readonly [string, Json, Json],
) => ({
  entity: 'alert',
  entityId: alertId,
  field,
  before,
  after,
  direction: 'internal' as const,
  decidedBy: byPerson(by),
  reason,
});

/** @returns `same`: it stands already and says the same. */
export async function raiseAlert(
  { store, now }: Working,
  raised: RaisedBy,
  { severity, title, detail }: AlertSaid,
): Promise<{ readonly is: 'raised' | 'changed' | 'same'; readonly alertId: string }> {
  const { remedy } = alertKindSpecs[kind];
  const said = { severity, title, description: detail === undefined ? remedy : `${detail}\n${remedy}` };
  return store.transaction(async ({ db }) => {
    const known = await findRaised(db, kind, subjectOf(raised));
    if (
      known?.severity === severity &&
      known.title === title.slice(0, 255) &&
      known.description === said.description
    )
      return { is: 'same', alertId: known.alertId };
    const step = known ? 'change an alert by a workflow' : 'raise an alert by a workflow';
    return withDecision(db, { system: 'tieline', step }, async (operationId) => {
      const writing = { db, operationId, at: now() };
      return known
        ? { is: 'changed' as const, alertId: await change(writing, raised, { known, said }) }
        : { is: 'raised' as const, alertId: await raise(writing, raised, said) };
    });
  });
}

type Said = Pick<AlertToRaise, 'severity' | 'title' | 'description'>;
interface Writing {
  readonly db: Kysely<Database>;
  readonly operationId: string;
  readonly at: Date;
}

const factsOf = ({ workflow, record }: RaisedBy, { title }: Said): JsonObject => ({
  title,
  workflow,
  about: record.title,
});
const tellingOf = ({ record }: RaisedBy, alertId: string, said: Said & Pick<Telling, 'event'>): Telling => ({
  ...said,
  alertId,
  kind,
  systemId: record.boundary,
  value: null,
  threshold: null,
});

async function raise({ db, operationId, at }: Writing, raised: RaisedBy, said: Said): Promise<string> {
  const { record } = raised;
  const row: AlertToRaise = {
    ...said,
    subject: subjectOf(raised),
    systemId: record.boundary,
    entityType: record.kind,
    entityId: record.id,
    value: null,
    threshold: null,
    ruleId: null,
    facts: factsOf(raised, said),
  };
  const [alert] = await insertAlerts(db, kind, [row], at);
  if (!alert) throw new Error('an alert that is not there is raised');
  const { alertId } = alert;
  const source = { systemId: null, operationId };
  await recordChanges(db, source, [entry(raised, alertId, ['status', null, 'active'])]);
  await tellChannels(db, [tellingOf(raised, alertId, { ...said, event: 'raised' })], at);
  return alertId;
}

/** One that became graver is told of again, and is active again where somebody had acknowledged it. */
async function change(
  { db, operationId, at }: Writing,
  raised: RaisedBy,
  { known, said }: { readonly known: RaisedRow; readonly said: Said },
): Promise<string> {
  const { alertId, state } = known;
  const isGraver = rank(said.severity) > rank(known.severity);
  await updateRaised(db, alertId, { ...said, facts: factsOf(raised, said), isGraver }, at);
  const changes: readonly (readonly [string, string, string])[] = [
    ['severity', known.severity, said.severity],
    ['title', known.title, said.title],
    ['status', state, isGraver && state === 'acknowledged' ? 'active' : state],
  ];
  await recordChanges(
    db,
    { systemId: null, operationId },
    changes.flatMap((each) => (each[1] === each[2] ? [] : [entry(raised, alertId, each)])),
  );
  if (isGraver && state !== 'suppressed')
    await tellChannels(db, [tellingOf(raised, alertId, { ...said, event: 'graver' })], at);
  return alertId;
}

/** Says that the alert of the workflow about the record is over. @returns its id; undefined: there is none that is not over. */
export async function endRaisedAlert({ store, now }: Working, raised: RaisedBy): Promise<string | undefined> {
  return store.transaction(async ({ db }) => {
    const known = await findRaised(db, kind, subjectOf(raised));
    if (!known) return undefined;
    const { alertId, severity, title, state } = known;
    const step = 'resolve an alert by a workflow';
    return withDecision(db, { system: 'tieline', step }, async (operationId) => {
      const at = now();
      await resolveAlerts(db, [{ alertId, note: raised.reason }], at, raised.by);
      const source = { systemId: null, operationId };
      await recordChanges(db, source, [entry(raised, alertId, ['status', state, 'resolved'])]);
      const over = { severity, title, description: raised.reason, event: 'resolved' as const };
      if (state !== 'suppressed') await tellChannels(db, [tellingOf(raised, alertId, over)], at);
      return alertId;
    });
  });
}
