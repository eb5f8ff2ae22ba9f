/**
 * What only a person can say about the life of a POA&M: the codes that are stored, each with the sentence that people are shown. A code is
 * never renamed: rows carry it for years.
 */
import type { Json, JsonObject } from '../../platform/values/index.ts';

const questionCodes = [
  /** Everything under it is fixed, and something of the evidence is not known or speaks against it. */
  'fix_unproven',
  /** Everything under it is fixed with evidence, and its boundary wants the word of a person. */
  'awaits_word',
  /** Nothing under it is open, but not because it was fixed: machines are gone. */
  'machines_gone',
  /** Likewise: machines left its authorization boundary. */
  'machines_left',
  /** Likewise: a full read no longer shows findings. */
  'findings_missing',
  /** The severity of its weakness changed, and its rating may not follow by itself. */
  'rating_differs',
  /** Its weakness is due earlier than it promises. */
  'due_earlier',
  /** The checks of audits under it pass now. */
  'checks_pass',
  /** Every finding under it is an approved false positive. */
  'all_false_positive',
  /** What is open under it was dismissed at a scanner's server, and nobody approved that here. */
  'dismissed_there',
  /** The GRC system decided on a deviation, and it was not imported. */
  'deviation_there',
  /** It was opened again, and its plan is the old one. */
  'plan_needed',
  /** It should move on, and the policies let no such change out. */
  'not_let_out',
] as const;
export type QuestionCode = (typeof questionCodes)[number];

const count = (value: Json | undefined): number => (typeof value === 'number' ? value : 0);
const text = (value: Json | undefined): string => (typeof value === 'string' ? value : '');
const some = (n: number, one: string): string => `${n} ${n === 1 ? one : `${one}s`}`;
const named = (value: Json | undefined): string => {
  const names = Array.isArray(value) ? value.map((each) => text(each)) : [];
  const shown = names.slice(0, 5).join(', ');
  return names.length > 5 ? `${shown} and ${names.length - 5} more` : shown;
};

/** The four parts of the evidence of a fix, as people are told what is lacking of each. */
const lacking: readonly (readonly [part: string, words: string])[] = [
  ['after', 'that the scan began after the fix'],
  ['sawHost', 'that the scan saw the machine'],
  ['authenticated', 'that the scan had credentials'],
  ['ranPlugin', 'that the scan ran the check'],
];

const lacksOf = (params: JsonObject): string =>
  lacking.flatMap(([part, words]) => (count(params[part]) > 0 ? [words] : [])).join('; ');

const whyNot: Readonly<Record<string, string>> = {
  adjusted: 'a person has rated it otherwise',
  policy: 'the policies let no change of its rating out',
};

const notImported: Readonly<Record<string, (params: JsonObject) => string>> = {
  over: () => 'the POA&M is over',
  refused: (of) => text(of['rule']),
  no_end: (of) => `it names no last day, and may hold at most ${count(of['days'])} days`,
  past: (of) => `its last day, ${text(of['until'])}, is past`,
  too_long: (of) => `it is to hold until ${text(of['until'])}, and may until ${text(of['latest'])} at most`,
  no_rating: () => 'it names no rating that is known here',
  other_rating: (of) => `it gives another rating than the one approved here, ${text(of['rating'])}`,
  other_kind: () => 'it is of another kind than the one asked for here',
  unknown_kind: (of) => `"${text(of['kind'])}" is no kind of deviation that is known here`,
  unknown_status: (of) => `"${text(of['status'])}" is no status of a deviation that is known here`,
  own: (of) => `it was approved by ${text(of['by'])}, who asked for it`,
  asked_there: () => 'it waits there, and nobody asked for it here: ask for it here, or decide it there',
  both: (of) => `deviation ${count(of['id'])} of the kind is asked for here: decide it, or withdraw it`,
  reopened: () => 'it waits there again, and holds here: decide it there, or withdraw it here',
  cleared: () => 'it is no longer shown there, and was not ended here: end it here, or enter it there again',
};

const sentences: Readonly<Record<QuestionCode, (params: JsonObject) => string>> = {
  fix_unproven: (of) =>
    `${count(of['unproven'])} of ${some(count(of['findings']), 'fixed finding')} not proven fixed (${named(of['machines'])}): no evidence ${lacksOf(of)}. Scan again, or complete it yourself`,
  awaits_word: (of) =>
    `${some(count(of['findings']), 'finding')} under it fixed, with evidence: complete it, or say why not`,
  checks_pass: (of) => `${some(count(of['checks']), 'check')} under it pass now: complete it, or say why not`,
  all_false_positive: (of) =>
    `${some(count(of['findings']), 'finding')} under it, each an approved false positive: say that it is one, or complete it`,
  dismissed_there: (of) =>
    `${some(count(of['findings']), 'finding')} open under it dismissed at the scanner as false positive (${named(of['machines'])}), which nobody approved here: ask for a deviation, or take it back there`,
  deviation_there: (of) => {
    const why = notImported[text(of['why'])]?.(of) ?? text(of['why']).replaceAll('_', ' ');
    const what = [text(of['kind']), text(of['status'])].filter((part) => part !== '').join(', ');
    return `the deviation that ${text(of['system'])} shows (${what === '' ? 'none' : what}) was not imported: ${why}`;
  },
  plan_needed: () =>
    'it was opened again, and has no open milestone: plan what is to be done, and until when',
  machines_gone: (of) =>
    `nothing under it is open, but ${some(count(of['findings']), 'finding')} not fixed: machines are gone (${named(of['machines'])})`,
  machines_left: (of) =>
    `nothing under it is open, but ${some(count(of['findings']), 'finding')} not fixed: machines left the boundary (${named(of['machines'])})`,
  findings_missing: (of) =>
    `nothing under it is open, but the scanner no longer shows ${some(count(of['findings']), 'finding')} that nobody said to be fixed (${named(of['machines'])})`,
  rating_differs: (of) =>
    `its weakness went from ${text(of['from'])} to ${text(of['to'])}, and it stays rated ${text(of['rating']) || 'not at all'}: ${whyNot[text(of['why'])] ?? text(of['why'])}`,
  due_earlier: (of) =>
    `its weakness is due ${text(of['obliged'])} (${text(of['reason'])}), and it promises ${text(of['promised'])}`,
  not_let_out: (of) => `it is to become ${text(of['status'])}, and the policies let no such change out`,
};

/** What people are shown of a question. @param code as stored. */
export const questionSentence = (code: string, params: JsonObject): string =>
  Object.hasOwn(sentences, code)
    ? sentences[code as QuestionCode](params) // just found among them
    : code.replaceAll('_', ' ');
