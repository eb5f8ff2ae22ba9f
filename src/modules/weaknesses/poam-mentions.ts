/**
 * Which plugins and CVEs the text of a POA&M names. People write them in many ways: "SCANNER Plugin IDs: 19999, 20002",
 * "SCANNER - 20004", "Pluginid=20007", "SCANNER Plugin #20008 / CVE-2026-20008", or only in the description. The rule is here alone; the
 * database keeps what it comes to (`modules/weaknesses/poam-mentions.sql.ts`).
 *
 * A number counts only where the words before it say so: after "plugin", or after the name of a scanner. So years, ports, dates,
 * versions, control numbers and the digits of a CVE name no plugin. Rejected: to look for each known plugin number anywhere in the
 * text; every year is the number of a plugin.
 */
import { spokenScannerNames } from '../../connectors/kit/index.ts';

/** To be raised when the rule changes, so that what was read by an older one is read again. */
export const mentionsEdition = 1;

export interface Mentions {
  /** Plugin numbers without leading zeros, in the order in which they are named. */
  readonly plugins: readonly string[];
  /** As `CVE-2026-20008`. */
  readonly cves: readonly string[];
}

interface NumberRule {
  readonly least: number;
  readonly most: number;
}

/** "plugin" says it by itself; after the mere name of a scanner only five or six digits are a plugin's (a year has four, a day eight). */
const afterPlugin: NumberRule = { least: 1, most: 7 };
const afterScanner: NumberRule = { least: 5, most: 6 };

const opening = String.raw`[\s:=#'"\[(–—-]*`;
const ids = String.raw`(?:[\s_.-]*(?:ids?(?:\(s\))?|identifiers?|numbers?|num|nos?|nrs?)(?![\p{L}\d])\.?)?`;
const pluginHead = new RegExp(String.raw`plug-?in(?:s|\(s\))?${ids}${opening}(?=\d)`, 'giu');
const scanner = spokenScannerNames;
const filler = String.raw`(?:[\s/,_-]+(?:${scanner}|scan(?:s|ner)?|vulnerabilit(?:y|ies)|vulns?|findings?|ids?|nos?\.?|number))*`;
const scannerHead = new RegExp(String.raw`(?<![\p{L}\d.])${scanner}${filler}(?:[\s:=#–—-]+)(?=\d)`, 'giu');
const next =
  /(?:\s*\([^()\d]{0,80}\))?(?:\s*[,;/&+|]\s*(?:(?:and|or)\s+|&\s*)?|\s+(?:and|or)\s+|\s+)#?(?=\d)/iuy;

/** What follows a number that is part of something else: a word, a version, a date, a port, a time, a share, a number with thousands. */
const partOfMore = /^(?:[\p{L}_%]|\.\d|,\d{3}(?!\d)|:\d|[-/]\d{1,2}[-/]\d|\/(?:tcp|udp))/iu;
/** A number of things. */
const counted =
  /^\s+(?:open\s+|new\s+|high\s+|critical\s+)*(?:hosts?|machines?|assets?|servers?|systems?|findings?|items?|users?|days?|vulnerabilities)(?![\p{L}\d])/iu;

const isYear = (digits: string): boolean => /^(?:19|20)\d\d$/.test(digits);
const startsDate = (digits: string, rest: string): boolean => isYear(digits) && /^[-/]\d\d(?!\d)/.test(rest);

/** The plugin number that begins at `at`, if one does, and where it ends. */
function numberAt(
  text: string,
  at: number,
  { least, most }: NumberRule,
  isFirstOfPlugin: boolean,
): { readonly digits: string; readonly end: number } | undefined {
  const digits = /^\d+/.exec(text.slice(at, at + 20))?.[0] ?? '';
  const end = at + digits.length;
  const rest = text.slice(end, end + 80);
  if (digits.length < least || digits.length > most || digits.startsWith('0')) return undefined;
  if (startsDate(digits, rest)) return undefined;
  const thousands = digits.length > 3 && /^,\d{3}(?!\d)/.test(rest);
  if (!thousands && partOfMore.test(rest)) return undefined;
  if (!isFirstOfPlugin && counted.test(rest)) return undefined;
  return { digits, end };
}

/** The numbers of a list whose first one begins at `at`. */
function listAt(text: string, at: number, rule: NumberRule): string[] {
  const first = numberAt(text, at, rule, rule === afterPlugin);
  if (!first) return [];
  const found = [first.digits];
  for (let end = first.end; ;) {
    next.lastIndex = end;
    const separator = next.exec(text);
    if (!separator) return found;
    // Later numbers are further from the word: a short one may be a port, a year or a count.
    const further = numberAt(text, next.lastIndex, { least: 4, most: rule.most }, false);
    const isSure =
      further && (further.digits.length > 4 || (!isYear(further.digits) && /\S/.test(separator[0])));
    if (!isSure) return found;
    found.push(further.digits);
    end = further.end;
  }
}

const headsOf = (text: string, head: RegExp): number[] =>
  [...text.matchAll(head)].map((match) => match.index + match[0].length);

const cve = /(?<![\p{L}\d])CVE[-‐–_ ]?((?:19|20)\d\d)[-‐–_ ](\d{4,7})(?!\d)/giu;

/**
 * The plugins and CVEs that texts name.
 * @param texts each by itself: its source, its description, and so on.
 */
export function mentionsIn(texts: readonly string[]): Mentions {
  const plugins = texts.flatMap((text) => [
    ...headsOf(text, pluginHead).flatMap((at) => listAt(text, at, afterPlugin)),
    ...headsOf(text, scannerHead).flatMap((at) => listAt(text, at, afterScanner)),
  ]);
  const cves = texts.flatMap((text) => [...text.matchAll(cve)].map(([, year, n]) => `CVE-${year}-${n}`));
  return { plugins: [...new Set(plugins)], cves: [...new Set(cves)] };
}

/** Every number and CVE in a text, whatever it means: what a record that cannot be read may be about. */
export function tokensIn(text: string): ReadonlySet<string> {
  const numbers = text.match(/(?<!\d)[1-9]\d{0,6}(?!\d)/g) ?? [];
  return new Set([...numbers, ...mentionsIn([text]).cves]);
}
