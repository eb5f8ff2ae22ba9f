/**
 * A rule changes rows without their being seen again, and a window of time does not show them. So the mark of a read of findings carries
 * the state of the rules, and the plugins whose rules differ are read whole.
 */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { TielineError } from '../../../platform/errors/index.ts';
import { fetchRules, kinds, type Rule } from './risk-rules.ts';
import type { Reading } from './repositories.ts';

/** By plugin: a short digest of its rules, and since when (epoch seconds) they are unchanged. */
export const ruleStands = z.record(z.string(), z.object({ digest: z.string(), since: z.int() }));
export type RuleStands = z.output<typeof ruleStands>;

/** How long a server may take to apply a rule, generously: so long after a change its plugin is read each time. */
const settlingSeconds = 3600;

/** @param at epoch seconds; @param known as they were when the read before began */
export function standsOf(rules: readonly Rule[], known: RuleStands, at: number): RuleStands {
  const byPlugin = new Map<string, string[]>();
  for (const { id, plugin, repository, modifiedTime, expires } of rules) {
    const isOver = Number(expires) > 0 && Number(expires) <= at;
    const said = [repository?.id ?? '', id, modifiedTime ?? '', isOver ? 'over' : ''].join(' ');
    byPlugin.set(plugin.id, [...(byPlugin.get(plugin.id) ?? []), said]);
  }
  // A plugin whose rules are all gone is reported until that has settled.
  for (const [plugin, { digest, since }] of Object.entries(known))
    if (!byPlugin.has(plugin) && (digest !== '' || at - since < settlingSeconds)) byPlugin.set(plugin, []);
  return Object.fromEntries(
    [...byPlugin].map(([plugin, said]) => {
      const digest =
        said.length === 0
          ? ''
          : createHash('sha256').update(said.toSorted().join(';')).digest('base64url').slice(0, 12);
      const before = known[plugin];
      return [plugin, before?.digest === digest ? before : { digest, since: at }];
    }),
  );
}

/** The plugins whose rows are to be read whatever their time: their rules changed, or did so not long ago. Sorted. */
export function changedRules(known: RuleStands, stands: RuleStands, at: number): string[] {
  return Object.entries(stands)
    .filter(([plugin, { digest, since }]) => known[plugin]?.digest !== digest || at - since < settlingSeconds)
    .map(([plugin]) => plugin)
    .toSorted();
}

/** An account that may not see rules reads findings all the same: without rules there is nothing to report. */
export async function fetchRuleStands(
  reading: Reading,
  repositories: readonly string[],
  known: RuleStands,
  signal: AbortSignal,
): Promise<RuleStands> {
  const rules: Rule[] = [];
  try {
    for (const repository of repositories)
      for (const kind of kinds) rules.push(...(await fetchRules(reading, kind, repository, signal)));
  } catch (error) {
    if (!(error instanceof TielineError) || error.code !== 'REMOTE_FORBIDDEN') throw error;
  }
  return standsOf(rules, known, Math.floor(reading.now().getTime() / 1000));
}
