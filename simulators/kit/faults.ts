/**
 * Faults on demand: what a simulator does wrong, when, and how often.
 *
 * The server carries out most kinds itself. `duplicate` and `schema-drift` are delegated: a simulator asks the engine
 * while it makes an answer, since only it knows its records.
 */
import { z } from 'zod';
import { createRandom, type Random } from '../world/random.ts';

const when = {
  /** Requests it is for; `path` is the source of a regular expression over the path without its query. */
  match: z
    .strictObject({ method: z.string().optional(), path: z.string().refine(isPattern).optional() })
    .optional(),
  /** How often it fires; without, whenever it fits. */
  times: z.int().min(1).optional(),
  /** Lets the first n fitting requests pass. */
  skip: z.int().min(0).optional(),
  /** Fires for this share of the fitting requests, drawn from `seed`. */
  probability: z.number().min(0).max(1).optional(),
  seed: z.int().optional(),
};

export const faultSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('delay'), ms: z.int().min(0), ...when }),
  /** 429 with Retry-After. */
  z.strictObject({ kind: z.literal('rate-limit'), retryAfterSeconds: z.number().min(0), ...when }),
  z.strictObject({ kind: z.literal('server-error'), status: z.int().min(500).max(599), ...when }),
  /** Headers and part of the body, then the connection is cut. */
  z.strictObject({ kind: z.literal('cut-body'), afterBytes: z.int().min(0), ...when }),
  /** The connection is cut before the request is looked at. */
  z.strictObject({ kind: z.literal('cut-before'), ...when }),
  /** The request is carried out; then the connection is cut without an answer. */
  z.strictObject({ kind: z.literal('commit-cut'), ...when }),
  /** Records, pages or chunks come twice. */
  z.strictObject({ kind: z.literal('duplicate'), ...when }),
  /** The server's clock is off: the Date header and the times it gives to records. */
  z.strictObject({ kind: z.literal('clock-skew'), seconds: z.number(), ...when }),
  /** A field of every record of the entity is missing, new, or of the wrong type. */
  z.strictObject({
    kind: z.literal('schema-drift'),
    entity: z.string(),
    field: z.string(),
    mode: z.enum(['missing', 'extra', 'wrong-type']),
    ...when,
  }),
]);
export type Fault = z.infer<typeof faultSchema>;
export type FaultKind = Fault['kind'];
export type FaultOf<K extends FaultKind> = Extract<Fault, { kind: K }>;

/** @throws Error that names each wrong part. */
export function parseFaults(value: unknown): Fault[] {
  const parsed = z.array(faultSchema).safeParse(value);
  if (parsed.success) return parsed.data;
  throw new Error(`faults: ${z.prettifyError(parsed.error)}`);
}

interface Armed {
  readonly fault: Fault;
  readonly random: Random;
  seen: number;
  fired: number;
}

/** What a fault is matched against: a request, or anything like one. */
export interface FaultTarget {
  readonly method: string;
  readonly path: string;
}

export class FaultEngine {
  #armed: Armed[] = [];

  constructor(faults: readonly Fault[] = []) {
    this.set(faults);
  }

  /** Replaces all faults; their counts begin anew. */
  set(faults: readonly Fault[]): void {
    this.#armed = faults.map((fault) => ({
      fault,
      random: createRandom('fault', fault.seed ?? 0),
      seen: 0,
      fired: 0,
    }));
  }

  /** The faults with how often each has fired. */
  list(): readonly (Fault & { readonly fired: number })[] {
    return this.#armed.map(({ fault, fired }) => ({ ...fault, fired }));
  }

  /** The first fault of the kind that fires for this request, if any; one firing of it is used up. */
  active<K extends FaultKind>(
    kind: K,
    target: FaultTarget,
    where: (fault: FaultOf<K>) => boolean = () => true,
  ): FaultOf<K> | undefined {
    for (const armed of this.#armed)
      if (isOf(armed.fault, kind) && where(armed.fault) && fires(armed, target)) return armed.fault;
    return undefined;
  }

  /** Every drift of the entity that fires for this request; one firing of each is used up. */
  drifts(entity: string, target: FaultTarget): FaultOf<'schema-drift'>[] {
    const found: FaultOf<'schema-drift'>[] = [];
    for (const armed of this.#armed)
      if (isOf(armed.fault, 'schema-drift') && armed.fault.entity === entity && fires(armed, target))
        found.push(armed.fault);
    return found;
  }
}

/**
 * The record with the field left out, with a new field, or with a value of a type that nobody expects.
 * A dotted field reaches into objects.
 */
export function applyDrift(record: object, fault: FaultOf<'schema-drift'>): Record<string, unknown> {
  const drifted: Record<string, unknown> = { ...record };
  const [head = '', ...rest] = fault.field.split('.');
  if (rest.length > 0) {
    const inner = drifted[head];
    if (typeof inner === 'object' && inner !== null && !Array.isArray(inner))
      drifted[head] = applyDrift(inner, { ...fault, field: rest.join('.') });
    return drifted;
  }
  if (fault.mode === 'missing') delete drifted[head];
  else if (fault.mode === 'extra') drifted[head] = { added_in: 'a later release', value: 1 };
  else drifted[head] = wrongType(drifted[head]);
  return drifted;
}

function wrongType(value: unknown): unknown {
  if (typeof value === 'object' && value !== null) return 'not a list or an object any more';
  return typeof value === 'string' || value === null || value === undefined
    ? { unexpected: true }
    : [JSON.stringify(value)];
}

function isOf<K extends FaultKind>(fault: Fault, kind: K): fault is FaultOf<K> {
  return fault.kind === kind;
}

function fires(armed: Armed, target: FaultTarget): boolean {
  const { match, skip = 0, times, probability } = armed.fault;
  if (match?.method !== undefined && match.method.toUpperCase() !== target.method) return false;
  if (match?.path !== undefined && !new RegExp(match.path).test(target.path)) return false;
  armed.seen += 1;
  if (armed.seen <= skip || (times !== undefined && armed.fired >= times)) return false;
  if (probability !== undefined && !armed.random.chance(probability)) return false;
  armed.fired += 1;
  return true;
}

function isPattern(source: string): boolean {
  try {
    return new RegExp(source) instanceof RegExp;
  } catch {
    return false;
  }
}
