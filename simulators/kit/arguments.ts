import { parseArgs } from 'node:util';
import { parseFaults, type Fault } from './faults.ts';

/** What every simulator can be told; what only one of them knows is in `others`, by name without the dashes. */
export interface SimulatorArguments {
  /** 0: any free port. */
  readonly port: number;
  readonly seed: number;
  readonly size: number;
  /** The instant that the world's dates are relative to; the server's own clock runs on the machine's time. */
  readonly now: Date;
  /** A folder of recorded exports. */
  readonly recorded?: string;
  readonly exitWithParent: boolean;
  readonly faults: Fault[];
  readonly others: Readonly<Record<string, string>>;
}

const known = ['port', 'seed', 'size', 'now', 'recorded', 'faults'];

/**
 * Reads a simulator's command line.
 * @param extra names that this simulator knows besides
 * @throws Error that says what is wrong, in one line a person can act on
 */
export function readArguments(argv: readonly string[], extra: readonly string[] = []): SimulatorArguments {
  const options = Object.fromEntries([...known, ...extra].map((name) => [name, { type: 'string' as const }]));
  const parsed = parseArgs({
    args: [...argv],
    options: { ...options, 'exit-with-parent': { type: 'boolean' } },
  });
  const values = new Map<string, unknown>(Object.entries(parsed.values));
  const text = (name: string): string | undefined => {
    const value = values.get(name);
    return typeof value === 'string' ? value : undefined;
  };
  const number = (name: string, absent: number, least: number): number => {
    const value = Number(text(name) ?? absent);
    if (!Number.isInteger(value) || value < least)
      throw new Error(`--${name} must be a whole number, ${least} or more`);
    return value;
  };
  const now = new Date(text('now') ?? startOfToday());
  if (Number.isNaN(now.getTime())) throw new Error('--now must be an instant such as 2026-11-23T12:00:00Z');
  const recorded = text('recorded');
  return {
    port: number('port', 0, 0),
    seed: number('seed', 1, 0),
    size: number('size', 1, 1),
    now,
    ...(recorded === undefined ? {} : { recorded }),
    exitWithParent: values.get('exit-with-parent') === true,
    faults: parseFaults(JSON.parse(text('faults') ?? '[]')),
    others: Object.fromEntries(
      extra.flatMap((name) => (text(name) === undefined ? [] : [[name, text(name) ?? '']])),
    ),
  };
}

/**
 * Reads a number among `others`.
 * @param bounds both inclusive; a whole number unless `fraction` says otherwise
 * @throws Error that names the argument and what it may be
 */
export function numberArgument(
  { others }: SimulatorArguments,
  name: string,
  absent: number,
  bounds: { readonly least: number; readonly most?: number; readonly fraction?: boolean },
): number {
  const { least, most = Number.MAX_SAFE_INTEGER, fraction = false } = bounds;
  const given = others[name];
  const value = given === undefined ? absent : given.trim() === '' ? Number.NaN : Number(given);
  if (value >= least && value <= most && (fraction || Number.isInteger(value))) return value;
  const range = bounds.most === undefined ? `${least} or more` : `between ${least} and ${most}`;
  throw new Error(`--${name} must be a ${fraction ? '' : 'whole '}number, ${range}`);
}

/** Two simulators that are started on the same day without --now see the same world. */
function startOfToday(): string {
  return `${new Date().toISOString().slice(0, 10)}T00:00:00.000Z`;
}
