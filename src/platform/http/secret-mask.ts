/**
 * Keeps out of every message what was sent in confidence: a remote that refuses may repeat the header or body that it was sent. Knows
 * the secrets of one external system and the tokens that it gave, in the spellings in which a server may echo them.
 *
 * Records are not masked: a password that is also a word of a POA&M must not change the POA&M.
 */
import { TielineError } from '../errors/index.ts';
import { Secret } from '../values/index.ts';

const masked = '[secret]';
/** Shorter than this, a text is not a secret that could be distinguished from any other text. */
const shortestSecret = 3;

export interface SecretMask {
  /** Takes note of a secret: a setting, or the value of a header (`Bearer TOKEN`, `NAME=VALUE; …`). */
  learn(secret: Secret): void;
  /** The text without any secret known so far. Mask before a text is cut: half a secret is not recognised. */
  readonly mask: (text: string) => string;
  /** Masks message, remedy, fields, stack and causes of an error, in place, and returns it. */
  maskError(error: unknown): unknown;
}

/** How a text may be spelled in an answer: as it is, in a URL or form, in JSON or HTML, in base64 (as Basic has it). */
function spellingsOf(text: string): string[] {
  const base64 = Buffer.from(text, 'utf8').toString('base64');
  const inUrl = encodeURIComponent(text);
  const inJson = JSON.stringify(text).slice(1, -1);
  const inHtml = text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
  return [
    text,
    inUrl,
    inUrl.replaceAll('%20', '+'),
    encodeURI(text),
    inJson,
    inJson.replaceAll('/', '\\/'),
    inHtml,
    inHtml.replaceAll("'", '&#39;'),
    base64,
    base64.replace(/=+$/, ''),
    encodeURIComponent(base64),
    Buffer.from(text, 'utf8').toString('base64url'),
  ];
}

/** The secret parts of a header's value: `Basic X`, `a=X; b=Y`. The whole is one of them. */
function partsOf(value: string): string[] {
  const credentials = /^[\w-]+ +(\S.*)$/.exec(value)?.[1];
  const assigned = /^[\w-]+=/.test(value)
    ? value.split(/[;,]\s*/).flatMap((pair) => /^[\w-]+=(.*)$/s.exec(pair)?.[1] ?? [])
    : [];
  return [value, ...(credentials === undefined ? [] : [credentials]), ...assigned];
}

/** A regular expression for one of the texts; percent escapes in either case. */
function patternOf(texts: readonly string[]): RegExp {
  const escaped = texts.map((text) =>
    text
      .replaceAll(/[.*+?^${}()|[\]\\/-]/g, String.raw`\$&`)
      .replaceAll(/%([\da-f]{2})/gi, (_whole, digits: string) =>
        Array.from(digits).reduce(
          (found, digit) => `${found}[${digit.toLowerCase()}${digit.toUpperCase()}]`,
          '%',
        ),
      ),
  );
  return new RegExp(escaped.join('|'), 'g');
}

/** @param secrets those known from the start: the system's settings. */
export function createSecretMask(secrets: Iterable<Secret> = []): SecretMask {
  const known = new Set<string>();
  let pattern: RegExp | undefined;

  const mask = (text: string): string => {
    if (known.size === 0 || text.length < shortestSecret) return text;
    // The longest first, so that a part of it does not leave the rest to be read.
    pattern ??= patternOf([...known].toSorted((a, b) => b.length - a.length));
    return text.replaceAll(pattern, masked);
  };

  const maskError = (error: unknown, depth = 0): unknown => {
    if (!(error instanceof Error) || depth > 8) return error;
    if (error instanceof TielineError) error.rewrite(mask);
    else {
      const { message, stack } = error;
      // Some errors of Node have a message that cannot be set.
      if (mask(message) !== message) Object.defineProperty(error, 'message', { value: mask(message) });
      if (stack !== undefined && mask(stack) !== stack)
        Object.defineProperty(error, 'stack', { value: mask(stack) });
    }
    maskError(error.cause, depth + 1);
    if (error instanceof AggregateError) for (const each of error.errors) maskError(each, depth + 1);
    return error;
  };

  const mine: SecretMask = {
    learn(secret) {
      for (const part of partsOf(secret.reveal())) {
        if (part.length < shortestSecret || known.has(part)) continue;
        for (const spelling of spellingsOf(part)) known.add(spelling);
        pattern = undefined;
      }
    },
    mask,
    maskError: (error) => maskError(error),
  };
  for (const secret of secrets) mine.learn(secret);
  return mine;
}

/** Every `Secret` in a settings object, however deep. */
export function secretsIn(settings: unknown, depth = 0): Secret[] {
  if (settings instanceof Secret) return [settings];
  if (typeof settings !== 'object' || settings === null || depth > 4) return [];
  return Object.values(settings).flatMap((value) => secretsIn(value, depth + 1));
}
