/** CVSS vectors as far as a risk adjustment needs them: which metrics they name, and which of them an adjustment changes. Pure. */

/** Base metrics of each version; a vector without one of them says nothing. */
const base: Readonly<Record<string, readonly string[]>> = {
  '3.0': ['AV', 'AC', 'PR', 'UI', 'S', 'C', 'I', 'A'],
  '3.1': ['AV', 'AC', 'PR', 'UI', 'S', 'C', 'I', 'A'],
  '4.0': ['AV', 'AC', 'AT', 'PR', 'UI', 'VC', 'VI', 'VA', 'SC', 'SI', 'SA'],
};

export interface Vector {
  readonly version: string;
  readonly metrics: ReadonlyMap<string, string>;
}

/** @returns what is wrong with it, where it is no vector. */
export function readVector(text: string): Vector | string {
  const [head, ...parts] = text.trim().split('/');
  const version = /^CVSS:(3\.0|3\.1|4\.0)$/.exec(head ?? '')?.[1];
  const wanted = version === undefined ? undefined : base[version];
  if (version === undefined || wanted === undefined)
    return 'is no CVSS vector: it begins with CVSS:3.0/, CVSS:3.1/ or CVSS:4.0/';
  const metrics = new Map<string, string>();
  for (const part of parts) {
    const [, name, value] = /^([A-Z]{1,3}):([A-Z])$/.exec(part) ?? [];
    if (name === undefined || value === undefined) return `has a part that is no metric: "${part}"`;
    if (metrics.has(name)) return `names ${name} twice`;
    metrics.set(name, value);
  }
  const missing = wanted.filter((name) => !metrics.has(name));
  return missing.length === 0 ? { version, metrics } : `lacks ${missing.join(', ')}`;
}

/** Temporal and threat metrics: FedRAMP takes no adjustment by these (grc-formats 3.6). */
const temporal: ReadonlySet<string> = new Set(['E', 'RL', 'RC']);

export interface VectorChange {
  /** Metrics that the adjustment adds or changes. */
  readonly changed: readonly string[];
  /** Base metrics that it changes: they are those of the weakness, which no environment changes. */
  readonly ofBase: readonly string[];
  readonly ofTime: readonly string[];
}

export function changeOf(before: Vector, after: Vector): VectorChange {
  const names = new Set([...before.metrics.keys(), ...after.metrics.keys()]);
  const changed = [...names].filter((name) => before.metrics.get(name) !== after.metrics.get(name));
  return {
    changed,
    ofBase: changed.filter((name) => base[before.version]?.includes(name)),
    ofTime: changed.filter((name) => temporal.has(name)),
  };
}
