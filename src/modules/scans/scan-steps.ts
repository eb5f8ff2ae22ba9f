import { listScans } from '../../record/remediation-scans/index.ts';
import type { RunContext, Step, SyncOptions } from '../../engine/run/index.ts';
import { advanceScans } from './advance-scan.ts';

/**
 * The steps by which a sync follows unfinished scans, before it reads: what one of them found comes with the findings of the same
 * run. None for a system without any, and none where findings are not asked for.
 */
export async function planScanSteps(
  context: Pick<RunContext, 'db' | 'systems'>,
  options: SyncOptions,
): Promise<Step[]> {
  if (options.entities.length > 0 && !options.entities.includes('finding')) return [];
  const steps: Step[] = [];
  for (const system of context.systems) {
    if (!system.connector.scans) continue;
    const unfinished = await listScans(context.db, { systemId: system.id, followed: true }, 1);
    if (unfinished.length === 0) continue;
    steps.push({
      system,
      name: 'scans',
      type: 'export',
      anew: true,
      // What does not continue is noted with the scan; the reads that follow do not depend on it.
      run: async (run, operationId) => {
        await advanceScans(run, system, operationId, undefined);
      },
    });
  }
  return steps;
}
