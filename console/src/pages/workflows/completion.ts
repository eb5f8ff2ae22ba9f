/**
 * What can be written where the caret stands in a workflow: words of its YAML, actions, events, and the fields and words of conditions, as the
 * server lists them. It only helps to type: what is right is said by the check.
 */
import type { z } from 'zod';
import type { workflowAids } from '../../../../src/contract/index.ts';

// Of the contract, and not by way of the client: the test of it runs outside of a browser.
type WorkflowAids = z.input<typeof workflowAids>;

export interface Suggestion {
  readonly text: string;
  /** What it is, beside it. */
  readonly means: string;
}

export interface Completion {
  /** Where the word begins that is completed; it ends at the caret. */
  readonly from: number;
  readonly suggestions: readonly Suggestion[];
}

const most = 12;

/** Keys of the YAML, with what they hold. */
const keys: Readonly<Record<string, string>> = {
  name: 'by which it is known',
  title: 'what it does',
  purpose: 'for whom, and why',
  kind: 'remediation, approval, notification, reporting, escalation or other',
  trigger: 'what starts its runs',
  record: 'what a run is about',
  when: 'a condition',
  limit: 'records in 24 hours before it asks',
  steps: 'what it does, in order',
  id: 'name of a step',
  action: 'what the step does',
  with: 'what the action is given',
  approve: 'asks people and waits',
  waitUntil: 'a condition, or {days: 3}',
  timeoutDays: 'how long it waits at most',
  onTimeout: 'stop, continue, or steps',
  branch: 'steps by condition',
  else: 'steps where the condition is not true',
  onError: 'stop or continue',
  onRefused: 'steps after a no',
};

export type Kind = keyof WorkflowAids['fields'];

function recordOf(text: string, aids: WorkflowAids): Kind | undefined {
  const named = /^record:\s*(\w+)/m.exec(text)?.[1];
  return (Object.keys(aids.fields) as Kind[]).find((kind) => kind === named); // its own keys
}

/** Where the caret stands. */
interface Place {
  /** Up to the caret. */
  readonly line: string;
  /** The beginning of a word, which may be empty. */
  readonly word: string;
  readonly kind: Kind | undefined;
  readonly aids: WorkflowAids;
}

const fieldsOf = ({ kind, aids }: Place): WorkflowAids['fields'][Kind] =>
  kind === undefined ? [] : (aids.fields[kind] ?? []);

/** Fields of the record; those of what belongs to it once its name stands there. What a list holds is for macros to read. */
function fieldSuggestions(place: Place): readonly Suggestion[] {
  const depth = Math.max(2, place.word.split('.').length);
  return (fieldsOf(place) ?? [])
    .filter(({ path }) => !path.includes('[]') && path.split('.').length <= depth)
    .map(({ path, title, type, words }) => ({
      text: path,
      means: `${title}; ${words.length > 0 ? words.join(', ') : type}`,
    }));
}

/** `poam.severity == "hi`, `poam.status in ["`: the field, and what the quotation holds so far. */
const comparison = /([\w.]+)\s*(?:[=!]=|[<>]=?|in\s*\[[^\]]*?)\s*["']([^"']*)$/;
const aKey = /(?:^\s*(?:-\s*)?|[{,]\s*)[a-zA-Z]*$/;
/** A condition, or a further line of one. */
const inCondition = /\b(?:when|waitUntil):|^\s+[^-\s](?!\w*:)/;

function offered(place: Place): readonly Suggestion[] {
  const { line, word, kind, aids } = place;
  const compared = comparison.exec(line)?.[1];
  if (compared !== undefined) {
    const field = (fieldsOf(place) ?? []).find(({ path }) => path === compared);
    return (field?.words ?? []).map((text) => ({ text, means: field?.title ?? '' }));
  }
  if (/\baction:\s*[\w-]*$/.test(line))
    return aids.actions
      .filter(({ appliesTo }) => kind === undefined || appliesTo.includes(kind))
      .map(({ name, title }) => ({ text: name, means: title }));
  if (/\bevent:\s*[\w.]*$/.test(line))
    return aids.events.map(({ event, title }) => ({ text: event, means: title }));
  if (/^record:\s*\w*$/.test(line))
    return Object.keys(aids.fields).map((text) => ({ text, means: 'what a run is about' }));
  if (word.includes('.')) return fieldSuggestions(place);
  return [
    ...(aKey.test(line) ? Object.entries(keys).map(([key, means]) => ({ text: `${key}: `, means })) : []),
    ...(inCondition.test(line)
      ? [
          ...fieldSuggestions(place),
          ...aids.functions.map(({ name, title }) => ({ text: name, means: title })),
        ]
      : []),
  ];
}

const kept = (from: number, word: string, all: readonly Suggestion[]): Completion | undefined => {
  const suggestions = all
    .filter((each) => each.text.startsWith(word) && each.text.trimEnd() !== word)
    .slice(0, most);
  return suggestions.length === 0 ? undefined : { from, suggestions };
};

/** What fits in the YAML. @param isAsked whether a person asked for it, and did not just type. */
export function completionAt(
  text: string,
  caret: number,
  aids: WorkflowAids,
  isAsked = false,
): Completion | undefined {
  const line = text.slice(text.lastIndexOf('\n', caret - 1) + 1, caret);
  const word = comparison.exec(line)?.[2] ?? /[\w.-]*$/.exec(line)?.[0] ?? '';
  if (!isAsked && word === '' && !/(?:\b(?:action|event|record):\s|["'])$/.test(line)) return undefined;
  return kept(caret - word.length, word, offered({ line, word, kind: recordOf(text, aids), aids }));
}

/** What the field of a form knows of its record. */
export interface OfRecord {
  readonly kind: Kind | undefined;
  readonly aids: WorkflowAids;
}

/** What fits in a condition that stands by itself. */
export function conditionCompletionAt(
  text: string,
  caret: number,
  of: OfRecord,
  isAsked = false,
): Completion | undefined {
  const line = `when: ${text.slice(0, caret).replaceAll('\n', ' ')}`;
  const quoted = comparison.exec(line)?.[2];
  const word = quoted ?? /[\w.]*$/.exec(line)?.[0] ?? '';
  if (!isAsked && word === '' && quoted === undefined) return undefined;
  return kept(caret - word.length, word, offered({ line, word, ...of }));
}

/** Fields of the record in a text: offered behind a brace. */
export function fillCompletionAt(text: string, caret: number, of: OfRecord): Completion | undefined {
  const word = /\{([a-z_.]*)$/.exec(text.slice(0, caret))?.[1];
  if (word === undefined) return undefined;
  const end = text.startsWith('}', caret) ? '' : '}';
  return kept(
    caret - word.length,
    word,
    fieldSuggestions({ line: '', word, ...of }).map(({ text: path, means }) => ({
      text: `${path}${end}`,
      means,
    })),
  );
}
