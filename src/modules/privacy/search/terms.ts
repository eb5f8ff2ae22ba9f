/** What is searched for a person. Pure. */

/** The shortest text that is searched for: a shorter one is part of too many words. */
export const shortestTerm = 3;

/** The person's user id, mail address and name, and the name with its parts the other way round, as directories write it. */
export function termsOf(subject: {
  readonly subjectId: string;
  readonly name: string | null;
  readonly mail: string | null;
}): readonly string[] {
  const name = subject.name?.trim().replaceAll(/\s+/g, ' ') ?? '';
  const parts = name.split(' ');
  const last = parts.at(-1) ?? '';
  const swapped = parts.length < 2 || name.includes(',') ? '' : `${last}, ${parts.slice(0, -1).join(' ')}`;
  const terms = [subject.subjectId, subject.mail ?? '', name, swapped].map((term) => term.trim());
  return [...new Set(terms.filter((term) => term.length >= shortestTerm))];
}

const escaped = (text: string): string => text.replaceAll(/[\\%_]/g, (sign) => `\\${sign}`);

/**
 * Patterns of LIKE for terms. Beside the term itself: as JSON writes it, and in capitals, because a database without a locale folds ASCII only.
 */
export function patternsOf(terms: readonly string[]): readonly string[] {
  const spelled = terms.flatMap((term) => [term, term.toLowerCase(), term.toUpperCase()]);
  const inJson = spelled.map((term) => JSON.stringify(term).slice(1, -1));
  return [...new Set([...spelled, ...inJson])].map((term) => `%${escaped(term)}%`);
}
