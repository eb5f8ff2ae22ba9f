import { TielineError } from '../../errors/tieline-error.ts';

/** Reads a flag that must be a whole number within bounds. @throws TielineError USAGE. */
export const wholeNumber =
  (least: number, most: number) =>
  (text: string): number => {
    const value = Number(text);
    if (!Number.isInteger(value) || value < least || value > most)
      throw new TielineError('USAGE', `"${text}" is not a whole number from ${least} to ${most}.`);
    return value;
  };
