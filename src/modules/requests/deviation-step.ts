/** In a run, after weaknesses and before what is sent to scanners: requests that nobody decided fall back, and deviations are followed. */
import { canRead, canWrite } from '../../engine/connections/index.ts';
import type { Conclusion } from '../../engine/run/index.ts';
import { followInRun } from '../deviations/index.ts';
import { expireRequests } from './decide-request.ts';

export const deviationStep: Conclusion = {
  entities: ['acceptance', 'poam'],
  suits: (system) => canWrite(system, 'acceptance') || canRead(system, 'poam'),
  stepOf: (system) => ({
    system,
    name: 'deviations',
    type: 'update',
    anew: true,
    takesTurn: true,
    async run(context, operationId) {
      await expireRequests(context);
      await followInRun(context, system, operationId);
    },
  }),
};
