import { RecordMovedError } from '../../../review/records/index.ts';
import { type Problem, Refusal } from './problem.ts';

/** A record that moved is shown as it is now, for the difference. */
export async function orMoved<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (!(error instanceof RecordMovedError)) throw error;
    throw new Refusal({ present: error.present as Problem['present'] }, 'RECORD_MOVED', error.message, {
      cause: error,
    });
  }
}
