/** A run of steps whose progress other processes see, and which a person can end from there. */
import { type ProgressNote, withProgress } from '../../ledger/operations/index.ts';
import type { RunContext, StepProgress } from './run-context.ts';

/** How far a run is, out of what its steps report. */
export function progressNotes(): (progress: StepProgress) => ProgressNote {
  let counted = 0;
  let place = '';
  return ({ system, step, state, counts, done, total }) => {
    if (place !== `${system} ${step}` || state === 'started') counted = 0;
    place = `${system} ${step}`;
    if (state === 'working') counted += counts?.read ?? 0;
    return { connection: system, step, done: done ?? counted, total, unit: 'records' };
  };
}

/** @throws what the work throws; TielineError CANCELLED instead where a person ended it. */
export function watched<C extends Pick<RunContext, 'db' | 'operationId' | 'signal' | 'report'>, T>(
  context: C,
  work: (context: C) => Promise<T>,
): Promise<T> {
  const noteOf = progressNotes();
  return withProgress(context.db, context, ({ signal, note }) =>
    work({
      ...context,
      signal,
      report: (progress) => {
        note(noteOf(progress));
        context.report(progress);
      },
    }),
  );
}
