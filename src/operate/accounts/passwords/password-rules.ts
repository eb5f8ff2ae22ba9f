/**
 * Pure: which passwords are refused (SP 800-63B, 3.1.1.2): by length, and by what anybody would guess. No rule of composition, and no
 * change after some time, since both make worse passwords.
 */
import { commonWords, famousPassphrases } from './common-words.ts';

export const leastLength = 15;
export const mostLength = 128;
/** How many earlier passwords may not be chosen again, the present one among them. */
export const rememberedPasswords = 5;

export type PasswordFault = 'too_short' | 'too_long' | 'common' | 'holds_name' | 'used_before';

/** What a person is told. */
export const faultSentences: Readonly<Record<PasswordFault, string>> = {
  too_short: `has fewer than ${leastLength} characters`,
  too_long: `has more than ${mostLength} characters`,
  common: 'consists of words, digits or keys in a row that many passwords consist of',
  holds_name: 'holds the name of the account, of its person or of the product',
  used_before: `is one of the last ${rememberedPasswords} of this account`,
};

const disguises: Readonly<Record<string, string>> = {
  '0': 'o', '1': 'i', '3': 'e', '4': 'a', '5': 's', '7': 't', '@': 'a', $: 's', '!': 'i',
}; // prettier-ignore
const undisguised = (text: string): string =>
  text.replaceAll(/[013457@$!]/g, (sign) => disguises[sign] ?? sign);
const plain = (text: string): string => text.normalize('NFKC').toLowerCase();
const longestWord = Math.max(...[...commonWords].map((word) => word.length));

/**
 * Whether the whole text can be cut into common words, disguised or not, and digits; other signs stand between them and are no part of a
 * word. Text of other signs alone is not.
 */
function isOfCommonWords(text: string): boolean {
  const letters = text.replaceAll(/[^\p{L}\p{N}@$!]/gu, '');
  if (letters === '') return false;
  if (famousPassphrases.has(undisguised(letters))) return true;
  const reachable = [true];
  for (let end = 1; end <= letters.length; end += 1) {
    reachable[end] = /[\d@$!]/.test(letters[end - 1] ?? '') && reachable[end - 1] === true;
    for (let start = Math.max(0, end - longestWord); start < end && !reachable[end]; start += 1)
      reachable[end] = reachable[start] === true && commonWords.has(undisguised(letters.slice(start, end)));
  }
  return reachable[letters.length] === true;
}

/** Whether few characters repeat, or each follows the one before (`abcdef…`, `987654…`). */
function isMonotonous(text: string): boolean {
  const characters = Array.from(text);
  if (new Set(characters).size < 5) return true;
  const steps = characters
    .slice(1)
    .map((each, at) => (each.codePointAt(0) ?? 0) - (characters[at]?.codePointAt(0) ?? 0));
  return steps.filter((step) => Math.abs(step) <= 1).length > steps.length * 0.8;
}

/** Rows of the keys of an American keyboard; a neighbour is beside, above or below. Others differ in a few keys only. */
const keyRows = ['1234567890', 'qwertyuiop', 'asdfghjkl', 'zxcvbnm'];
const places = new Map(
  keyRows.flatMap((row, down) => Array.from(row).map((key, across) => [key, { down, across }] as const)),
);

/** Whether the fingers hardly leave their place: most steps go to a neighbouring key, straight or in zigzag. */
function isKeyboardWalk(text: string): boolean {
  const keys = Array.from(text.replaceAll(/[^a-z0-9]/g, ''));
  const isNeighbour = (one: string, other: string | undefined): boolean => {
    const [from, to] = [places.get(one), places.get(other ?? '')];
    return !!from && !!to && Math.abs(from.down - to.down) <= 1 && Math.abs(from.across - to.across) <= 1;
  };
  const steps = keys.slice(1).filter((key, at) => isNeighbour(key, keys[at])).length;
  return keys.length > text.length * 0.7 && steps > (keys.length - 1) * 0.65;
}

/** Whether the whole is one short piece again and again. */
const isOfOnePiece = (text: string): boolean => /^(.{1,8})\1{2,}.{0,8}$/u.test(text);

/** @param names of the account, its person, its mail and the product; those of fewer than four letters say nothing. */
export function findPasswordFault(password: string, names: readonly string[]): PasswordFault | undefined {
  const length = Array.from(password).length;
  if (length < leastLength) return 'too_short';
  if (length > mostLength) return 'too_long';
  const text = plain(password);
  if ([isOfCommonWords, isMonotonous, isKeyboardWalk, isOfOnePiece].some((is) => is(text))) return 'common';
  const parts = names
    .flatMap((name) => plain(name).split(/[^\p{L}\p{N}]+/u))
    .filter((part) => part.length >= 4);
  if (parts.some((part) => text.includes(part) || undisguised(text).includes(part))) return 'holds_name';
  return undefined;
}
