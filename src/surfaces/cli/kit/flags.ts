/** Options that several commands take, and how texts of flags are read. Loaded by declarations: knows no room of the product. */
import { messageOf, TielineError } from '../../../platform/errors/index.ts';
import type { GlobalFlags } from './command-context.ts';
import type { OptionSpec } from './command.ts';

/** Reads a flag that must be a whole number within bounds. @throws TielineError USAGE. */
export const wholeNumber =
  (least: number, most: number) =>
  (text: string): number => {
    const value = Number(text);
    if (!Number.isInteger(value) || value < least || value > most)
      throw new TielineError('USAGE', `"${text}" is not a whole number from ${least} to ${most}.`);
    return value;
  };

/** The id of a row: a number from 1. */
export const rowId = wholeNumber(1, 2 ** 31 - 1);

/** Reads a flag that may be given more than once. */
export const several = (value: string, before: string[] | undefined): string[] => [...(before ?? []), value];

/** One of a few words, in any case; spaces and dashes stand for underscores. @throws TielineError USAGE. */
export const oneOf =
  <W extends string>(what: string, words: readonly W[]) =>
  (text: string): W => {
    const plain = (word: string): string => word.toLowerCase().replaceAll(/[- ]/g, '_');
    const word = words.find((each) => plain(each) === plain(text));
    if (word !== undefined) return word;
    throw new TielineError('USAGE', `Unknown ${what} "${text}". Expected: ${words.join(', ')}.`);
  };

/** The text of a file that a person named. @throws TielineError USAGE where it cannot be read. */
export async function readNamedFile(path: string): Promise<string> {
  // Declarations load this module before any command reads a file.
  const { readFile } = await import('node:fs/promises');
  return readFile(path, 'utf8').catch((cause: unknown) => {
    throw new TielineError('USAGE', `${path} could not be read: ${messageOf(cause)}`, { cause });
  });
}

export const limitOption = (most: number, usual: number, description = 'how many'): OptionSpec => ({
  flags: '--limit <n>',
  description,
  parse: wholeNumber(1, most),
  default: usual,
});

/** Where a file that a command hands out leaves the agency. */
export interface LeavingFlags {
  readonly recipient?: string;
  readonly purpose?: string;
  readonly authority?: string;
  readonly address?: string;
}

export const leavingOptions: readonly OptionSpec[] = [
  {
    flags: '--recipient <name>',
    description: 'where it leaves the agency: who gets it; with --purpose and --authority',
  },
  { flags: '--purpose <text>', description: 'what the recipient needs it for' },
  { flags: '--authority <text>', description: 'the law, agreement or consent that allows it' },
  { flags: '--address <text>', description: 'where it is sent to' },
];

/** @returns undefined where none of it is given: it stays in the agency. What is missing is named by the accounting of disclosures. */
export function leavingOf(
  flags: LeavingFlags,
): (Required<Omit<LeavingFlags, 'address'>> & Pick<LeavingFlags, 'address'>) | undefined {
  const { recipient, purpose, authority, address } = flags;
  if ([recipient, purpose, authority, address].every((each) => each === undefined)) return undefined;
  return {
    recipient: recipient ?? '',
    purpose: purpose ?? '',
    authority: authority ?? '',
    ...(address === undefined ? {} : { address }),
  };
}

export const allOption = (description: string): OptionSpec => ({
  flags: '--all',
  description,
  default: false,
});

export interface DecisionFlags extends GlobalFlags {
  readonly reason?: string;
  readonly by?: string;
}

export const byOption: OptionSpec = {
  flags: '--by <name>',
  description: 'who decides (default: the name of the account)',
};

/** For commands by which a person decides. */
export const decisionOptions: readonly OptionSpec[] = [
  { flags: '--reason <text>', description: 'for the journal' },
  byOption,
];
