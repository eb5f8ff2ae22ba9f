/** Who a decision is by. */
import { userInfo } from 'node:os';
import type { DecisionFlags } from './flags.ts';

/** The name of the account that runs the command. */
export const accountName = (): string => userInfo().username;

/** Who decides and why, for the journal. */
export const decider = (
  flags: DecisionFlags,
): { readonly by: string; readonly reason: string | undefined } => ({
  by: flags.by ?? accountName(),
  reason: flags.reason,
});
