/**
 * Asks for a deviation: what is asked is checked by the rules of its kind, recorded with its evidence, and put before those who decide. Until
 * they have, it changes nothing. A kind for which the rules ask nobody holds at once.
 */
import type { Kysely } from 'kysely';
import type { Actor, Role, Scope } from '../../canonical/access/index.ts';
import { byPerson, type DeviationKind, requestTitles } from '../../canonical/vocabulary/index.ts';
import { requestApproval, rulesOf } from '../../engine/approvals/index.ts';
import type { App } from '../../engine/run/index.ts';
import { recordChanges, withDecision } from '../../ledger/operations/index.ts';
import { type FieldFault, TielineError } from '../../platform/errors/index.ts';
import type { Database, Tx } from '../../platform/postgres/index.ts';
import { findAssets } from '../../record/assets/index.ts';
import { lockRows } from '../../record/entities/index.ts';
import { grantDeviation } from './grant-deviation.ts';
import { actionOf, linesOf } from './describe.ts';
import {
  insertCheckIn,
  insertDeviation,
  insertEvidence,
  lockLivingDeviations,
  type NewDeviation,
  noteApproval,
} from './deviations.sql.ts';
import { showDecided } from './elsewhere/show-slots.ts';
import { unusableFiles } from './evidence.sql.ts';
import { type DeviationRequest, deviationRequest, faultsOf } from './requirements.ts';
import { type DeviatedPoam, findDeviatedPoam, listScopedAssets, type CountedAsset } from './scope.sql.ts';

type Asking = Pick<App, 'db' | 'store' | 'now'>;

export interface DeviationAsked {
  readonly id: number;
  readonly operationId: string;
  /** `approved` where the rules ask nobody. */
  readonly state: 'requested' | 'approved';
  /** What waits for those who decide; null where nobody is asked. */
  readonly approvalId: string | null;
  /** Roles whose turn it is. */
  readonly turn: readonly Role[];
  readonly action: string;
}

const incomplete = (fields: readonly FieldFault[]): TielineError =>
  new TielineError('DEVIATION_INCOMPLETE', 'The deviation was not asked for.', { fields });

/** @throws TielineError DEVIATION_INCOMPLETE naming each field that is missing or does not fit. */
export function readRequest(asked: unknown): DeviationRequest {
  const parsed = deviationRequest.safeParse(asked);
  if (parsed.success) return parsed.data;
  throw incomplete(parsed.error.issues.map(({ path, message }) => ({ field: path.join('.'), message })));
}

/**
 * @param scope where the actor may ask.
 * @throws TielineError RECORD_UNKNOWN if there is no such POA&M there; DEVIATION_INCOMPLETE.
 */
export async function requestDeviation(
  app: Asking,
  actor: Pick<Actor, 'name' | 'principalId'>,
  scope: Scope,
  asked: DeviationRequest,
): Promise<DeviationAsked> {
  const now = app.now();
  return app.store.transaction(async (tx) => {
    // Two who ask about one POA&M at the same moment take turns: the second sees what the first asked for.
    await lockRows(tx.db, 'poam', [asked.poam]);
    const poam = await findDeviatedPoam(tx.db, scope, asked.poam);
    if (!poam) throw new TielineError('RECORD_UNKNOWN', `There is no POA&M ${asked.poam}.`);
    const assets = await chosenAssets(tx.db, asked);
    const today = now.toISOString().slice(0, 10);
    await refuseFaults(tx.db, { asked, poam, assets, today, sender: { actor, scope } });
    const step = `ask for ${requestTitles[asked.kind]}`;
    return withDecision(tx.db, { system: 'tieline', step }, async (operationId) => {
      const row = rowOf(asked, { poam, assets, actor, now });
      const id = await insertDeviation(tx.db, row);
      await insertEvidence(tx.db, id, asked.evidence, { by: actor.name, at: now });
      await noteFirstCheckIn(tx.db, id, asked, { by: actor.name, at: now });
      await recordChanges(tx.db, { systemId: null, operationId }, [
        {
          entity: 'deviation',
          entityId: String(id),
          after: { kind: row.kind, poam_id: row.poamId, assets: [...row.assets], expires_on: row.expiresOn },
          direction: 'internal',
          decidedBy: byPerson(actor.name),
          reason: asked.rationale,
        },
      ]);
      return { id, operationId, ...(await putBefore(tx, { id, row, assets, asked, operationId, now })) };
    });
  });
}

/** The assets that a request is for. @throws TielineError DEVIATION_INCOMPLETE if one is none of the POA&M, or several. */
async function chosenAssets(
  db: Kysely<Database>,
  { poam, assets: named }: Pick<DeviationRequest, 'poam' | 'assets'>,
): Promise<readonly CountedAsset[]> {
  const all = await listScopedAssets(db, poam);
  if (named === undefined) return all;
  const chosen: CountedAsset[] = [];
  for (const name of named) {
    const known = new Set((await findAssets(db, name, 100)).map(({ assetUuid }) => assetUuid));
    const [found, another] = all.filter(({ assetUuid }) => known.has(assetUuid));
    if (!found)
      throw incomplete([{ field: 'assets', message: `${name} is no asset of ${poam}: ${listed(all)}` }]);
    if (another)
      throw incomplete([
        { field: 'assets', message: `${name} may be several of them: give the uuid of one` },
      ]);
    if (!chosen.includes(found)) chosen.push(found);
  }
  return chosen;
}

const listed = (assets: readonly CountedAsset[]): string =>
  assets.length === 0
    ? 'it has none'
    : `it has ${assets.slice(0, 10).map(nameOf).join(', ')}${assets.length > 10 ? ', …' : ''}`;

const nameOf = ({ hostname, assetUuid }: CountedAsset): string => hostname ?? assetUuid;

/** @throws TielineError DEVIATION_INCOMPLETE. */
async function refuseFaults(
  db: Kysely<Database>,
  {
    asked,
    poam,
    assets,
    today,
    sender,
  }: {
    readonly asked: DeviationRequest;
    readonly poam: DeviatedPoam;
    readonly assets: readonly CountedAsset[];
    readonly today: string;
    readonly sender: { readonly actor: Pick<Actor, 'principalId'>; readonly scope: Scope };
  },
): Promise<void> {
  const { kind } = asked;
  const rules = await rulesOf(db, { kind, boundary: poam.boundary, severity: poam.severity });
  if (rules.refusal !== null) throw incomplete([{ field: 'kind', message: rules.refusal }]);
  const faults = [
    ...faultsOf(asked, { today, severity: poam.severity, longestDays: rules.longestDays }),
    ...standingFaults(poam, assets, kind),
    ...(
      await unusableFiles(
        db,
        asked.evidence.map(({ sha256 }) => sha256),
        sender,
      )
    ).map((sha256) => ({
      field: 'evidence',
      message: `you have sent no file ${sha256.slice(0, 12)}: send it first`,
    })),
    ...(await overlapFaults(db, asked, assets)),
  ];
  if (faults.length > 0) throw incomplete(faults);
}

function standingFaults(
  poam: DeviatedPoam,
  assets: readonly CountedAsset[],
  kind: DeviationKind,
): FieldFault[] {
  if (!poam.isOpen)
    return [{ field: 'poam', message: `${poam.poamId} is over: there is nothing to deviate from` }];
  const isAllFixed = assets.length > 0 && assets.every(({ unfixed }) => unfixed === 0);
  return isAllFixed && kind !== 'vendor_dependency'
    ? [
        {
          field: 'poam',
          message: 'no finding of it is open on these assets: there is nothing to deviate from',
        },
      ]
    : [];
}

/** The same kind is asked for or holds on some of these assets already. */
async function overlapFaults(
  db: Kysely<Database>,
  asked: DeviationRequest,
  assets: readonly CountedAsset[],
): Promise<FieldFault[]> {
  const living = (await lockLivingDeviations(db, asked.poam)).filter(({ kind }) => kind === asked.kind);
  const wanted = new Set(assets.map(({ assetUuid }) => assetUuid));
  const other = living.find(
    ({ isWholePoam, assets: theirs }) =>
      isWholePoam || asked.assets === undefined || theirs.some((each) => wanted.has(each)),
  );
  if (!other) return [];
  const state = other.state === 'approved' ? 'holds' : 'is asked for';
  return [
    {
      field: 'assets',
      message: `deviation ${other.id} ${state} for some of them already: withdraw that one first, or leave them out`,
    },
  ];
}

function rowOf(
  asked: DeviationRequest,
  {
    poam,
    assets,
    actor,
    now,
  }: {
    readonly poam: DeviatedPoam;
    readonly assets: readonly CountedAsset[];
    readonly actor: Pick<Actor, 'name' | 'principalId'>;
    readonly now: Date;
  },
): NewDeviation {
  const isWholePoam = asked.assets === undefined;
  return {
    kind: asked.kind,
    poamId: poam.poamId,
    boundary: poam.boundary,
    severity: poam.severity,
    isWholePoam,
    rationale: asked.rationale,
    compensatingControls: asked.compensatingControls ?? null,
    details: asked.details,
    adjustedSeverity: asked.adjustedSeverity ?? null,
    expiresOn: asked.until ?? null,
    reviewOn: asked.reviewOn ?? null,
    requestedBy: actor.name,
    requestedByPrincipal: actor.principalId,
    requestedAt: now,
    assets: isWholePoam ? [] : assets.map(({ assetUuid }) => assetUuid),
  };
}

async function noteFirstCheckIn(
  db: Kysely<Database>,
  id: number,
  { details: { checkedIn, contact } }: DeviationRequest,
  added: { readonly by: string; readonly at: Date },
): Promise<void> {
  if (checkedIn !== undefined) await insertCheckIn(db, id, { on: checkedIn, note: contact ?? '', ...added });
}

/** Puts it before those who decide; where the rules ask nobody, it holds. */
async function putBefore(
  tx: Tx,
  made: {
    readonly id: number;
    readonly row: NewDeviation;
    readonly assets: readonly CountedAsset[];
    readonly asked: DeviationRequest;
    readonly operationId: string;
    readonly now: Date;
  },
): Promise<Omit<DeviationAsked, 'id' | 'operationId'>> {
  const { id, row, assets, asked, operationId, now } = made;
  const names = assets.map(nameOf);
  const action = actionOf(row, names);
  const consent = await requestApproval(tx.db, {
    subject: { kind: row.kind, id: String(id) },
    boundary: row.boundary,
    severity: row.severity,
    action,
    rationale: row.rationale,
    lines: linesOf(row, {
      severity: row.severity,
      names,
      evidence: asked.evidence.map(({ name, sha256 }) => `${name} (${sha256.slice(0, 12)})`),
    }),
    by: { name: row.requestedBy, principalId: row.requestedByPrincipal },
    now,
  });
  if (consent.kind === 'refused') throw incomplete([{ field: 'kind', message: consent.why }]);
  if (consent.kind === 'free') {
    await grantDeviation(tx, id, { operationId, by: row.requestedBy, reason: undefined, now });
    return { state: 'approved', approvalId: null, turn: [], action };
  }
  await noteApproval(tx.db, id, consent.approvalId);
  await showDecided(tx, row.poamId, { operationId, now });
  const turn = consent.kind === 'asked' ? (consent.levels[0]?.roles ?? []) : [];
  return { state: 'requested', approvalId: consent.approvalId, turn, action };
}
