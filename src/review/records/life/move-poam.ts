/**
 * A person moves a POA&M on: completes it, opens it again, asks for an extension. What it lacks is refused by field and with the remedy, before
 * any remote is asked; what others must agree to becomes a request, which their decision carries out.
 */
import { type Actor, isWithin, nowhere, type Scope, scopeFor } from '../../../canonical/access/index.ts';
import { poamStandingOf } from '../../../canonical/vocabulary/index.ts';
import { requestApproval, type MadeRequest } from '../../../engine/approvals/index.ts';
import type { App } from '../../../engine/run/index.ts';
import { withDecision } from '../../../ledger/operations/index.ts';
import {
  afterEvent,
  completeByPerson,
  evidenceNote,
  extendByPerson,
  lacksFor,
  type PoamEvent,
  type PoamState,
  reopenByPerson,
  statusOf,
} from '../../../modules/poams/index.ts';
import { type FieldFault, TielineError } from '../../../platform/errors/index.ts';
import type { Tx } from '../../../platform/postgres/index.ts';
import { scalarText } from '../../../platform/values/index.ts';
import { lockRows } from '../../../record/entities/index.ts';
import { RecordMovedError } from '../edit-record.ts';
import { whyNotNow } from '../field-views.ts';
import { contentsOf, gatherLife, type PoamAtHand } from './gather-life.ts';
import { isVerified } from './is-verified.ts';

interface Move {
  readonly poamId: string;
  readonly reason: string | undefined;
  /** Of the POA&M that the person saw; undefined: whatever it is. */
  readonly version?: string | undefined;
}

export interface MoveOutcome {
  readonly poamId: string;
  /** `asked`: others are to agree first. */
  readonly outcome: 'done' | 'asked';
  readonly status: string;
  readonly operationId: string | null;
  readonly approvalId: string | null;
}

const refused = (faults: readonly FieldFault[]): TielineError =>
  new TielineError('EDIT_REFUSED', 'Nothing was changed.', { fields: [...faults] });

/** The POA&M at hand, locked. @throws RECORD_UNKNOWN, RECORD_MOVED. */
async function take(app: App, tx: Tx, scope: Scope, move: Move): Promise<PoamAtHand> {
  await lockRows(tx.db, 'poam', [move.poamId]);
  const poam = await gatherLife(app, tx.db, scope, move.poamId);
  if (move.version !== undefined && move.version !== poam.record.version)
    throw new RecordMovedError(poam.record);
  return poam;
}

/** The state that an event leads to. @throws EDIT_REFUSED where it cannot happen, or its fields are not ours to change. */
function stateAfterEvent(poam: PoamAtHand, event: PoamEvent, fields: readonly string[]): PoamState {
  const to = poam.state === undefined ? undefined : afterEvent(poam.state, event);
  if (to === undefined) {
    const status = scalarText(poam.record.row['status'] ?? 'empty');
    const message =
      poam.state === undefined
        ? `is ${status}, which is none of the states: set it to Open or In Progress first (tieline poams edit ${poam.record.entityId} --set status=Open)`
        : `is ${status}: from there it cannot become so`;
    throw refused([{ field: 'status', message }]);
  }
  const owned = fields.flatMap((field): FieldFault[] => {
    const whyNot = whyNotNow(poam.record, field);
    return whyNot === undefined ? [] : [{ field, message: whyNot }];
  });
  if (owned.length > 0) throw refused(owned);
  return to;
}

const severityOf = ({ record }: PoamAtHand): string | null => {
  const rating = record.row['weakness_risk_level'] ?? record.row['risk_rating'];
  return typeof rating === 'string' ? rating : null;
};

/** What became of a request. @param free what is done where nobody is asked. */
async function asRequested(
  made: MadeRequest,
  poam: PoamAtHand,
  free: () => Promise<MoveOutcome>,
): Promise<MoveOutcome> {
  switch (made.kind) {
    case 'free':
      return free();
    case 'refused':
      throw refused([{ field: 'status', message: made.why }]);
    case 'asked':
    case 'pending':
      return {
        poamId: poam.record.entityId,
        outcome: 'asked',
        status: scalarText(poam.record.row['status'] ?? ''),
        operationId: null,
        approvalId: made.approvalId,
      };
  }
}

/** The note of the evidence, where each finding under it is fixed with evidence. */
export const provenNote = (poam: PoamAtHand, by: string): string | undefined =>
  isVerified(poam) ? evidenceNote(poam.evidence, poam.today, by) : undefined;

/**
 * Completes a POA&M by the word of a person. With evidence for every finding, whoever may approve POA&Ms does it at once; without, others
 * agree first (the rules of who decides).
 * @throws RECORD_UNKNOWN, RECORD_MOVED; EDIT_REFUSED with what it lacks.
 */
export function completePoam(
  app: App,
  actor: Actor,
  scope: Scope,
  move: Move & { readonly on?: string | undefined },
): Promise<MoveOutcome> {
  return app.store.transaction(async (tx) => {
    const poam = await take(app, tx, scope, move);
    const on = move.on ?? poam.today;
    stateAfterEvent(poam, 'completed', ['status', 'actual_completion']);
    const lacks = lacksFor('completed', contentsOf(poam, { actual_completion: on }, move.reason));
    if (lacks.length > 0) throw refused(lacks);
    const now = app.now();
    const reason = move.reason ?? '';
    const evidence = provenNote(poam, actor.name);
    const done = (): Promise<MoveOutcome> =>
      withDecision(tx.db, { system: 'tieline', step: 'complete POA&M' }, async (operationId) => {
        const source = { systemId: null, operationId };
        await completeByPerson(tx, source, {
          poamId: move.poamId,
          by: actor.name,
          reason,
          now,
          on,
          evidence,
        });
        return outcomeOf(move.poamId, statusOf.completed, operationId);
      });
    const approves = scopeFor(actor, 'poam:approve', now) ?? nowhere;
    if (evidence !== undefined && isWithin(approves, poam.record.boundary)) return done();
    const made = await requestApproval(tx.db, {
      subject: { kind: 'completion', id: move.poamId },
      boundary: poam.record.boundary,
      severity: severityOf(poam),
      action: `complete ${move.poamId}`,
      rationale: reason,
      lines: [
        { field: 'status', before: scalarText(poam.record.row['status'] ?? ''), after: statusOf.completed },
        { field: 'actual_completion', after: on },
      ],
      by: actor,
      now,
    });
    return asRequested(made, poam, done);
  });
}

const outcomeOf = (poamId: string, status: string, operationId: string): MoveOutcome => ({
  poamId,
  outcome: 'done',
  status,
  operationId,
  approvalId: null,
});

/** Opens a POA&M again. @throws RECORD_UNKNOWN, RECORD_MOVED; EDIT_REFUSED with what it lacks. */
export function reopenPoam(app: App, actor: Actor, scope: Scope, move: Move): Promise<MoveOutcome> {
  return app.store.transaction(async (tx) => {
    const poam = await take(app, tx, scope, move);
    const to = stateAfterEvent(poam, 'reopened', ['status', 'actual_completion']);
    const reason = move.reason?.trim() ?? '';
    const lacks = lacksFor(to, contentsOf(poam, {}, reason));
    if (reason === '') lacks.push({ field: 'reason', message: 'say why: --reason "…"' });
    if (lacks.length > 0) throw refused(lacks);
    return withDecision(tx.db, { system: 'tieline', step: 'reopen POA&M' }, async (operationId) => {
      const by = { poamId: move.poamId, by: actor.name, reason, now: app.now() };
      await reopenByPerson(tx, { systemId: null, operationId }, by);
      return outcomeOf(move.poamId, statusOf[to], operationId);
    });
  });
}

/** How an extension reaches the remote: by the date itself, or, once that has approved the POA&M, by a milestone beyond it. */
export function asksByMilestone(
  app: Pick<App, 'modules'>,
  types: readonly string[],
  poam: PoamAtHand,
): boolean {
  return types.some((type) => app.modules.get(type)?.declaration.hasApproved?.(poam.raw) ?? false);
}

/**
 * Asks for an extension of a POA&M to another day; the rules of who decides say who agrees, and their decision carries it out.
 * @throws RECORD_UNKNOWN, RECORD_MOVED; EDIT_REFUSED with what is wrong.
 */
export function extendPoam(
  app: App,
  actor: Actor,
  scope: Scope,
  move: Move & { readonly to: string },
): Promise<MoveOutcome> {
  return app.store.transaction(async (tx) => {
    const poam = await take(app, tx, scope, move);
    const scheduled = poam.record.row['scheduled_completion'];
    const from = typeof scheduled === 'string' ? scheduled.slice(0, 10) : null;
    const reason = move.reason?.trim() ?? '';
    const byMilestone = asksByMilestone(
      app,
      poam.record.sides.map(({ rules }) => rules.systemType),
      poam,
    );
    const faults = extensionFaults(poam, { from, to: move.to, reason, byMilestone });
    if (faults.length > 0) throw refused(faults);
    const now = app.now();
    const made = await requestApproval(tx.db, {
      subject: { kind: 'extension', id: move.poamId },
      boundary: poam.record.boundary,
      severity: severityOf(poam),
      action: `extend ${move.poamId} to ${move.to}`,
      rationale: reason,
      lines: [
        {
          field: byMilestone ? 'milestone' : 'scheduled_completion',
          ...(from === null ? {} : { before: from }),
          after: move.to,
        },
      ],
      by: actor,
      now,
    });
    return asRequested(made, poam, () =>
      withDecision(tx.db, { system: 'tieline', step: 'extend POA&M' }, async (operationId) => {
        const by = { poamId: move.poamId, by: actor.name, reason, now, from, to: move.to, byMilestone };
        await extendByPerson(tx, { systemId: null, operationId }, by);
        return outcomeOf(move.poamId, scalarText(poam.record.row['status'] ?? ''), operationId);
      }),
    );
  });
}

function extensionFaults(
  poam: PoamAtHand,
  asked: {
    readonly from: string | null;
    readonly to: string;
    readonly reason: string;
    readonly byMilestone: boolean;
  },
): FieldFault[] {
  const { from, to, reason, byMilestone } = asked;
  const status = poam.record.row['status'];
  const isLive = poamStandingOf(typeof status === 'string' ? status : null) === 'live';
  const whyNot = byMilestone ? undefined : whyNotNow(poam.record, 'scheduled_completion');
  return [
    ...(isLive
      ? []
      : [{ field: 'status', message: 'only a POA&M that is worked on is extended: reopen it first' }]),
    ...(poam.state === 'draft'
      ? [{ field: 'status', message: 'a draft promises nothing yet: its day is edited (tieline poams edit)' }]
      : []),
    ...(from !== null && to <= from
      ? [
          {
            field: 'to',
            message: `is not after its present day, ${from}: a date is moved nearer by poams edit`,
          },
        ]
      : []),
    ...(to < poam.today ? [{ field: 'to', message: `is in the past: today is ${poam.today}` }] : []),
    ...(reason === '' ? [{ field: 'reason', message: 'say why: --reason "…"' }] : []),
    ...(whyNot === undefined ? [] : [{ field: 'scheduled_completion', message: whyNot }]),
  ];
}
