/** Who decides requests, as rules that are data: seen, set for a boundary or for all of them, and given back to what came with Tieline. */
import { allRoles, type Actor, type Role, roles } from '../../canonical/access/index.ts';
import { byPerson } from '../../canonical/vocabulary/index.ts';
import { recordChanges, withDecision } from '../../ledger/operations/index.ts';
import { TielineError } from '../../platform/errors/index.ts';
import type { Store } from '../../platform/postgres/index.ts';
import {
  type DeciderRule,
  findRuleAt,
  removeDeciderRule,
  type RulePlace,
  saveDeciderRule,
} from './deciders.sql.ts';
import type { Level } from './levels.ts';

export interface RuleToSet {
  readonly place: RulePlace;
  readonly levels: readonly Level[];
  readonly isRefused: boolean;
  readonly answerWithinDays: number | null;
  readonly longestDays: number | null;
  readonly note: string | null;
}

const faulty = (field: string, message: string): TielineError =>
  new TielineError('USAGE', 'The rule was not saved.', { fields: [{ field, message }] });

/** A level from text: `isso`; `isso, issm` (one of them); `isso + issm` (each of them). @throws TielineError USAGE. */
export function levelOf(text: string): Level {
  const needs = text.includes('+') ? 'all' : 'one';
  const named = text.split(needs === 'all' ? '+' : ',').map((word) => word.trim().toLowerCase());
  const known = named.map((word): Role => {
    const role = allRoles.find((each) => each === word);
    if (role === undefined || !deciding.includes(role))
      throw faulty('level', `"${word}" is no role that decides. Expected: ${deciding.join(', ')}.`);
    return role;
  });
  return { roles: [...new Set(known)], needs };
}

/** Roles that may decide at all: those that hold the permission. */
const deciding = allRoles.filter((role) =>
  (roles[role].may as readonly string[]).includes('deviation:approve'),
);

export const levelText = ({ roles: named, needs }: Level): string =>
  named.join(needs === 'all' ? ' + ' : ', ');

const journalled = (rule: DeciderRule | undefined) =>
  rule === undefined
    ? null
    : {
        levels: rule.isRefused ? 'refused' : rule.levels.map(levelText).join(', then '),
        answer_within_days: rule.answerWithinDays,
        longest_days: rule.longestDays,
      };

const placeText = ({ boundary, kind, severity }: RulePlace): string =>
  [boundary ?? 'every boundary', kind, severity].filter((part) => part !== null).join(' / ');

interface Deciding {
  readonly store: Store;
  readonly now: () => Date;
}

/** Sets who decides. Requests that wait keep the deciders that they were asked of. */
export async function setDeciderRule(
  { store, now }: Deciding,
  actor: Pick<Actor, 'name'>,
  { place, ...wanted }: RuleToSet,
): Promise<{ readonly operationId: string }> {
  if (wanted.isRefused && wanted.levels.length > 0)
    throw faulty('level', 'goes with no --refuse: a request that is refused is asked of nobody');
  if (wanted.isRefused && (wanted.note ?? '') === '')
    throw faulty('note', 'say why such a request is refused: whoever asks reads it');
  if (place.kind === 'policy_start' && !wanted.isRefused && wanted.levels.length === 0)
    throw faulty('level', 'somebody decides whether a policy that begins dates what was open before it');
  return store.transaction(async (tx) => {
    const before = await findRuleAt(tx.db, place);
    const rule = { ...place, ...wanted, setBy: actor.name, setAt: now() };
    await saveDeciderRule(tx.db, rule);
    return recordRule(tx.db, place, { before, after: await findRuleAt(tx.db, place), by: actor.name });
  });
}

/** Gives a boundary back to the rules of every boundary. @throws TielineError USAGE if it has no such rule of its own. */
export async function resetDeciderRule(
  { store }: Pick<Deciding, 'store'>,
  actor: Pick<Actor, 'name'>,
  place: RulePlace & { readonly boundary: string },
): Promise<{ readonly operationId: string }> {
  return store.transaction(async (tx) => {
    const before = await findRuleAt(tx.db, place);
    if (!before)
      throw new TielineError('USAGE', `There is no rule of its own for ${placeText(place)}.`, {
        remedy: 'See `tieline deciders list`.',
      });
    await removeDeciderRule(tx.db, before.id);
    return recordRule(tx.db, place, { before, after: undefined, by: actor.name });
  });
}

async function recordRule(
  db: Parameters<typeof recordChanges>[0],
  place: RulePlace,
  change: {
    readonly before: DeciderRule | undefined;
    readonly after: DeciderRule | undefined;
    readonly by: string;
  },
): Promise<{ readonly operationId: string }> {
  return withDecision(db, { system: 'tieline', step: 'set who decides' }, async (operationId) => {
    await recordChanges(db, { systemId: null, operationId }, [
      {
        entity: 'approval_rule',
        entityId: placeText(place),
        field: 'levels',
        before: journalled(change.before),
        after: journalled(change.after),
        direction: 'internal',
        decidedBy: byPerson(change.by),
      },
    ]);
    return { operationId };
  });
}
