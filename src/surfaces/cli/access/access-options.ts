/** Options that several commands of accounts take. Loaded by declarations: knows no room of the product but its words. */
import { everywhere, type Scope } from '../../../canonical/access/index.ts';
import { TielineError } from '../../../platform/errors/index.ts';
import type { OptionSpec } from '../kit/command.ts';

/** `SYS-1,SYS-2`, also given more than once. */
export const listed = (text: string, before: string[] | undefined): string[] => [
  ...(before ?? []),
  ...text
    .split(',')
    .map((each) => each.trim())
    .filter((each) => each !== ''),
];

export const reasonOption: OptionSpec = { flags: '--reason <text>', description: 'why, for the record' };

export const placeOptions: readonly OptionSpec[] = [
  {
    flags: '--system <ids>',
    description: 'in these authorization boundaries only, as SYS-1,SYS-2 (default: everywhere)',
    parse: listed,
  },
  {
    flags: '--unassigned',
    description: 'with or without --system: for assets and findings in no boundary',
    default: false,
  },
];

export interface PlaceFlags {
  readonly system?: readonly string[];
  readonly unassigned: boolean;
}

export const scopeFrom = ({ system, unassigned }: PlaceFlags): Scope =>
  system === undefined && !unassigned
    ? everywhere
    : { kind: 'boundaries', systemIds: system ?? [], unassigned };

/** A day holds to its end, in UTC. @throws TielineError USAGE. */
export function untilDay(text: string): Date {
  const day = /^\d{4}-\d{2}-\d{2}$/.test(text) ? new Date(`${text}T00:00:00Z`) : new Date(NaN);
  if (Number.isNaN(day.getTime()) || day.toISOString().slice(0, 10) !== text)
    throw new TielineError('USAGE', `"${text}" is not a day. Expected: 2026-12-31.`);
  return new Date(day.getTime() + 86_400_000);
}
