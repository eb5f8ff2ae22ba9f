/** SSVC decision points. Their words come capitalised or not, and with or without blanks, by publisher and year. */
import { z } from 'zod';
import type { SsvcPoints } from '../../../record/intelligence/index.ts';

/** A list of objects of one or more points each. */
export const ssvcOptions = z.array(z.record(z.string(), z.unknown()));

const folded = (word: string): string => word.toLowerCase().replaceAll(/[\s_-]/g, '');

const words = {
  exploitation: { none: 'none', poc: 'poc', publicpoc: 'poc', proofofconcept: 'poc', active: 'active' },
  automatable: { yes: 'yes', no: 'no', true: 'yes', false: 'no' },
  technicalimpact: { total: 'total', partial: 'partial' },
} as const;

/** Points that are words of the decision model; undefined where none is. */
export function pointsOf(
  options: z.output<typeof ssvcOptions>,
  timestamp: string | undefined,
): SsvcPoints | undefined {
  const given = new Map(
    options.flatMap((option) =>
      Object.entries(option).map(([name, value]) => [folded(name), folded(String(value))] as const),
    ),
  );
  const word = <T extends string>(name: string, known: Readonly<Record<string, T>>): T | null => {
    const value = given.get(name);
    return value !== undefined && Object.hasOwn(known, value) ? (known[value] ?? null) : null;
  };
  const at = timestamp === undefined ? Number.NaN : Date.parse(timestamp);
  const points = {
    exploitation: word('exploitation', words.exploitation),
    automatable: word('automatable', words.automatable),
    technical_impact: word('technicalimpact', words.technicalimpact),
  };
  if (Object.values(points).every((each) => each === null)) return undefined;
  return { ...points, at: Number.isNaN(at) ? null : new Date(at).toISOString() };
}
