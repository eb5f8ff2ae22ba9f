/** Matches as the console decides them: within a scope, with what both sides are known by and what would follow. */
import type { Identifier } from '../../canonical/identity/index.ts';
import { nowhere, permissions, type Scope } from '../../canonical/access/index.ts';
import type { App } from '../../engine/run/index.ts';
import { TielineError } from '../../platform/errors/index.ts';
import { defined } from '../../platform/values/index.ts';
import type { Decider } from '../../record/assets/index.ts';
import { listMatchReviews, type MatchCandidate } from '../../modules/correlation/index.ts';
import { cutToScope, isMatchWithin, type MatchRow } from './match-list.sql.ts';
import { fetchMatchFacts, listCandidateIdentifiers, type MatchFacts } from './match-facts.sql.ts';
import { acceptMatch, type MatchSettled, proposedOf, rejectMatch } from './matches.ts';

export interface MatchDetail extends Omit<MatchRow, 'candidates'> {
  /** Null where it is about several assets: each is a candidate then. */
  readonly asset: Omit<MatchFacts, 'boundary' | 'gain'> | null;
  readonly candidates: readonly (MatchCandidate & {
    readonly identifiers: readonly Identifier[];
    /** Whether it is to be decided about; else it was ruled out before, or is what the asset is matched to now. */
    readonly isProposed: boolean;
  })[];
}

/** @throws TielineError RECORD_UNKNOWN, also where it lies outside of the scope. */
export async function fetchMatchDetail(
  { db }: Pick<App, 'db'>,
  scope: Scope,
  id: number,
): Promise<MatchDetail> {
  const [match] = (await isMatchWithin(db, scope, id))
    ? await listMatchReviews(db, { id, all: true }, 1)
    : [];
  const facts = match && (await fetchMatchFacts(db, id));
  if (!match || !facts) throw new TielineError('RECORD_UNKNOWN', `There is no match ${id}.`);
  const { boundary, gain, ...asset } = facts;
  const { candidates, candidatesOutside } = cutToScope(match, scope);
  const kind = match.kind === 'component' ? 'component' : 'asset';
  const known = await listCandidateIdentifiers(
    db,
    { systemId: match.systemId, kind },
    candidates.map(({ choice }) => choice),
  );
  const proposed = new Set(proposedOf(match));
  return {
    ...match,
    boundary,
    gain,
    candidatesOutside,
    asset: match.assetUuid === null ? null : asset,
    candidates: candidates.map((each) => ({
      ...each,
      identifiers: (known.get(each.choice) ?? []).map(({ kind: what, value }) => ({ kind: what, value })),
      isProposed: proposed.has(each),
    })),
  };
}

export interface MatchDecision {
  readonly decision: 'accept' | 'reject';
  /** A candidate; without one, all that are proposed are rejected. */
  readonly choice?: string | undefined;
  readonly always: boolean;
  readonly replaces: boolean;
}

/**
 * What is accepted where nothing is named: the one that is proposed, among those that the person can see. What lies outside is neither
 * chosen nor named. Undefined of a duplicate, whose component is given.
 * @throws TielineError USAGE where more than one is proposed, or none that he can see.
 */
function onlyProposed(match: MatchDetail): string | undefined {
  if (match.kind === 'duplicate') return undefined;
  const proposed = match.candidates.filter((each) => each.isProposed);
  const [only] = proposed;
  if (only && proposed.length === 1 && match.candidatesOutside === 0) return only.choice;
  throw new TielineError('USAGE', `Match ${match.id} has more than one candidate.`, {
    fields: match.candidates.map((each) => ({ field: each.choice, message: each.name ?? 'has no name' })),
    remedy: 'Name the one that it is. Nothing was decided.',
  });
}

/**
 * A person's word about a match, by candidates that lie within the scope.
 * @throws TielineError RECORD_UNKNOWN; MATCH_SETTLED; USAGE where the choice is none of the candidates, or is not clear.
 */
export async function decideMatch(
  app: App,
  scope: Scope,
  id: number,
  {
    decision,
    choice: named,
    always,
    replaces,
    merges,
    rules,
  }: MatchDecision & {
    /** Where the decider may merge assets; undefined: nowhere. */
    readonly merges: Scope | undefined;
    /** Where the decider may make boundary rules; undefined: nowhere. */
    readonly rules: Scope | undefined;
  },
  decided: Decider,
): Promise<MatchSettled> {
  const match = await fetchMatchDetail(app, scope, id);
  if (match.kind === 'identity' && merges === undefined)
    throw new TielineError('NOT_ALLOWED', `${decided.by} may not ${permissions['asset:identify'].title}.`);
  if (match.kind === 'boundary' && always && rules?.kind !== 'everywhere')
    throw new TielineError('NOT_ALLOWED', `${decided.by} may not ${permissions['policy:write'].title}.`);
  if (match.settledAt !== null)
    throw new TielineError(
      'MATCH_SETTLED',
      `Match ${id} is settled: ${match.outcome ?? 'decided'} by ${match.settledBy ?? 'a rule'}.`,
    );
  const choice = decision === 'accept' ? (named ?? onlyProposed(match)) : named;
  if (choice !== undefined && !match.candidates.some((each) => each.choice === choice))
    throw new TielineError('USAGE', `"${choice}" is not one candidate of match ${id}.`, {
      fields: match.candidates.map((each) => ({ field: each.choice, message: each.name ?? 'has no name' })),
      remedy: 'Choose one that is named here. Nothing was decided.',
    });
  const decidesAll =
    match.kind === 'duplicate' ||
    (match.kind === 'identity' && (choice === undefined || decision === 'reject'));
  if (decidesAll && match.candidatesOutside > 0)
    throw new TielineError('USAGE', `Match ${id} is also about an asset of a system that is not yours.`, {
      remedy: 'Ask somebody who may decide matches in all systems. Nothing was decided.',
    });
  const wanted = String(id);
  if (decision === 'accept')
    return acceptMatch(
      app,
      wanted,
      { ...defined({ choice }), always, replaces, merges: merges ?? nowhere },
      decided,
    );
  // None of them: of those that this person can see.
  const none =
    choice === undefined && match.kind === 'component' && match.candidatesOutside > 0
      ? match.candidates.filter((each) => each.isProposed).map((each) => each.choice)
      : choice;
  return rejectMatch(app, wanted, none, decided);
}
