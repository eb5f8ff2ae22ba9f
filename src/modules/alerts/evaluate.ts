/**
 * The evaluation: each kind of rule is asked what it finds, what follows is decided purely, and written together with its journal and the
 * deliveries that tell it. A kind that fails keeps its alerts as they are, and the others are evaluated all the same. Any number of processes
 * may evaluate: one of them at a time does.
 */
import type { Kysely } from 'kysely';
import { everywhere } from '../../canonical/access/index.ts';
import type { WatchedMachine } from '../../engine/run/index.ts';
import {
  type AlertKind,
  byRule,
  detectionKinds,
  type Reason,
  reasonOf,
  reasonSentence,
  type RuledAlertKind,
  ruledAlertKinds,
} from '../../canonical/vocabulary/index.ts';
import { type JournalEntry, recordChanges, withDecision } from '../../ledger/operations/index.ts';
import { recordSecurityEvent } from '../../ledger/security/index.ts';
import { messageOf } from '../../platform/errors/index.ts';
import type { Database, Store } from '../../platform/postgres/index.ts';
import { alertKindSpecs } from './alert-kinds.ts';
import {
  insertAlerts,
  listOpenAlerts,
  listSilent,
  resolveAlerts,
  updateAlerts,
  type Written,
} from './apply.sql.ts';
import { type Candidate, listCandidates, machineKinds } from './conditions.sql.ts';
import {
  type ChangedAlert,
  decide,
  type Decided,
  loosestOf,
  type OpenAlert,
  type Passing,
} from './decide.ts';
import { type Telling, tellChannels } from './delivery/tell-channels.ts';
import { listCertificates, listDisks } from './machine-facts.ts';
import { type AlertRule, listAlertRules } from './rules.sql.ts';

export interface Evaluating {
  readonly db: Kysely<Database>;
  readonly store: Store;
  readonly now: () => Date;
  readonly log: { warn(facts: object, message: string): void };
  /** What this process watches on its machine; undefined: nothing. */
  readonly machine?: WatchedMachine;
}

export interface Evaluated {
  readonly raised: number;
  readonly changed: number;
  readonly resolved: number;
  /** Kinds that could not be evaluated; their alerts stayed as they were. */
  readonly failed: readonly { readonly kind: AlertKind; readonly message: string }[];
  /** Messages that were written for channels. */
  readonly deliveries: number;
}

/** One for each: a heavy evaluation after a sync does not give way to the light one of the minute. */
const lockOf = (heavy: boolean) => ({ numbers: [0x7469656c, heavy ? 0x616c6572 : 0x616c6573] });

/**
 * Evaluates rules. @param options.heavy whether also those that read much of the record.
 * @returns undefined where another process is at it: what this one would find, that one finds.
 */
export async function evaluateAlerts(
  context: Evaluating,
  { heavy, kinds = ruledAlertKinds }: { readonly heavy: boolean; readonly kinds?: readonly RuledAlertKind[] },
): Promise<Evaluated | undefined> {
  const held = await context.store.takeLock(lockOf(heavy));
  if (!held) return undefined;
  try {
    const wanted = kinds.filter((kind) => heavy || !alertKindSpecs[kind].isHeavy);
    const rules = Map.groupBy(await listAlertRules(context.db, everywhere), ({ kind }) => kind);
    const open = Map.groupBy(await listOpenAlerts(context.db, wanted), ({ kind }) => kind);
    let sum: Evaluated = { raised: 0, changed: 0, resolved: 0, failed: [], deliveries: 0 };
    for (const kind of wanted)
      sum = added(
        sum,
        await evaluateKind(context, kind, { rules: rules.get(kind) ?? [], open: open.get(kind) ?? [] }),
      );
    return added(sum, await resolveSilent(context));
  } finally {
    await held.release();
  }
}

const added = (one: Evaluated, other: Evaluated): Evaluated => ({
  raised: one.raised + other.raised,
  changed: one.changed + other.changed,
  resolved: one.resolved + other.resolved,
  failed: [...one.failed, ...other.failed],
  deliveries: one.deliveries + other.deliveries,
});

async function evaluateKind(
  context: Evaluating,
  kind: RuledAlertKind,
  known: { readonly rules: readonly AlertRule[]; readonly open: readonly OpenAlert[] },
): Promise<Evaluated> {
  const { rules } = known;
  const nothing = { raised: 0, changed: 0, resolved: 0, failed: [], deliveries: 0 };
  try {
    const now = context.now();
    const loosest = loosestOf(rules);
    const candidates = loosest === undefined ? [] : await findCandidates(context, kind, { now, loosest });
    // A process answers only for what it looked at; what no process looks at any more is over after a day (`resolveSilent`).
    const looked =
      loosest !== undefined && isMachineKind(kind)
        ? new Set(candidates.map(({ subject }) => subject))
        : undefined;
    const open = known.open.filter(({ subject }) => looked === undefined || looked.has(subject));
    const decided = decide(kind, { rules, candidates }, open, now);
    if (decided.raised.length + decided.changed.length + decided.resolved.length === 0) return nothing;
    return await apply(context, kind, decided, now);
  } catch (error) {
    context.log.warn({ err: error, kind }, `alerts of ${kind} were not evaluated: ${messageOf(error)}`);
    return { ...nothing, failed: [{ kind, message: messageOf(error) }] };
  }
}

const isMachineKind = (kind: RuledAlertKind): kind is (typeof machineKinds)[number] =>
  (machineKinds as readonly RuledAlertKind[]).includes(kind);

async function findCandidates(
  { db, machine }: Evaluating,
  kind: RuledAlertKind,
  looking: { readonly now: Date; readonly loosest: number },
): Promise<readonly Candidate[]> {
  if (kind === 'disk_filling') return listDisks({ db, machine, now: looking.now });
  if (kind === 'certificate_ending') return listCertificates({ db, machine, now: looking.now });
  return listCandidates(db, kind, looking);
}

const written = <T extends Passing>(kind: AlertKind, found: T): Written<T> => {
  const { say, remedy } = alertKindSpecs[kind];
  const detail = found.facts['detail'];
  return {
    ...found,
    title: say(found.facts, found.value),
    description: typeof detail === 'string' && detail !== '' ? `${detail}\n${remedy}` : remedy,
  };
};

const entry = (
  alertId: string,
  field: string,
  change: { readonly before: string | null; readonly after: string; readonly reason: Reason },
): JournalEntry => ({
  entity: 'alert',
  entityId: alertId,
  field,
  before: change.before,
  after: change.after,
  direction: 'internal',
  decidedBy: byRule('alert_rule'),
  reason: change.reason,
});

const passed = (
  code: 'alert_passed' | 'alert_graver' | 'alert_milder',
  { value, threshold }: Passing,
): Reason => reasonOf(code, { value: Number(value.toFixed(2)), threshold });

/** Only what people would want in a history: a value that moves within its severity is in the row alone. */
function journalOf(change: ChangedAlert): JournalEntry[] {
  const { alertId, severity, severityBefore, state, stateBefore } = change;
  const isGraver = change.tells === 'graver' || (change.tells === 'returned' && severity !== severityBefore);
  return [
    ...(severity === severityBefore
      ? []
      : [
          entry(alertId, 'severity', {
            before: severityBefore,
            after: severity,
            reason: passed(isGraver ? 'alert_graver' : 'alert_milder', change),
          }),
        ]),
    ...(state === stateBefore
      ? []
      : [
          entry(alertId, 'status', {
            before: stateBefore,
            after: state,
            reason:
              stateBefore === 'suppressed' ? reasonOf('alert_time_over') : passed('alert_graver', change),
          }),
        ]),
  ];
}

async function apply(context: Evaluating, kind: AlertKind, decided: Decided, now: Date): Promise<Evaluated> {
  const isNoted =
    decided.raised.length + decided.resolved.length > 0 ||
    decided.changed.some((change) => journalOf(change).length > 0);
  return context.store.transaction(async ({ db }) => {
    const changes = decided.changed.map((each) => written(kind, each));
    if (!isNoted) {
      const ids = await updateAlerts(db, changes, now);
      return { raised: 0, changed: ids.size, resolved: 0, failed: [], deliveries: 0 };
    }
    return withDecision(db, { system: 'tieline', step: 'evaluate alerts' }, async (operationId) => {
      const raising = decided.raised.map((each) => written(kind, each));
      const raised = await insertAlerts(db, kind, raising, now);
      const changed = await updateAlerts(db, changes, now);
      const over = decided.resolved.map(({ alert, reason }) => ({
        alert,
        reason,
        note: reasonSentence(reason.code, reason.params),
      }));
      const resolved = await resolveAlerts(
        db,
        over.map(({ alert, note }) => ({ alertId: alert.alertId, note })),
        now,
      );
      const bySubject = new Map(raising.map((each) => [each.subject, each]));
      const told = raised.flatMap(({ alertId, subject }) => {
        const alert = bySubject.get(subject);
        return alert ? [{ alertId, alert }] : [];
      });
      await recordDetections(db, kind, told, now);
      await recordChanges(db, { systemId: null, operationId }, [
        ...told.map(({ alertId, alert }) =>
          entry(alertId, 'status', { before: null, after: 'active', reason: passed('alert_passed', alert) }),
        ),
        ...changes.filter(({ alertId }) => changed.has(alertId)).flatMap(journalOf),
        ...over
          .filter(({ alert }) => resolved.has(alert.alertId))
          .map(({ alert, reason }) =>
            entry(alert.alertId, 'status', { before: alert.state, after: 'resolved', reason }),
          ),
      ]);
      const endings = over.filter(({ alert }) => resolved.has(alert.alertId) && alert.state !== 'suppressed');
      const tellings: Telling[] = [
        ...told.map(({ alertId, alert }) => tellingOf(kind, { ...alert, alertId }, 'raised')),
        ...changes
          .filter(({ alertId }) => changed.has(alertId))
          .flatMap((change) => (change.tells === null ? [] : [tellingOf(kind, change, change.tells)])),
        ...endings.map(({ alert, note }) => resolvedTelling(alert, note)),
      ];
      const deliveries = await tellChannels(db, tellings, now);
      const sums = { raised: raised.length, changed: changed.size, resolved: resolved.size };
      return { ...sums, failed: [], deliveries };
    });
  });
}

/** What a detection raised is an event of the log itself, which an investigation is about. */
async function recordDetections(
  db: Kysely<Database>,
  kind: AlertKind,
  raised: readonly { readonly alertId: string; readonly alert: Written<Passing> }[],
  now: Date,
): Promise<void> {
  if (!detectionKinds.includes(kind)) return;
  for (const { alertId, alert } of raised) {
    const { last, who, event, address } = alert.facts;
    const at = typeof last === 'string' ? new Date(last) : now;
    await recordSecurityEvent(db, {
      kind: 'detection',
      severity: alert.severity,
      at,
      detectedAt: now,
      origin: {
        way: 'none',
        ...(typeof who === 'string' ? { actor: { principalId: who, name: who, kind: 'local' } } : {}),
        ...(typeof address === 'string' ? { address } : {}),
      },
      object: { type: 'alert', id: alertId, boundary: alert.systemId ?? undefined },
      details: {
        rule: kind,
        what: alert.title,
        value: alert.value,
        threshold: alert.threshold,
        event: event ?? null,
      },
      correlationId: alertId,
    });
  }
}

const tellingOf = (
  kind: AlertKind,
  alert: Written<Passing> & { readonly alertId: string },
  event: Telling['event'],
): Telling => ({
  alertId: alert.alertId,
  event,
  kind,
  severity: alert.severity,
  systemId: alert.systemId,
  title: alert.title,
  description: alert.description,
  value: alert.value,
  threshold: alert.threshold,
});

const resolvedTelling = (alert: OpenAlert, note: string): Telling => ({
  alertId: alert.alertId,
  event: 'resolved',
  kind: alert.kind,
  severity: alert.severity,
  systemId: alert.systemId,
  title: alert.title,
  description: note,
  value: alert.value,
  threshold: alert.threshold,
});

const silentAfterMs = 86_400_000;

/** What another machine raised and no longer reports would stay for ever: it is over after a day, with that reason. */
async function resolveSilent(context: Evaluating): Promise<Evaluated> {
  const now = context.now();
  const nothing = { raised: 0, changed: 0, resolved: 0, failed: [], deliveries: 0 };
  const silent = await listSilent(context.db, machineKinds, new Date(now.getTime() - silentAfterMs));
  if (silent.length === 0) return nothing;
  const reason = reasonOf('alert_machine_silent');
  return context.store.transaction(async ({ db }) =>
    withDecision(db, { system: 'tieline', step: 'evaluate alerts' }, async (operationId) => {
      const note = reasonSentence(reason.code);
      const ids = await resolveAlerts(
        db,
        silent.map(({ alertId }) => ({ alertId, note })),
        now,
      );
      await recordChanges(
        db,
        { systemId: null, operationId },
        silent
          .filter(({ alertId }) => ids.has(alertId))
          .map(({ alertId, state }) =>
            entry(alertId, 'status', { before: state, after: 'resolved', reason }),
          ),
      );
      return { ...nothing, resolved: ids.size };
    }),
  );
}
