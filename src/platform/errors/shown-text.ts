/**
 * Text from outside as it may be shown: a remote's refusal, the name of a scanned machine, a file name. What a terminal would obey
 * (C0, DEL, C1: cursor, title, colours, line breaks) and what turns or hides text (bidi controls, zero-width characters, line and
 * paragraph separators, lone surrogates) is written as its escape, so that a reader sees that it is there.
 */

const unsafe =
  /[\p{Cc}\u061C\u200B-\u200F\u2028-\u202E\u2060-\u206F\uFEFF\uFFF9-\uFFFB]|\p{Cs}|[\u{E0000}-\u{E007F}]/gu;
const unsafeButBreaks = new RegExp(`(?![\n\t])(?:${unsafe.source})`, 'gu');

const named: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/** In the spelling of JSON: `\\u` and four digits for each unit of UTF-16. */
function unitsOf(character: string): string {
  return Array.from(
    { length: character.length },
    (_, at) => `\\u${character.charCodeAt(at).toString(16).padStart(4, '0')}`,
  ).join('');
}

const escapeOf = (character: string): string => named[character] ?? unitsOf(character);

/** The text on one line, with nothing in it that a terminal obeys: `a\nb` for a line break, `\u001b` for ESC. */
export function shownText(text: string): string {
  return text.replaceAll(unsafe, escapeOf);
}

/** As `shownText`, but line breaks and tabs stay: for text of several lines of our own (a stack, a block of SQL). */
export function shownLines(text: string): string {
  return text.replaceAll(unsafeButBreaks, escapeOf);
}

/** JSON as `JSON.stringify` wrote it, with what a terminal obeys escaped within its texts: the same value, still valid JSON. */
export function shownJson(json: string): string {
  // JSON.stringify escapes C0 and lone surrogates itself; anything else of these can only be inside a text.
  return json.replaceAll(unsafeButBreaks, unitsOf);
}

/** The colours and weights that our own lines are written in (picocolors); concealed and blinking text are not among them. */
const ownColour = new RegExp(
  `${String.fromCodePoint(27)}\\[(?:[0-4]|2[1-4]|3[0-79]|4[0-79]|9[0-7]|10[0-7])m`,
  'g',
);

/** Whole lines on their way to a terminal, our own colours and line breaks kept: the last net, whatever a command forgot. */
export function shownOutput(text: string): string {
  let shown = '';
  let from = 0;
  for (const match of text.matchAll(ownColour)) {
    shown += shownLines(text.slice(from, match.index)) + match[0];
    from = match.index + match[0].length;
  }
  return shown + shownLines(text.slice(from));
}
