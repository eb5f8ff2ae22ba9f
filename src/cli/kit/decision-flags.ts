/** The flags of commands by which a person decides, for the journal. */
import { userInfo } from 'node:os';
import type { Command } from 'commander';
import type { GlobalFlags } from './command-context.ts';

export interface DecisionFlags extends GlobalFlags {
  readonly reason?: string;
  readonly by?: string;
}

export const decider = (flags: DecisionFlags) => ({
  by: flags.by ?? userInfo().username,
  reason: flags.reason,
});

export const withDecider = (command: Command): Command =>
  command
    .option('--reason <text>', 'for the journal')
    .option('--by <name>', 'who decides (default: the name of the account)');
