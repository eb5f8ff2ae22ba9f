/**
 * Walks a parsed expression: which fields it reads, what in it is refused, and how much work it can be at the most.
 *
 * Why no worker and no clock: without regular expressions and recursion the work of an expression is bounded by its text and by how many
 * records a list holds, both of which are known when it is saved. So the bound is reckoned then, and what could pass it is refused with the
 * reason, instead of being stopped some day in the middle of a run. Rejected: a worker thread with a time limit. Each record would be copied
 * across, what is slow would depend on the machine, and a condition that was saved could fail later.
 */
import type { ASTNode } from '@marcbachmann/cel-js';
import { closest } from '../../../platform/errors/index.ts';
import { wordLists } from './environment.ts';
import { type Field, type FieldType, plainWord, shapeOf, type ShapeName } from './shapes.ts';

/** Something that is wrong with a condition. `start` and `end` are places in its text. */
export interface ConditionProblem {
  readonly message: string;
  readonly remedy: string;
  readonly start: number;
  readonly end: number;
}

/** A field that a condition reads: `poam.milestones[].due`. */
export interface ReadField {
  readonly path: string;
  readonly field: Field;
}

/** What is known of a part of the expression. */
type Part =
  | { readonly is: 'record'; readonly shape: ShapeName; readonly path: string }
  | { readonly is: 'field'; readonly type: FieldType; readonly path: string }
  | { readonly is: 'other' };

const other: Part = { is: 'other' };

/** More steps than this are refused: about a tenth of a second. */
export const mostWork = 1_000_000;

const allowedCalls = [
  'has',
  'size',
  'daysSince',
  'daysUntil',
  'duration',
  'timestamp',
  'int',
  'double',
  'string',
];
const loops = ['exists', 'all', 'exists_one', 'filter'];
const allowedMethods = [
  ...loops,
  'size',
  'contains',
  'startsWith',
  'endsWith',
  'lowerAscii',
  'upperAscii',
  'trim',
];

export interface Walked {
  readonly problems: readonly ConditionProblem[];
  readonly reads: readonly ReadField[];
  readonly work: number;
}

interface Walk {
  readonly problems: ConditionProblem[];
  readonly reads: Map<string, Field>;
}

type Names = ReadonlyMap<string, Part>;
interface Seen {
  readonly part: Part;
  /** Steps that it takes at the most. */
  readonly work: number;
  /** Of a list: how many it holds at the most. */
  readonly most: number;
}

const listed = (words: readonly string[]): string => words.join(', ');
const meant = (word: string, known: readonly string[]): string => {
  const near = closest(word, known);
  return near === undefined ? '' : `Did you mean ${near}? `;
};

function fault(walk: Walk, node: ASTNode, message: string, remedy: string): void {
  walk.problems.push({ message, remedy, start: node.start, end: node.end });
}

const partOf = (type: FieldType, path: string): Part =>
  type.is === 'record' ? { is: 'record', shape: type.shape, path } : { is: 'field', type, path };

const mostOf = (part: Part): number =>
  part.is === 'field' && (part.type.is === 'texts' || part.type.is === 'records') ? part.type.most : 1;

/** One of a list, as the variable of a loop. */
function oneOf(part: Part): Part {
  if (part.is !== 'field') return other;
  if (part.type.is === 'records') return { is: 'record', shape: part.type.shape, path: `${part.path}[]` };
  return part.type.is === 'texts' ? { is: 'field', type: { is: 'text' }, path: `${part.path}[]` } : other;
}

function seeField(walk: Walk, names: Names, node: ASTNode, inner: ASTNode, name: string): Seen {
  const of = see(walk, names, inner);
  if (of.part.is !== 'record') return { part: other, work: of.work + 1, most: 1 };
  const known = shapeOf(of.part.shape);
  const found = Object.hasOwn(known, name) ? known[name] : undefined;
  if (found === undefined) {
    const words = Object.keys(known);
    fault(
      walk,
      node,
      `Unknown field "${name}" of ${of.part.path}.`,
      `${meant(name, words)}Expected: ${listed(words)}.`,
    );
    return { part: other, work: of.work + 1, most: 1 };
  }
  const path = `${of.part.path}.${name}`;
  walk.reads.set(path, found);
  const part = partOf(found.type, path);
  return { part, work: of.work + 1, most: mostOf(part) };
}

/** A loop over a list, whose first argument names each of it. */
function seeLoop(walk: Walk, names: Names, name: string, of: Seen, args: readonly ASTNode[]): Seen {
  const [each, ...bodies] = args;
  if (each?.op !== 'id') return { part: other, work: of.work, most: 1 };
  if (names.has(each.args))
    fault(
      walk,
      each,
      `"${each.args}" is the name of something else here.`,
      'Give each of the list a name of its own.',
    );
  const inner = new Map([...names, [each.args, oneOf(of.part)]]);
  const body = bodies.map((one) => see(walk, inner, one).work).reduce((sum, work) => sum + work, 0);
  const work = of.work + of.most * (body + 2);
  return name === 'filter' ? { part: of.part, work, most: of.most } : { part: other, work, most: 1 };
}

function seeMethod(
  walk: Walk,
  names: Names,
  node: ASTNode,
  call: readonly [string, ASTNode, readonly ASTNode[]],
): Seen {
  const [name, receiver, args] = call;
  const of = see(walk, names, receiver);
  if (!allowedMethods.includes(name)) {
    const instead =
      name === 'matches'
        ? 'Regular expressions can run without end. Use startsWith, endsWith or contains, several of them joined with ||.'
        : `${meant(name, allowedMethods)}Expected: ${listed(allowedMethods)}.`;
    fault(walk, node, `.${name}( is not offered in conditions.`, instead);
    return { part: other, work: of.work, most: 1 };
  }
  if (loops.includes(name)) return seeLoop(walk, names, name, of, args);
  const work = args.map((one) => see(walk, names, one).work).reduce((sum, each) => sum + each, of.work + 1);
  return { part: other, work, most: 1 };
}

function seeCall(
  walk: Walk,
  names: Names,
  node: ASTNode,
  [name, args]: readonly [string, readonly ASTNode[]],
): Seen {
  if (!allowedCalls.includes(name))
    fault(
      walk,
      node,
      `Unknown function ${name}.`,
      `${meant(name, allowedCalls)}Expected: ${listed(allowedCalls)}.`,
    );
  const work = args.map((one) => see(walk, names, one).work).reduce((sum, each) => sum + each, 1);
  return { part: other, work, most: 1 };
}

const literals = (node: ASTNode): readonly ASTNode[] => (node.op === 'list' ? node.args : [node]);

/** Words in quotes that a list of words is compared with are words of that list. */
function checkWords(walk: Walk, part: Part, against: ASTNode): void {
  if (part.is !== 'field' || part.type.is !== 'word') return;
  const words = wordLists.get(part.type.name)?.words ?? [];
  for (const one of literals(against)) {
    if (one.op !== 'value' || typeof one.args !== 'string' || words.includes(plainWord(one.args))) continue;
    fault(
      walk,
      one,
      `Unknown ${part.path} "${one.args}".`,
      `${meant(one.args, words)}Expected: ${listed(words)}.`,
    );
  }
}

const comparisons: readonly string[] = ['==', '!=', 'in', '<', '<=', '>', '>='];

function seeBoth(walk: Walk, names: Names, node: ASTNode, [left, right]: readonly [ASTNode, ASTNode]): Seen {
  const [a, b] = [see(walk, names, left), see(walk, names, right)];
  if (comparisons.includes(node.op)) {
    checkWords(walk, a.part, right);
    if (node.op !== 'in') checkWords(walk, b.part, left);
  }
  const searched = node.op === 'in' ? b.most : 1;
  return { part: other, work: a.work + b.work + searched, most: node.op === '+' ? a.most + b.most : 1 };
}

function seeIndex(walk: Walk, names: Names, node: ASTNode, [list, at]: readonly [ASTNode, ASTNode]): Seen {
  const of = see(walk, names, list);
  const index = see(walk, names, at);
  if (of.part.is === 'record')
    fault(walk, node, 'A field is named after a dot, not in brackets.', `Write ${of.part.path}.name.`);
  return { part: oneOf(of.part), work: of.work + index.work + 1, most: 1 };
}

function notOffered(walk: Walk, node: ASTNode): void {
  fault(
    walk,
    node,
    'Maps and optional fields are not offered in conditions.',
    'Use has(poam.due) for a field that may be empty.',
  );
}

function see(walk: Walk, names: Names, node: ASTNode): Seen {
  switch (node.op) {
    case 'value':
      return { part: other, work: 1, most: 1 };
    case 'id': {
      const known = names.get(node.args);
      if (known) return { part: known, work: 1, most: mostOf(known) };
      const words = [...names.keys()];
      fault(
        walk,
        node,
        `Unknown name "${node.args}".`,
        `${meant(node.args, words)}Expected: ${listed(words)}.`,
      );
      return { part: other, work: 1, most: 1 };
    }
    case '.':
      return seeField(walk, names, node, node.args[0], node.args[1]);
    case '[]':
      return seeIndex(walk, names, node, node.args);
    case 'call':
      return seeCall(walk, names, node, node.args);
    case 'rcall':
      return seeMethod(walk, names, node, node.args);
    case 'list': {
      const work = node.args.map((one) => see(walk, names, one).work).reduce((sum, each) => sum + each, 1);
      return { part: other, work, most: node.args.length };
    }
    case '!_':
    case '-_':
      return { ...see(walk, names, node.args), part: other };
    case '?:': {
      const all = node.args.map((one) => see(walk, names, one));
      const work = all.reduce((sum, each) => sum + each.work, 1);
      return { part: other, work, most: Math.max(...all.map(({ most }) => most)) };
    }
    case 'map':
    case '.?':
    case '[?]':
      notOffered(walk, node);
      return { part: other, work: 1, most: 1 };
    case '!=':
    case '%':
    case '&&':
    case '*':
    case '+':
    case '-':
    case '/':
    case '<':
    case '<=':
    case '==':
    case '>':
    case '>=':
    case 'in':
    case '||':
      return seeBoth(walk, names, node, node.args);
  }
}

/** @param variables the records that it may read, by name. */
export function walkTree(tree: ASTNode, variables: Readonly<Record<string, ShapeName>>): Walked {
  const walk: Walk = { problems: [], reads: new Map() };
  const names: Names = new Map<string, Part>([
    ...Object.entries(variables).map(([name, shape]) => [name, { is: 'record', shape, path: name }] as const),
    ['now', { is: 'field', type: { is: 'time' }, path: 'now' }],
  ]);
  const { work } = see(walk, names, tree);
  if (walk.problems.length === 0 && work > mostWork)
    fault(
      walk,
      tree,
      `Could take up to ${work.toLocaleString('en')} steps for one record; at most ${mostWork.toLocaleString('en')} are allowed.`,
      'Ask about one list at a time: do not put a loop over a list into a loop over another.',
    );
  return {
    problems: walk.problems,
    reads: [...walk.reads].map(([path, field]) => ({ path, field })),
    work,
  };
}
