/**
 * Text from outside (names of machines, output of plugins, what people typed) as a page may show it: what turns or hides text, and what
 * no font shows, becomes its escape, as on the terminal (src/platform/errors/shown-text.ts, to which a test holds this). What is sent back
 * is what was read: the escapes become the characters again.
 */

// Line breaks and tabs are text.
const unsafe =
  /[\p{Cc}\u061C\u200B-\u200F\u2028-\u202E\u2060-\u206F\uFEFF\uFFF9-\uFFFB]|\p{Cs}|[\u{E0000}-\u{E007F}]/u;
const everyUnsafe = new RegExp(`(?![\n\t\r])(?:${unsafe.source})`, 'gu');

const unitsOf = (character: string): string =>
  Array.from(
    { length: character.length },
    (_, at) => `\\u${character.charCodeAt(at).toString(16).padStart(4, '0')}`,
  ).join('');

export const shownText = (text: string): string => text.replaceAll(everyUnsafe, unitsOf);

const escapes = /(?:\\u[0-9a-f]{4})+/g;
/** The text that `shownText` was made of. */
export const sentText = (text: string): string =>
  text.includes('\\u')
    ? text.replaceAll(escapes, (escaped) => {
        const plain = escaped.replaceAll(/\\u([0-9a-f]{4})/g, (_all, unit: string) =>
          String.fromCharCode(Number.parseInt(unit, 16)),
        );
        // An escape that is none of ours stays: somebody typed it.
        return shownText(plain) === escaped ? plain : escaped;
      })
    : text;

const mayHold = new RegExp(`${unsafe.source}|\\\\u(?:00|20|06|fe|ff|d[89a-f]|db40)`, 'iu');

/** JSON of the server, its texts as they may be shown. */
export function parseShown(json: string): unknown {
  if (!mayHold.test(json)) return JSON.parse(json);
  return JSON.parse(json, (_name, value: unknown) => (typeof value === 'string' ? shownText(value) : value));
}

/** For `JSON.stringify`: what is sent is what was read. */
export const asSent = (_name: string, value: unknown): unknown =>
  typeof value === 'string' ? sentText(value) : value;
