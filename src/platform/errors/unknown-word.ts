/** Refusing a word that names nothing: which it may have meant, and which there are. */
import type { ErrorCode } from './registry.ts';
import { TielineError } from './tieline-error.ts';

/** Letters to change, add, leave out or swap with a neighbour, to make one short word of the other. */
export function distance(a: string, b: string): number {
  let before: number[] = [];
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const swapped =
        i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]
          ? (before[j - 2] ?? 0) + 1
          : Number.POSITIVE_INFINITY;
      const changed = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(swapped, changed, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    before = row;
    row = next;
  }
  return row[b.length] ?? 0;
}

/** The known word that is spelled most alike, if it is alike enough to have been meant: at most a third of its letters differ. */
export function closest(word: string, known: readonly string[]): string | undefined {
  const folded = (text: string): string => text.toLowerCase().replaceAll(/[-_ ]/g, '');
  const [best] = known
    .map((each) => ({ each, apart: distance(folded(word), folded(each)) }))
    .filter(({ each, apart }) => apart <= Math.max(1, Math.floor(each.length / 3)))
    .toSorted((a, b) => a.apart - b.apart);
  return best?.each;
}

const mostListed = 20;

/**
 * The error for a word that names nothing. @param what in the singular: "entity". @param known every word there is.
 * @param also what to do where there is none, or in addition.
 */
export function unknownWord(
  what: string,
  word: string,
  known: readonly string[],
  given: { readonly plural?: string; readonly code?: ErrorCode; readonly also?: string } = {},
): TielineError {
  const meant = closest(word, known);
  const listed = known.slice(0, mostListed).join(', ');
  const more = known.length > mostListed ? `, and ${known.length - mostListed} more` : '';
  const remedy = [
    meant === undefined ? '' : `Did you mean ${meant}?`,
    known.length === 0 ? '' : `The ${given.plural ?? `${what}s`} are ${listed}${more}.`,
    given.also ?? '',
  ].filter(Boolean);
  return new TielineError(
    given.code ?? 'USAGE',
    `Unknown ${what} "${word}".`,
    remedy.length > 0 ? { remedy: remedy.join(' ') } : {},
  );
}

/** The known word that is meant, in any case. @throws TielineError USAGE, or `code`, that names the choices. */
export function knownWord<Word extends string>(
  what: string,
  word: string,
  known: readonly Word[],
  plural?: string,
  code?: ErrorCode,
): Word {
  const found = known.find((each) => each.toLowerCase() === word.trim().toLowerCase());
  if (found !== undefined) return found;
  throw unknownWord(what, word, known, {
    ...(plural === undefined ? {} : { plural }),
    ...(code === undefined ? {} : { code }),
  });
}
