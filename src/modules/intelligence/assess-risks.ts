/** Scores anew what is open: after a load, a sync, an import, or when a person asks. Scores are conclusions: computed from what is stored, at any time. */
import type { App } from '../../engine/run/index.ts';
import {
  type Assessed,
  recordAssessment,
  renewPluginIntelligence,
  scoreRisks,
} from '../../record/intelligence/index.ts';

/** @param cause what made it necessary. */
export async function assessRisks(
  app: Pick<App, 'store' | 'now'>,
  cause: 'load' | 'sync' | 'import' | 'command',
): Promise<Assessed> {
  return app.store.transaction(async (tx) => {
    const now = app.now();
    await renewPluginIntelligence(tx);
    const assessed = await scoreRisks(tx, now);
    await recordAssessment(tx, { ...assessed, at: now, cause });
    return assessed;
  });
}
