import { SingleBar } from 'cli-progress';
import { shownText } from '../../../platform/errors/index.ts';
import { type StepProgress, stepTitle } from '../../../engine/run/index.ts';
import { coloursFor } from './colours.ts';
import type { Terminal } from './command-context.ts';

/** Steps that a person need not hear of when they found nothing. */
const quietWhenEmpty = new Set(['settle', 'edits', 'send', 'tags', 'approvals']);

export interface ProgressView {
  readonly report: (progress: StepProgress) => void;
  /** Takes the bar away, also after a failure. */
  stop(): void;
}

/** A bar for the current step on a terminal; one line a finished step anywhere else. Writes to standard error. */
export function progressView(terminal: Terminal): ProgressView {
  const bar = terminal.err.isTTY === true ? newBar(terminal) : undefined;
  let records = 0;
  let startedAt = performance.now();
  let running = false;

  const stop = (): void => {
    if (running) bar?.stop();
    running = false;
  };

  return {
    stop,
    report(progress) {
      const title = titleOf(progress);
      if (progress.state === 'started') {
        records = 0;
        startedAt = performance.now();
        stop();
        bar?.start(1, 0, { title: title.padEnd(titleWidth), tally: '' });
        running = bar !== undefined;
        return;
      }
      if (progress.state === 'working') {
        records += progress.counts?.read ?? 0;
        if (bar) updateBar(bar, progress, records);
      }
      if (progress.state === 'failed' || progress.state === 'done') stop();
      const line = lineOf(progress, terminal, performance.now() - startedAt);
      if (line !== undefined) terminal.err.write(`${line}\n`);
    },
  };
}

const titleWidth = 40;

const titleOf = (progress: StepProgress): string =>
  shownText(`${progress.system}: ${stepTitle(progress.step)}`);

function newBar({ err }: Terminal): SingleBar {
  return new SingleBar({
    format: '  {title} {bar} {tally}',
    barsize: 24,
    hideCursor: true,
    clearOnComplete: true,
    linewrap: false,
    stream: err,
    barCompleteChar: '█',
    barIncompleteChar: '░',
  });
}

function updateBar(bar: SingleBar, progress: StepProgress, records: number): void {
  if (progress.total !== undefined) bar.setTotal(Math.max(progress.total, 1));
  bar.update(progress.done ?? 0, {
    title: titleOf(progress).padEnd(titleWidth),
    tally: records > 0 ? `${records.toLocaleString('en-US')} records` : '',
  });
}

/** What is shown of a step beside the bar; undefined: nothing. */
function lineOf(progress: StepProgress, { err, env }: Terminal, tookMs: number): string | undefined {
  const pc = coloursFor(err, env);
  const title = titleOf(progress);
  const { counts, note = '' } = progress;
  switch (progress.state) {
    case 'retrying':
      return `${err.isTTY === true ? '\n' : ''}  ${title}: interrupted, trying again (${shownText(note)})`;
    case 'failed':
      return `  ${pc.red('✗')} ${title}: ${note}`;
    case 'done':
      if (counts?.read === 0 && quietWhenEmpty.has(progress.step)) return undefined;
      return `  ${pc.green('✓')} ${title.padEnd(titleWidth)} ${counts ? tallyOf(counts, pc) : ''} ${pc.dim(`${(tookMs / 1000).toFixed(1)} s`)}`;
    case 'started':
    case 'working':
    case 'skipped':
      return undefined;
  }
}

function tallyOf(counts: NonNullable<StepProgress['counts']>, pc: ReturnType<typeof coloursFor>): string {
  const parts = [
    `${counts.read.toLocaleString('en-US').padStart(7)}`,
    counts.created > 0 ? `${counts.created.toLocaleString('en-US')} new` : '',
    counts.updated > 0 ? `${counts.updated.toLocaleString('en-US')} changed` : '',
    counts.held > 0 ? pc.yellow(`${counts.held} held`) : '',
    counts.failed > 0 ? pc.red(`${counts.failed} could not be imported`) : '',
  ];
  return parts.filter(Boolean).join(', ');
}
