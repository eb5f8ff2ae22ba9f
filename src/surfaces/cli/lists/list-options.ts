/** Options of commands that list the record: the filter grammar, sort and form of output are the same in all of them. */
import type { GlobalFlags } from '../kit/command-context.ts';
import type { OptionSpec } from '../kit/command.ts';
import { leavingOptions, limitOption } from '../kit/flags.ts';

export interface ListFlags extends GlobalFlags {
  readonly filter?: string;
  readonly sort?: string;
  readonly limit: number;
  readonly csv?: boolean;
}

export const filterOption: OptionSpec = {
  flags: '--filter <filter>',
  description:
    'name=value pairs, such as "severity=critical,high status=!completed due=..30d"; a wrong one says what there is',
};

export const listOptions: readonly OptionSpec[] = [
  filterOption,
  {
    flags: '--sort <name>',
    description: 'with - before it the highest comes first; a wrong one says what there is',
  },
  limitOption(100_000, 100),
  { flags: '--csv', description: 'all of the filter as CSV, whatever the limit', default: false },
  ...leavingOptions,
];
