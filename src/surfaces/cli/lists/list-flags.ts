/** What lists of the record have in common on the command line. Loaded by declarations: knows no room of the product. */
import type { OptionSpec } from '../kit/command.ts';
import type { GlobalFlags } from '../kit/command-context.ts';
import { leavingOptions, limitOption, several } from '../kit/flags.ts';

export interface ListFlags extends GlobalFlags {
  readonly filter: string[];
  readonly sort?: string;
  readonly limit: number;
  readonly csv?: boolean;
}

export const filterOption: OptionSpec = {
  flags: '--filter <filter>',
  description:
    "such as 'severity=critical,high poam=none'; docs/lists.md has all. May be given more than once",
  parse: several,
  default: [],
};

/** @param sorts that the list has; a `-` before one turns it round. */
export const listOptions = (sorts: readonly string[]): readonly OptionSpec[] => [
  filterOption,
  { flags: '--sort <sort>', description: `${sorts.join(', ')}; with - before it the highest first` },
  limitOption(100_000, 50),
  { flags: '--csv', description: 'every row that matches, as CSV, however many' },
  ...leavingOptions,
];
