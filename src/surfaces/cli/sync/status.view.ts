import type { SyncStatus } from '../../../operate/status/index.ts';
import { fittedTable } from '../kit/fitted-table.ts';
import type { PlaceFlags } from '../kit/hint.ts';
import { secondText } from '../kit/instants.ts';
import { stepTitle } from '../../../engine/run/index.ts';
import { counted } from '../kit/table.ts';
import { waitingText } from './waiting-text.ts';

/** `sync status` in paragraphs: the last run, reads, health and lag, schedules, what waits. @param width of the terminal. */
export function statusLines(status: SyncStatus, width: number | undefined, place: PlaceFlags): string[] {
  const { lastRun, oldestConflict } = status;
  const since =
    oldestConflict === null ? '' : `; the oldest conflict is open since ${secondText(oldestConflict)} UTC`;
  return [
    lastRun
      ? `Last sync ${lastRun.operationId.slice(0, 8)}: ${lastRun.status}, started ${secondText(lastRun.startedAt)} UTC`
      : 'No sync has run yet.',
    ...status.running.map(runningLine),
    ...readsTable(status, width),
    ...healthTable(status, width),
    ...schedulesTable(status, width),
    `${counted(status.outbox.open, 'change')} waiting to be sent${since}.`,
    waitingText(status.waiting, width, place),
  ];
}

function runningLine(run: SyncStatus['running'][number]): string {
  const { operationId, type, connection, step, done, total } = run;
  const far =
    done === null
      ? ''
      : ` ${done.toLocaleString('en-US')}${total === null ? '' : ` of ${total.toLocaleString('en-US')}`}`;
  const at = step === null ? '' : `: ${connection ?? ''} ${stepTitle(step)}${far}`;
  const end = run.isSilent
    ? '; its process has said nothing for a minute'
    : run.cancelRequestedBy === null
      ? ''
      : `; ${run.cancelRequestedBy} asked it to end`;
  return `Running ${operationId.slice(0, 8)}, ${type}${at}${end}. Stop it: tieline ops cancel ${operationId.slice(0, 8)}`;
}

function readsTable({ reads }: SyncStatus, width: number | undefined): string[] {
  if (reads.length === 0) return [];
  const rows = reads.map((read) => [
    read.system,
    read.entity,
    secondText(read.completeAt, 'never'),
    read.unfinished ? 'unfinished: the next sync continues it' : '',
  ]);
  return [fittedTable(['SYSTEM', 'ENTITY', 'LAST COMPLETE READ (UTC)', ''], rows, width)];
}

function healthTable({ health, lag }: SyncStatus, width: number | undefined): string[] {
  if (lag.length === 0) return [];
  const healthOf = (system: string): string => {
    const checks = health.filter((each) => each.system === system);
    if (checks.length === 0) return 'not checked yet';
    const unwell = checks.filter((each) => each.status !== 'healthy');
    return unwell.map((each) => `${each.check} ${each.status}`).join(', ') || 'healthy';
  };
  const rows = lag.map((each) => [
    each.system,
    healthOf(each.system),
    secondText(each.unsentSince),
    secondText(each.unreadSince, 'never'),
    each.sendingPaused !== null
      ? `sending is paused: ${each.sendingPaused}`
      : each.enabled
        ? ''
        : 'sync is off',
  ]);
  return [fittedTable(['SYSTEM', 'HEALTH', 'UNSENT SINCE (UTC)', 'READ LAST (UTC)', ''], rows, width)];
}

function schedulesTable({ schedules }: SyncStatus, width: number | undefined): string[] {
  if (schedules.length === 0) return [];
  const rows = schedules.map((schedule) => [
    `${schedule.system} ${schedule.name}`,
    secondText(schedule.nextRunAt, 'when a worker runs'),
    schedule.lastOutcome ?? '–',
  ]);
  return [fittedTable(['SCHEDULE', 'NEXT (UTC)', 'LAST'], rows, width)];
}
