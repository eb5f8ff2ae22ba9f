/**
 * Who decides a request, in turn. Pure.
 *
 * A level asks one person of any of its roles, or one person of each. It is over when they have agreed; then the next one is asked. One no, at
 * any level, rejects the request. Who asked never decides (SP 800-53 AC-5), and nobody answers twice, so that two levels are four eyes also
 * where one person holds both roles.
 *
 * Who is asked may delegate: another person then answers by that role, for that request alone, and bound by the same rules.
 */
import type { Role } from '../../canonical/access/index.ts';

export interface Level {
  readonly roles: readonly Role[];
  readonly needs: 'one' | 'all';
}

export interface Answer {
  /** Place of the level, from 1. */
  readonly level: number;
  readonly role: Role;
  readonly approved: boolean;
  readonly by: string;
  readonly principalId: string;
}

/** A decider of a level who lets another person decide in their place. */
export interface Delegation {
  readonly level: number;
  readonly role: Role;
  readonly by: string;
  readonly to: string;
  readonly toPrincipalId: string;
}

/** The level whose turn it is, and the roles of it that have not answered yet. */
export interface OpenLevel {
  readonly number: number;
  readonly level: Level;
  readonly left: readonly Role[];
}

/** Whoever answers, with the roles that they hold in the boundary of the request. */
export interface Answerer {
  readonly name: string;
  readonly principalId: string;
  readonly roles: readonly Role[];
}

export type Standing =
  | { readonly kind: 'requester' }
  | { readonly kind: 'answered'; readonly level: number }
  | { readonly kind: 'wrong_role'; readonly open: OpenLevel }
  /** Their answer counts. `isLast`: after a yes nobody else is to be asked. `inPlaceOf`: who delegated it to them. */
  | {
      readonly kind: 'counts';
      readonly level: number;
      readonly role: Role;
      readonly isLast: boolean;
      readonly inPlaceOf: string | null;
    };

/** @returns undefined where every level has agreed. */
export function openLevel(levels: readonly Level[], answers: readonly Answer[]): OpenLevel | undefined {
  for (const [at, level] of levels.entries()) {
    const agreed = answers.filter((answer) => answer.level === at + 1 && answer.approved);
    const left = level.roles.filter((role) => !agreed.some((answer) => answer.role === role));
    const isOver = level.needs === 'one' ? agreed.length > 0 : left.length === 0;
    if (!isOver) return { number: at + 1, level, left };
  }
  return undefined;
}

/** What an answer of this person would be worth. @param request one that waits. */
export function standingOf(
  request: {
    readonly levels: readonly Level[];
    readonly answers: readonly Answer[];
    readonly requestedBy: string;
    readonly requestedByPrincipal: string | null;
    /** Others who have a part in asking for it. */
    readonly barred?: readonly string[];
    readonly delegations?: readonly Delegation[];
  },
  who: Answerer,
): Standing {
  const asked = [request.requestedByPrincipal, request.requestedBy, ...(request.barred ?? [])];
  if (asked.includes(who.principalId) || asked.includes(who.name)) return { kind: 'requester' };
  const before = request.answers.find(
    ({ principalId, by }) => principalId === who.principalId || by === who.name,
  );
  if (before) return { kind: 'answered', level: before.level };
  const open = openLevel(request.levels, request.answers);
  // A request without levels is never made: there is nobody whom it would wait for.
  if (open === undefined) return { kind: 'answered', level: request.levels.length };
  const own = open.left.find((each) => who.roles.includes(each));
  const lent = (request.delegations ?? []).find(
    ({ level, role: each, toPrincipalId }) =>
      toPrincipalId === who.principalId && level === open.number && open.left.includes(each),
  );
  const role = own ?? lent?.role;
  if (role === undefined) return { kind: 'wrong_role', open };
  const answer = { level: open.number, role, approved: true, by: who.name, principalId: who.principalId };
  return {
    kind: 'counts',
    level: open.number,
    role,
    isLast: openLevel(request.levels, [...request.answers, answer]) === undefined,
    inPlaceOf: own === undefined ? (lent?.by ?? null) : null,
  };
}
