/**
 * Matches that rules leave to a person, seen and settled: which component an asset is, whether two assets of a component are one machine,
 * whether what a source reports is an asset that is known. Each is a row of match_reviews; what is decided here holds at once.
 */
import type { Scope } from '../../canonical/access/index.ts';
import { TielineError } from '../../platform/errors/index.ts';
import { standingEvidence } from '../../canonical/identity/index.ts';
import { recordChanges, withDecision } from '../../ledger/operations/index.ts';
import {
  correlate,
  endStandingMatch,
  fetchIdentifiers,
  insertStandingMatch,
  listMatchReviews,
  listStandingMatches,
  type MatchCandidate,
  type MatchReview,
  type StandingMatch,
} from '../../modules/correlation/index.ts';
import type { Tx } from '../../platform/postgres/index.ts';
import type { App } from '../../engine/run/index.ts';
import { keepApart, merge } from '../assets/index.ts';
import { acceptBoundary, rejectBoundary } from './boundary-matches.ts';
import { type Decider, fetchAsset } from '../../record/assets/index.ts';
import { fetchSystem } from '../../engine/connections/index.ts';
import { decideCorrelationPair, listSharingAssets, settleMatchReview } from '../../record/matches/index.ts';
import type { MatchSettled } from './match-settled.ts';
import { byPerson } from '../../canonical/vocabulary/index.ts';

export type { MatchReview, MatchSettled, StandingMatch };

export interface MatchQuery {
  /** The name of an external system. */
  readonly system?: string;
  /** Anything that an asset is known by. */
  readonly asset?: string;
  /** Also those that are settled. */
  readonly all?: boolean;
}

/** @throws SYSTEM_UNKNOWN; USAGE if no asset fits, or several do. */
export async function findMatches(app: App, query: MatchQuery, limit: number): Promise<MatchReview[]> {
  return listMatchReviews(
    app.db,
    {
      all: query.all ?? false,
      ...(query.system === undefined ? {} : { systemId: (await fetchSystem(app, query.system)).id }),
      ...(query.asset === undefined ? {} : { assetUuid: (await fetchAsset(app, query.asset)).assetUuid }),
    },
    limit,
  );
}

/** @param wanted the number of a match, or anything that its asset is known by. @throws USAGE if none or several fit. */
export async function fetchMatch(app: App, wanted: string): Promise<MatchReview> {
  const id = /^\d{1,15}$/.test(wanted) ? Number(wanted) : undefined;
  const found =
    id === undefined
      ? await findMatches(app, { asset: wanted }, 6)
      : await listMatchReviews(app.db, { id, all: true }, 1);
  const [only] = found;
  if (only && found.length === 1) return only;
  throw new TielineError('USAGE', only ? `Several matches of ${wanted} wait.` : `No match ${wanted} waits.`, {
    fields: found.map((each) => ({ field: String(each.id), message: each.reason ?? each.kind })),
    remedy: 'Give the number of the match, see `tieline matches list`.',
  });
}

export interface Choice {
  /** A component's id, or an asset; may be absent where there is one candidate. */
  readonly choice?: string | undefined;
  /** Other assets that have the component leave it. */
  readonly replaces?: boolean;
  /** Also for assets to come that carry what this one is known by. */
  readonly always?: boolean;
  /** Where the decider may merge assets. */
  readonly merges: Scope;
}

/**
 * A person says what a match is. Of a component: the asset is it, and who competed for it is not. Of a duplicate: the assets are one
 * machine, and both stay with the component. Of an identity: the reported machine is that asset, and the two are merged. Of a boundary: the
 * asset is in it, and it answers for it.
 * @throws MATCH_SETTLED; USAGE if the choice is not clear.
 */
export async function acceptMatch(
  app: App,
  wanted: string,
  { choice, replaces, always, merges }: Choice,
  decided: Decider,
): Promise<MatchSettled> {
  const match = await fetchOpen(app, wanted);
  if (match.kind === 'boundary')
    return acceptBoundary(
      app,
      match,
      { systemId: candidateOf(match, choice).choice, always: always ?? false },
      decided,
    );
  if (match.kind === 'identity') {
    if (always)
      throw new TielineError(
        'USAGE',
        'What a source’s record is, is kept by its link: there is nothing to decide for later.',
        {
          remedy: `Use \`tieline matches accept ${match.id}\`.`,
        },
      );
    const into = choice ?? candidateOf(match, undefined).choice;
    const outcome = await merge(app, merges, { from: match.assetUuid ?? '', into }, decided);
    return {
      id: match.id,
      operationId: outcome.operationId,
      asset: outcome.from,
      assetName: match.assetName,
      choice: outcome.into,
      standing: null,
      ruleId: null,
      sharedWith: [],
    };
  }
  return settle(app, match, decided, always ? 'always' : 'accepted', async (tx, operationId) => {
    const componentId =
      match.kind === 'duplicate'
        ? (match.componentId ?? '')
        : choice === undefined
          ? candidateOf(match, undefined).choice
          : componentNamed(match, choice);
    const assets =
      match.kind === 'duplicate' ? match.candidates.map((each) => each.choice) : [match.assetUuid ?? ''];
    let sharedWith: MatchSettled['sharedWith'] = [];
    for (const assetUuid of assets) {
      const made = await decideCorrelationPair(
        tx.db,
        { assetUuid, systemId: match.systemId, componentId },
        { decision: 'linked', ...decided, replaces: replaces ?? false },
        operationId,
      );
      if (made === undefined) throw unknownChoice(match, componentId);
      if (match.kind === 'component') sharedWith = await listSharingAssets(tx.db, made, assetUuid);
    }
    const standing = always ? await keepForLater(tx, match, componentId, assets, decided) : null;
    return { assets, componentId, before: null, after: componentId, standing, sharedWith };
  });
}

/**
 * A person says what a match is not. Of a component: none of the proposed ones, or not this one; the present match, if there is one,
 * stays unless it is named. Of a duplicate: this asset is another machine, and leaves the component. Of an identity: it is none of them.
 * Of a boundary: it is not in this one, or in none of those whose rules contest it.
 * @throws MATCH_SETTLED; USAGE if the choice is not clear.
 */
export async function rejectMatch(
  app: App,
  wanted: string,
  choice: string | readonly string[] | undefined,
  decided: Decider,
): Promise<MatchSettled> {
  const match = await fetchOpen(app, wanted);
  if (match.kind === 'boundary') {
    const named = typeof choice === 'string' ? [choice] : choice;
    const out =
      named?.map((each) => candidateOf(match, each).choice) ?? proposedOf(match).map((each) => each.choice);
    return rejectBoundary(app, match, out, decided);
  }
  if (match.kind === 'identity') {
    await keepApart(app, match.decisionId ?? 0, decided);
    return {
      id: match.id,
      operationId: null,
      asset: match.assetUuid,
      assetName: match.assetName,
      choice: null,
      standing: null,
      ruleId: null,
      sharedWith: [],
    };
  }
  return settle(app, match, decided, 'rejected', async (tx, operationId) => {
    const isDuplicate = match.kind === 'duplicate';
    const named = typeof choice === 'string' ? [choice] : choice;
    const rejected = isDuplicate
      ? [candidateOf(match, named?.[0]).choice]
      : (named?.map((each) => componentNamed(match, each)) ?? proposedOf(match).map((each) => each.choice));
    for (const each of rejected) {
      const pair = isDuplicate
        ? { assetUuid: each, componentId: match.componentId ?? '' }
        : { assetUuid: match.assetUuid ?? '', componentId: each };
      const made = await decideCorrelationPair(
        tx.db,
        { ...pair, systemId: match.systemId },
        { decision: 'rejected', ...decided },
        operationId,
      );
      if (made === undefined) throw unknownChoice(match, each);
    }
    return {
      assets: isDuplicate ? rejected : [match.assetUuid ?? ''],
      componentId: isDuplicate ? (match.componentId ?? '') : rejected.join(', '),
      before: isDuplicate ? match.componentId : rejected.join(', '),
      after: null,
      standing: null,
      sharedWith: [],
    };
  });
}

export const findStandingMatches = (app: App): Promise<StandingMatch[]> => listStandingMatches(app.db);

/** Ends a standing decision; matches that it made are decided again. @throws USAGE if none is in force by that number. */
export async function forgetStandingMatch(app: App, id: number, decided: Decider): Promise<void> {
  await app.store.transaction(async (tx) => {
    const systemId = await endStandingMatch(tx.db, id, decided.by);
    if (systemId === undefined)
      throw new TielineError('USAGE', `No standing decision ${id} is in force.`, {
        remedy: 'See `tieline matches standing`.',
      });
    await withDecision(tx.db, { system: 'tieline', step: 'end a standing match' }, (operationId) =>
      correlate(tx, systemId, operationId),
    );
  });
}

async function fetchOpen(app: App, wanted: string): Promise<MatchReview> {
  const match = await fetchMatch(app, wanted);
  if (match.settledAt === null) return match;
  throw new TielineError(
    'MATCH_SETTLED',
    `Match ${match.id} is settled: ${match.outcome ?? 'decided'} by ${match.settledBy ?? 'a rule'}.`,
    {
      remedy:
        'To decide otherwise: `tieline links break` or `tieline links make SYSTEM asset_component ASSET COMPONENT`.',
    },
  );
}

/** What is proposed: candidates under review, or where none is, the present match that no longer fits. */
export function proposedOf(match: MatchReview): readonly MatchCandidate[] {
  if (match.kind === 'duplicate' || match.kind === 'identity') return match.candidates;
  const open = match.candidates.filter((each) => each.decision === 'review');
  return open.length > 0 ? open : match.candidates.filter((each) => each.decision === 'linked');
}

function candidateOf(match: MatchReview, choice: string | undefined): MatchCandidate {
  const text = choice?.toLowerCase();
  const fits = proposedOf(match).filter(
    (each) =>
      text === undefined || each.choice.toLowerCase().startsWith(text) || each.name?.toLowerCase() === text,
  );
  const [only] = fits;
  if (only && fits.length === 1) return only;
  throw unknownChoice(match, choice);
}

/** The id of a component, given by it or by its name; one that was not a candidate may be chosen too. */
function componentNamed(match: MatchReview, choice: string): string {
  const text = choice.toLowerCase();
  const byId = match.candidates.find((each) => each.choice.toLowerCase() === text);
  const byName = match.candidates.filter((each) => each.name?.toLowerCase() === text);
  return byId?.choice ?? (byName.length === 1 ? byName[0]?.choice : undefined) ?? choice;
}

function unknownChoice(match: MatchReview, choice: string | undefined): TielineError {
  return new TielineError(
    'USAGE',
    choice === undefined
      ? 'There are several candidates: say which.'
      : `"${choice}" is not one candidate of match ${match.id}.`,
    {
      fields: match.candidates.map((each) => ({
        field: each.choice,
        message: `${each.name ?? 'has no name'}${each.score === null ? '' : `, score ${each.score}`}`,
      })),
      remedy: `See \`tieline matches show ${match.id}\`.`,
    },
  );
}

interface Decision extends Pick<MatchSettled, 'standing' | 'sharedWith'> {
  readonly assets: readonly string[];
  readonly componentId: string;
  readonly before: string | null;
  readonly after: string | null;
}

/** Carries out a decision about components, closes the review, and lets correlation draw the conclusions, in one operation. */
async function settle(
  app: App,
  match: MatchReview,
  decided: Decider,
  outcome: 'accepted' | 'rejected' | 'always',
  decide: (tx: Tx, operationId: string) => Promise<Decision>,
): Promise<MatchSettled> {
  return asDecision(app, `match ${outcome}`, async (tx, operationId) => {
    const { assets, componentId, before, after, standing, sharedWith } = await decide(tx, operationId);
    await settleMatchReview(tx.db, match.id, { by: decided.by, outcome });
    await recordChanges(
      tx.db,
      { systemId: match.systemId, operationId },
      assets.map((entityId) => ({
        entity: 'asset_component',
        entityId,
        field: 'link',
        before,
        after,
        direction: 'internal',
        decidedBy: byPerson(decided.by),
        ...(decided.reason === undefined ? {} : { reason: decided.reason }),
      })),
    );
    await correlate(tx, match.systemId, operationId);
    const asset = assets[0] ?? null;
    const assetName = match.assetName ?? match.candidates.find((each) => each.choice === asset)?.name ?? null;
    return {
      id: match.id,
      operationId,
      asset,
      assetName,
      choice: componentId,
      standing,
      ruleId: null,
      sharedWith,
    };
  });
}

async function keepForLater(
  tx: Tx,
  match: MatchReview,
  componentId: string,
  assets: readonly string[],
  decided: Decider,
): Promise<number> {
  const identifiers = await fetchIdentifiers(tx.db, assets);
  const evidence = standingEvidence([...identifiers.values()].flat());
  if (evidence.length === 0)
    throw new TielineError('USAGE', 'Nothing that the asset is known by would tell it again.', {
      remedy: `Use \`tieline matches accept ${match.id}\`, which holds for this asset.`,
    });
  return insertStandingMatch(tx.db, { systemId: match.systemId, componentId, evidence, ...decided });
}

const asDecision = <T>(
  app: App,
  step: string,
  work: (tx: Tx, operationId: string) => Promise<T>,
): Promise<T> =>
  app.store.transaction((tx) =>
    withDecision(tx.db, { system: 'tieline', step }, (operationId) => work(tx, operationId)),
  );
