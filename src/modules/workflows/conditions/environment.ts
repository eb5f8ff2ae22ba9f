/**
 * The expression language (CEL) with the types of the record: a kind of record has one environment, made once. Word lists are types of
 * their own, so that a word is compared in any case and an ordered list by its order (`finding.severity >= "high"`).
 */
import { Environment } from '@marcbachmann/cel-js';
import type { RecordKind } from '../../../canonical/workflow/index.ts';
import { type FieldType, shapeOf, type ShapeName, shapes, variablesOf } from './shapes.ts';
import { Word, type WordList, wordList } from './words.ts';

/** Limits of one expression. Deeper or longer than this is written by nobody, or by somebody who means harm. */
export const limits = {
  text: 4_000,
  depth: 30,
  nodes: 500,
  list: 200,
  arguments: 4,
} as const;

const dayMs = 86_400_000;
const startOfDay = (at: Date): number => Math.floor(at.getTime() / dayMs);

export const timeType = 'google.protobuf.Timestamp';

/** Every word list, by the name of its type. */
export const wordLists: ReadonlyMap<string, WordList> = new Map(
  Object.keys(shapes)
    .flatMap((shape) => Object.values(shapeOf(shape as ShapeName))) // its own keys
    .flatMap(({ type }) => (type.is === 'word' ? [[type.name, wordList(type.words)] as const] : [])),
);

const ordered = new Set(
  Object.keys(shapes)
    .flatMap((shape) => Object.values(shapeOf(shape as ShapeName))) // its own keys
    .flatMap(({ type }) => (type.is === 'word' && type.ordered ? [type.name] : [])),
);

function typeOf(type: FieldType): string {
  switch (type.is) {
    case 'text':
      return 'string';
    case 'whole':
      return 'int';
    case 'number':
      return 'double';
    case 'time':
      return timeType;
    case 'yes':
      return 'bool';
    case 'word':
      return type.name;
    case 'texts':
      return 'list<string>';
    case 'record':
      return type.shape;
    case 'records':
      return `list<${type.shape}>`;
  }
}

function withWords(environment: Environment): void {
  for (const [name, list] of wordLists) {
    const rankOf = (word: string): number => list.make(word).rank;
    environment.registerType(name, { ctor: list.ctor, fields: {} });
    environment.registerOperator(`${name} == string`, (a: Word, b: string) => a.word === list.make(b).word);
    environment.registerOperator(`${name} == ${name}`, (a: Word, b: Word) => a.word === b.word);
    environment.registerOperator(`${name} in list<string>`, (a: Word, among: Iterable<string>) =>
      [...among].some((each) => list.make(each).word === a.word),
    );
    if (!ordered.has(name)) continue;
    const compare = {
      '<': (a: number, b: number) => a < b,
      '<=': (a: number, b: number) => a <= b,
      '>': (a: number, b: number) => a > b,
      '>=': (a: number, b: number) => a >= b,
    } as const;
    for (const [operator, holds] of Object.entries(compare)) {
      environment.registerOperator(`${name} ${operator} string`, (a: Word, b: string) =>
        holds(a.rank, rankOf(b)),
      );
      environment.registerOperator(`${name} ${operator} ${name}`, (a: Word, b: Word) =>
        holds(a.rank, b.rank),
      );
    }
  }
}

/** Inner shapes first: a type has to be there before a field is of it. */
const inOrder: readonly ShapeName[] = [
  'FindingPart',
  'Milestone',
  'PoamPart',
  'Poam',
  'Finding',
  'Weakness',
  'Deviation',
  'Asset',
  'System',
  'Scan',
  'Feed',
];

function make(kind: RecordKind): Language {
  const environment = new Environment({
    limits: {
      maxAstNodes: limits.nodes,
      maxDepth: limits.depth,
      maxListElements: limits.list,
      maxMapEntries: 1,
      maxCallArguments: limits.arguments,
    },
  });
  withWords(environment);
  for (const shape of inOrder)
    environment.registerType(shape, {
      fields: Object.fromEntries(
        Object.entries(shapeOf(shape)).map(([name, { type }]) => [name, typeOf(type)]),
      ),
    });
  for (const [name, shape] of Object.entries(variablesOf[kind])) environment.registerVariable(name, shape);
  environment.registerVariable('now', timeType);
  // A function of the library sees its arguments alone. Evaluation is synchronous, so that the moment of the record stands beside it.
  const moment = { now: new Date(0) };
  environment.registerFunction(`daysSince(${timeType}): int`, (at: Date) =>
    BigInt(startOfDay(moment.now) - startOfDay(at)),
  );
  environment.registerFunction(`daysUntil(${timeType}): int`, (at: Date) =>
    BigInt(startOfDay(at) - startOfDay(moment.now)),
  );
  return { environment, moment };
}

/** What is called in conditions, for who writes one. */
export const conditionFunctions = [
  { name: 'has(', title: 'whether a field is filled in' },
  { name: 'daysSince(', title: 'whole days from a time until now' },
  { name: 'daysUntil(', title: 'whole days from now until a time' },
  { name: 'now', title: 'the present time' },
] as const;

export interface Language {
  readonly environment: Environment;
  /** What `daysSince` and `daysUntil` count from. */
  readonly moment: { now: Date };
}

const languages = new Map<RecordKind, Language>();

/** The language of conditions about a kind of record. */
export function languageOf(kind: RecordKind): Language {
  const known = languages.get(kind);
  if (known) return known;
  const made = make(kind);
  languages.set(kind, made);
  return made;
}
