/**
 * Controls as people look at and edit them: evidence that an assessment asks for, how far it is automated, how often it is due; and what Tieline
 * proposes of their status, which a person accepts or refuses. What is accepted is an edit like any other: the next sync sends it.
 */
import { type Actor, isWithin, type Scope } from '../../canonical/access/index.ts';
import { byPerson } from '../../canonical/vocabulary/index.ts';
import { recordChanges, withOperation } from '../../ledger/operations/index.ts';
import { findProposal, listProposals, type Proposal, settleProposal } from '../../modules/controls/index.ts';
import { TielineError } from '../../platform/errors/index.ts';
import type { Tx } from '../../platform/postgres/index.ts';
import type { Json, JsonObject } from '../../platform/values/index.ts';
import type { App } from '../../engine/run/index.ts';
import { findControlRef, listUnderControl, type UnderControl } from '../../record/boundaries/index.ts';
import {
  type EditOutcome,
  editWithin,
  type FieldView,
  listFieldViews,
  type RemoteRecord,
} from '../records/index.ts';

interface Named {
  readonly systemId: string;
  readonly controlId: string;
}

async function requireControl(app: Pick<App, 'db'>, scope: Scope, named: Named): Promise<string> {
  const ref = isWithin(scope, named.systemId) ? await findControlRef(app.db, named) : undefined;
  if (ref === undefined)
    throw new TielineError('RECORD_UNKNOWN', `There is no control ${named.controlId} of ${named.systemId}.`);
  return String(ref);
}

export interface ControlDetail extends Named {
  readonly version: string;
  readonly fields: readonly FieldView[];
  readonly remotes: readonly RemoteRecord[];
  /** POA&Ms and weaknesses under it, open ones first. */
  readonly under: readonly UnderControl[];
  /** What was ever proposed of its status, the newest first. */
  readonly proposals: readonly Proposal[];
}

/** @throws RECORD_UNKNOWN where it is not there or out of scope. */
export async function fetchControl(app: App, scope: Scope, named: Named): Promise<ControlDetail> {
  const ref = await requireControl(app, scope, named);
  const views = await listFieldViews(app, scope, { entity: 'control', id: ref });
  const proposals = await listProposals(app.db, scope, {
    waits: false,
    systemId: named.systemId,
    controlRef: ref,
    limit: 1000,
  });
  return {
    ...named,
    ...views,
    under: await listUnderControl(app.db, named),
    proposals,
  };
}

/** So many months after a day; the last day of a month where that has no such day. @param day YYYY-MM-DD. */
export function monthsAfter(day: string, months: number): string {
  const [year = 0, month = 1, date = 1] = day.split('-').map(Number);
  const last = new Date(Date.UTC(year, month - 1 + months + 1, 0)).getUTCDate();
  return new Date(Date.UTC(year, month - 1 + months, Math.min(date, last))).toISOString().slice(0, 10);
}

/** Who sets how often a control is assessed, and says no day, gets the day that follows from it. */
function withNextAssessment(changes: JsonObject, lastAssessed: Json | undefined, today: string): JsonObject {
  const months = changes['assessment_frequency_months'];
  if (typeof months !== 'number' || changes['next_assessment_date'] !== undefined) return changes;
  const from = typeof lastAssessed === 'string' ? lastAssessed.slice(0, 10) : today;
  return { ...changes, next_assessment_date: monthsAfter(from, months) };
}

export interface ControlEdit extends Named {
  readonly changes: JsonObject;
  readonly version?: string | undefined;
  readonly reason?: string | undefined;
}

/** @throws RECORD_UNKNOWN, RECORD_MOVED, EDIT_REFUSED with a fault for each field. */
export async function editControl(
  app: App,
  actor: Actor,
  scope: Scope,
  { systemId, controlId, changes, version, reason }: ControlEdit,
): Promise<EditOutcome> {
  const ref = await requireControl(app, scope, { systemId, controlId });
  const { fields } = await listFieldViews(app, scope, { entity: 'control', id: ref });
  const lastAssessed =
    changes['last_assessed'] ?? fields.find(({ field }) => field === 'last_assessed')?.here;
  const wanted = withNextAssessment(changes, lastAssessed, app.now().toISOString().slice(0, 10));
  return app.store.transaction((tx) =>
    editWithin(app, tx, {
      actor,
      scope,
      edit: { entity: 'control', id: ref, changes: wanted, version, reason },
    }),
  );
}

const refuse = (field: string, message: string): TielineError =>
  new TielineError('EDIT_REFUSED', 'Nothing was decided.', { fields: [{ field, message }] });

async function requireWaiting(tx: Tx, scope: Scope, id: number): Promise<Proposal> {
  const proposal = await findProposal(tx.db, scope, id);
  if (!proposal) throw new TielineError('RECORD_UNKNOWN', `There is no proposal ${id}.`);
  if (proposal.settlement !== null)
    throw refuse(
      'proposal',
      proposal.settlement === 'lapsed'
        ? 'lapsed: its reason is gone'
        : `was ${proposal.settlement} by ${proposal.settledBy ?? 'somebody'} already`,
    );
  return proposal;
}

export interface ProposalDecided {
  readonly proposal: Proposal;
  /** The edit of the control; null where it was refused. */
  readonly edit: EditOutcome | null;
}

/**
 * A person accepts what is proposed of a control's status, and the next sync sends it; or refuses it, with a reason, and is asked again only when
 * something graver opens or more is closed. @throws RECORD_UNKNOWN; EDIT_REFUSED, also where the GRC system alone decides the status.
 */
export async function decideProposal(
  app: App,
  actor: Actor,
  scope: Scope,
  decision: { readonly id: number; readonly accepted: boolean; readonly reason?: string | undefined },
): Promise<ProposalDecided> {
  const reason = decision.reason?.trim() ?? '';
  if (!decision.accepted && reason === '') throw refuse('reason', 'say why it is refused');
  return app.store.transaction(async (tx) => {
    const proposal = await requireWaiting(tx, scope, decision.id);
    const edit = decision.accepted
      ? await editWithin(app, tx, {
          actor,
          scope,
          edit: {
            entity: 'control',
            id: String(proposal.controlRef),
            changes: { implementation_status: proposal.proposed },
            reason: reason === '' ? `proposal ${proposal.id}` : reason,
          },
        })
      : null;
    if (edit === null) await recordRefusal(tx, actor, proposal, reason);
    await settleProposal(tx.db, proposal.id, {
      settlement: decision.accepted ? 'accepted' : 'refused',
      by: actor.name,
      at: app.now(),
      reason: reason === '' ? null : reason,
    });
    const settled = await findProposal(tx.db, scope, proposal.id);
    return { proposal: settled ?? proposal, edit };
  });
}

async function recordRefusal(tx: Tx, actor: Actor, proposal: Proposal, reason: string): Promise<void> {
  const about = { principalId: actor.principalId, by: actor.name };
  await withOperation(
    tx.db,
    { type: 'update', system: 'tieline', step: 'refuse status of control', metadata: about },
    async ({ id: operationId, count }) => {
      await recordChanges(tx.db, { systemId: null, operationId }, [
        {
          entity: 'control',
          entityId: String(proposal.controlRef),
          field: 'proposed_status',
          before: proposal.proposed,
          after: null,
          direction: 'internal',
          decidedBy: byPerson(actor.name),
          reason,
        },
      ]);
      await count({ read: 1, updated: 1 });
    },
  );
}
