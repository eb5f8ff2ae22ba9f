/** Who a decision is by. */
import { userInfo } from 'node:os';
import type { DecisionFlags } from './flags.ts';

/** The name of the account that runs the command. In a container the number may have no name: it stands for itself. */
export function accountName(): string {
  try {
    return userInfo().username;
  } catch {
    return `uid ${process.getuid?.() ?? 'unknown'}`;
  }
}

/** Who decides and why, for the journal. */
export const decider = (
  flags: DecisionFlags,
): { readonly by: string; readonly reason: string | undefined } => ({
  by: flags.by ?? accountName(),
  reason: flags.reason,
});
