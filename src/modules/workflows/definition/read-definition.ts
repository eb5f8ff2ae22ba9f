/** Reads a workflow from what somebody wrote, as YAML or as an object, and says of each mistake where it is, what is wrong and what is meant. Pure. */
import { LineCounter, parseDocument } from 'yaml';
import { z } from 'zod';
import {
  recordsOfEvent,
  stepSchemas,
  type WorkflowDefinition,
  workflowDefinition,
  workflowTrigger,
} from '../../../canonical/workflow/index.ts';
import { messageOf } from '../../../platform/errors/index.ts';
import { issueWords } from './issue-words.ts';
import { everyStep } from './steps.ts';

/** Something that keeps a workflow from being saved. */
export interface Problem {
  /** `steps.2.with.days`; empty: the whole. */
  readonly path: string;
  readonly message: string;
  /** Of the YAML, from 1; absent where it was no YAML. */
  readonly line?: number;
}

export type ReadDefinition =
  | { readonly definition: WorkflowDefinition; readonly problems: readonly [] }
  | { readonly definition?: undefined; readonly problems: readonly Problem[] };

type Path = readonly PropertyKey[];
const written = (path: Path): string => path.map(String).join('.');

const deepest = 5;
const mostSteps = 100;

const kindsOfStep = Object.keys(stepSchemas) as readonly (keyof typeof stepSchemas)[]; // its own keys
const triggerKinds = ['event', 'schedule', 'metric', 'by_hand'];

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A step is told by the one field that makes it one: what is wrong is said of that kind alone. */
function stepProblems(value: unknown, path: Path): Problem[] {
  if (!isObject(value))
    return [
      { path: written(path), message: 'expected a step: id, and one of action, approve, waitUntil, branch' },
    ];
  const kinds = kindsOfStep.filter((kind) => kind in value);
  const [kind] = kinds;
  if (kind === undefined || kinds.length > 1)
    return [
      {
        path: written(path),
        message: `has ${kind === undefined ? 'none' : 'more than one'} of ${kindsOfStep.join(', ')}: a step is just one of them`,
      },
    ];
  const { error } = stepSchemas[kind].safeParse(value);
  return error ? problemsOf(error.issues, value, path) : [];
}

function triggerProblems(value: unknown, path: Path): Problem[] {
  const kinds = isObject(value) ? triggerKinds.filter((kind) => kind in value) : [];
  if (kinds.length !== 1)
    return [{ path: written(path), message: `expected just one of ${triggerKinds.join(', ')}` }];
  const at = triggerKinds.indexOf(kinds[0] ?? '');
  const option = workflowTrigger.options[at];
  const { error } = option?.safeParse(value) ?? {};
  return error ? problemsOf(error.issues, value, path) : [];
}

const valueAt = (value: unknown, path: Path): unknown =>
  path.reduce<unknown>(
    (inner, key) =>
      typeof inner === 'object' && inner !== null
        ? (inner as Readonly<Record<PropertyKey, unknown>>)[key]
        : undefined, // looked up by what zod found there
    value,
  );

/** The issues of zod in words; a union is looked into by what it is a union of. */
function problemsOf(issues: readonly z.core.$ZodIssue[], value: unknown, base: Path): Problem[] {
  return issues.flatMap((issue): Problem[] => {
    const path = [...base, ...issue.path];
    const here = valueAt(value, issue.path);
    if (issue.code === 'invalid_union') {
      if (issue.path.at(-1) === 'trigger') return triggerProblems(here, path);
      if (typeof issue.path.at(-1) === 'number') return stepProblems(here, path);
      if (issue.path.at(-1) === 'onTimeout' && Array.isArray(here))
        return here.flatMap((step, at) => stepProblems(step, [...path, at]));
      if (issue.path.at(-1) === 'waitUntil')
        return [{ path: written(path), message: 'expected a condition, or {days: 1 to 400}' }];
      if (issue.path.at(-1) === 'onTimeout')
        return [{ path: written(path), message: 'expected stop, continue, or a list of steps' }];
    }
    if (issue.code === 'unrecognized_keys')
      return issue.keys.map((key) => ({
        path: written([...path, key]),
        message: 'is not a field of it: correct its name, or remove it',
      }));
    const message = issueWords(issue, issue.input === undefined && here === undefined);
    return [{ path: written(path), message }];
  });
}

/** What a schema of one field cannot see. */
function wholeProblems({ trigger, record, steps }: WorkflowDefinition): Problem[] {
  const all = everyStep(steps);
  const seen = new Set<string>();
  const doubles = all.filter(({ step: { id } }) => seen.size === seen.add(id).size);
  const deep = all.filter(({ depth }) => depth > deepest);
  return [
    ...doubles.map(({ step, path }) => ({
      path: written([...path, 'id']),
      message: `"${step.id}" is the id of another step: give it one of its own`,
    })),
    ...deep.map(({ path }) => ({
      path: written(path),
      message: `lies deeper than ${deepest} steps within steps`,
    })),
    ...(all.length > mostSteps
      ? [{ path: 'steps', message: `${all.length} steps; at most ${mostSteps}` }]
      : []),
    ...('event' in trigger && !recordsOfEvent(trigger.event).includes(record)
      ? [
          {
            path: 'record',
            message: `"${record}" cannot be told from the event ${trigger.event}; expected ${recordsOfEvent(trigger.event).join(', ')}`,
          },
        ]
      : []),
    ...('metric' in trigger && (trigger.above === undefined) === (trigger.below === undefined)
      ? [{ path: 'trigger', message: 'expected just one of above, below beside metric' }]
      : []),
    ...('metric' in trigger && record !== 'system'
      ? [{ path: 'record', message: `"${record}" cannot be told from a metric; expected system` }]
      : []),
  ];
}

/** Reads a workflow from an object, as a form or an API gives it. */
export function readDefinition(input: unknown): ReadDefinition {
  if (!isObject(input))
    return { problems: [{ path: '', message: 'expected a workflow: name, title, trigger, record, steps' }] };
  const read = workflowDefinition.safeParse(input);
  if (!read.success) return { problems: problemsOf(read.error.issues, input, []) };
  const problems = wholeProblems(read.data);
  return problems.length > 0 ? { problems } : { definition: read.data, problems: [] };
}

/** Reads a workflow from YAML (JSON is YAML too); each problem bears its line. */
export function readYaml(source: string): ReadDefinition {
  const lines = new LineCounter();
  const document = parseDocument(source, { lineCounter: lines, uniqueKeys: true });
  if (document.errors.length > 0)
    return {
      problems: document.errors.map(({ message, pos }) => ({
        path: '',
        message: message.split('\n')[0] ?? message,
        line: lines.linePos(pos[0]).line,
      })),
    };
  let plain: unknown;
  try {
    // An alias may name itself a thousand times over: what it would become is limited.
    plain = document.toJS({ maxAliasCount: 50 });
  } catch (error) {
    return { problems: [{ path: '', message: `is no YAML that can be read: ${messageOf(error)}` }] };
  }
  const read = readDefinition(plain);
  if (read.definition) return read;
  return {
    problems: read.problems.map((problem) => ({ ...problem, ...lineOf(document, lines, problem.path) })),
  };
}

/** The line of the nearest thing that is there. */
function lineOf(
  document: ReturnType<typeof parseDocument>,
  lines: LineCounter,
  path: string,
): { readonly line?: number } {
  const keys = path === '' ? [] : path.split('.').map((key) => (/^\d+$/.test(key) ? Number(key) : key));
  for (let length = keys.length; length >= 0; length -= 1) {
    const node: unknown = length === 0 ? document.contents : document.getIn(keys.slice(0, length), true);
    const start = isObject(node) && Array.isArray(node['range']) ? (node['range'][0] as unknown) : undefined;
    if (typeof start === 'number') return { line: lines.linePos(start).line };
  }
  return {};
}

/** Reads a workflow from YAML, or from an object. */
export const readSource = (source: string | Readonly<Record<string, unknown>>): ReadDefinition =>
  typeof source === 'string' ? readYaml(source) : readDefinition(source);

/** The line of a path in YAML that could be read. */
export function lineOfPath(source: string, path: string): { readonly line?: number } {
  const lines = new LineCounter();
  return lineOf(parseDocument(source, { lineCounter: lines }), lines, path);
}
