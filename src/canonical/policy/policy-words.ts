/** A policy in words, for whoever decides what it left to a person. */
import type { ConflictStrategy, FieldPolicy, SyncDirection } from './policy.ts';

const directions: Readonly<Record<SyncDirection, string>> = {
  inbound: 'changes come in and do not go out',
  outbound: 'changes go out and do not come in',
  bidirectional: 'changes go both ways',
};

const strategies: Readonly<Record<ConflictStrategy, string>> = {
  external_wins: 'where both sides changed it, the value there stands',
  internal_wins: 'where both sides changed it, the value here stands',
  newest_wins: 'where both sides changed it, the later change stands',
  manual: 'where both sides changed it, a person decides',
  union: 'what both sides added is kept',
  append: 'what both sides added is put one after the other',
};

export const policyWords = ({ direction, strategy }: FieldPolicy): string =>
  `${directions[direction]}; ${strategies[strategy]}`;
