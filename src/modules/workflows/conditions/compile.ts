/** Conditions: read once when they are saved, with every mistake named; evaluated as often as a record asks for it. */
import { EvaluationError, ParseError, type ParseResult } from '@marcbachmann/cel-js';
import type { RecordKind } from '../../../canonical/workflow/index.ts';
import { messageOf } from '../../../platform/errors/index.ts';
import type { Answer } from '../parts.ts';
import { languageOf, limits, timeType } from './environment.ts';
import type { Snapshot } from './hydrate.ts';
import { plainTypes, variablesOf } from './shapes.ts';
import { type ConditionProblem, type ReadField, walkTree } from './tree.ts';

export interface Condition {
  readonly problems?: undefined;
  readonly evaluate: (snapshot: Snapshot, now: Date) => Answer;
  /** What it reads, `poam.milestones[].due`. */
  readonly reads: readonly ReadField[];
}

export type Compiled = Condition | { readonly problems: readonly [ConditionProblem, ...ConditionProblem[]] };

interface Placed extends Error {
  readonly code?: string;
  readonly summary?: string;
  readonly range?: { readonly start: number; readonly end: number };
}

const firstLine = (text: string): string => text.split('\n')[0]?.trim() ?? text;

/** What the language says of a mistake, in the words of the record. */
function problemOf(error: Placed, length: number): ConditionProblem {
  const said = plainTypes(firstLine(error.summary ?? error.message)).replaceAll(/\.$/g, '');
  const place = { start: error.range?.start ?? 0, end: error.range?.end ?? length };
  if (error.code === 'limit_exceeded')
    return {
      message: `Too long or nested too deeply: ${said}.`,
      remedy: `At most ${limits.depth} levels, ${limits.nodes} parts and lists of ${limits.list}.`,
      ...place,
    };
  const compared = /^no such overload: (.+)$/.exec(said);
  if (compared?.[1] !== undefined)
    return {
      message: `These cannot be put together: ${compared[1]}.`,
      remedy: compared[1].includes('null')
        ? 'An empty field is asked for with has(…): !has(poam.due).'
        : 'Compare a field with what it is: text and words in quotes, numbers without, times with now, timestamp("…") or daysUntil(…).',
      ...place,
    };
  return {
    message: `${said.charAt(0).toUpperCase()}${said.slice(1)}.`,
    remedy:
      'See `tieline workflows fields` for what a condition may read, and docs/workflows.md for how it is written.',
    ...place,
  };
}

function parse(kind: RecordKind, text: string): ParseResult | ConditionProblem {
  if (text.length > limits.text)
    return {
      message: `${text.length} characters; at most ${limits.text}.`,
      remedy: 'Split it into two workflows, or into a condition and the `when` of steps.',
      start: limits.text,
      end: text.length,
    };
  try {
    return languageOf(kind).environment.parse(text);
  } catch (error) {
    // The library throws errors of its own, with a place.
    return problemOf(error instanceof Error ? error : new ParseError(messageOf(error)), text.length);
  }
}

/**
 * Reads a condition about a kind of record.
 * @param gives what it has to come to: yes or no, or, of a wait, also a time.
 * @returns what is wrong with it, or how to evaluate it.
 */
export function compileCondition(
  kind: RecordKind,
  text: string,
  gives: 'yes' | 'yes_or_time' = 'yes',
): Compiled {
  const parsed = parse(kind, text);
  if (typeof parsed !== 'function') return { problems: [parsed] };
  const walked = walkTree(parsed.ast, variablesOf[kind]);
  const [first, ...more] = walked.problems;
  if (first) return { problems: [first, ...more] };
  const checked = parsed.check();
  if (checked.error) return { problems: [problemOf(checked.error, text.length)] };
  const allowed = gives === 'yes' ? ['bool'] : ['bool', timeType];
  if (!allowed.includes(checked.type ?? ''))
    return {
      problems: [
        {
          message: `Comes to ${plainTypes(checked.type ?? 'nothing')}; expected ${gives === 'yes' ? 'yes or no' : 'yes or no, or a time'}.`,
          remedy: 'Compare it with something: poam.severity == "high".',
          start: 0,
          end: text.length,
        },
      ],
    };
  const evaluate = (snapshot: Snapshot, now: Date): Answer => evaluateWith(kind, parsed, snapshot, now);
  return { evaluate, reads: walked.reads };
}

/** The field that an error of the language is about, as the text names it. */
function fieldOf(error: Placed, text: string): string {
  const { start = 0, end = text.length } = error.range ?? {};
  const before = /[\w.[\]]*$/.exec(text.slice(0, start))?.[0] ?? '';
  return `${before}${text.slice(start, end)}`;
}

function evaluateWith(kind: RecordKind, parsed: ParseResult, snapshot: Snapshot, now: Date): Answer {
  languageOf(kind).moment.now = now;
  try {
    const value: unknown = parsed({ ...snapshot.variables, now });
    if (typeof value === 'boolean') return { is: 'answer', value };
    if (value instanceof Date) return { is: 'time', value };
    return { is: 'failed', message: 'it came to neither yes nor no' };
  } catch (error) {
    if (error instanceof EvaluationError && error.code === 'no_such_key') {
      const field = fieldOf(error, parsed.ast.input);
      const name = field.split('.').at(-1) ?? field;
      const isCut = [...snapshot.tooMany].some((path) => path.split('.').at(-1) === name);
      return { is: 'unknown', field, why: isCut ? 'too_many' : 'empty' };
    }
    if (error instanceof EvaluationError && error.code === 'unknown_variable')
      return { is: 'unknown', field: firstLine(error.message).split(':').at(-1)?.trim() ?? '', why: 'empty' };
    return { is: 'failed', message: firstLine(messageOf(error)) };
  }
}
