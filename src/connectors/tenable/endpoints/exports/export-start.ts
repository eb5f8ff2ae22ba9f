/** Getting hold of a job for an export: our own new one, or one that runs already and is this very export. */
import type { ConnectorContext } from '../../../kit/index.ts';
import { isSameExport, type ExportRequest } from './export-filters.ts';
import { cancelExport, exportFailed, findExportStatus, findListedExport, startExport } from './export-job.ts';
import type { ExportPosition } from './export-position.ts';
import type { TenableSettings } from '../../settings.ts';
import type { TenableApi } from '../../session.ts';

const terminal = new Set(['FINISHED', 'CANCELLED', 'ERROR']);

export interface ObtainedExport {
  readonly uuid: string;
  /** When the job took its picture, epoch seconds, if it was adopted and reports it; its data are no newer. */
  readonly createdAt?: number;
  /** The job ran already, and this read had not asked for it before. */
  readonly isAdopted?: boolean;
}

/** What a read knows of earlier attempts at the same export. */
export interface EarlierAttempts {
  /** This read was interrupted, and may have started the job that runs. */
  readonly isResumed: boolean;
  /** Jobs that stood still: never adopted again; ours are cancelled where they stand in the way. */
  readonly abandoned: ExportPosition['abandoned'];
  /** Epoch milliseconds after which nothing is waited for any more. */
  readonly giveUpAt: number;
}

/**
 * Starts an export, or adopts the running one that the remote names in a 409: only if its filters are these very
 * ones, and only if its age is known or this read had asked for it before it was interrupted (`isResumed`), because
 * what changes after the job's picture must not fall behind the next mark. Any other job is waited out and left
 * alone: it may be another client's. Throws EXPORT_FAILED when that takes longer than `stall_minutes`, or until `giveUpAt`.
 */
export async function obtainExport(
  api: TenableApi,
  context: ConnectorContext<TenableSettings>,
  wanted: ExportRequest,
  earlier: EarlierAttempts,
  signal: AbortSignal,
): Promise<ObtainedExport> {
  const giveUpAt = Math.min(
    context.now().getTime() + context.settings.stall_minutes * 60_000,
    earlier.giveUpAt,
  );
  let pauseMs = Math.min(1000, context.settings.poll_interval_seconds * 1000);
  for (;;) {
    const started = await startExport(api, wanted, signal);
    if (started.outcome === 'started') return { uuid: started.uuid };
    const known = earlier.abandoned.find((job) => job.uuid === started.activeUuid);
    if (known?.isOurs) await cancelExport(api, wanted.kind, known.uuid, signal);
    else if (!known && started.activeUuid !== undefined) {
      const adopted = await tryAdopt(api, wanted, started.activeUuid, earlier.isResumed, signal);
      if (adopted) return adopted;
    }
    if (context.now().getTime() > giveUpAt)
      throw exportFailed(wanted.kind, `another export stands in its way (${started.said}).`);
    await context.sleep(pauseMs, signal);
    pauseMs = Math.min(pauseMs * 1.6, Math.max(pauseMs, context.settings.poll_interval_seconds * 1000));
  }
}

async function tryAdopt(
  api: TenableApi,
  wanted: ExportRequest,
  uuid: string,
  isResumed: boolean,
  signal: AbortSignal,
): Promise<ObtainedExport | undefined> {
  const status = await findExportStatus(api, wanted.kind, uuid, signal);
  if (!status || terminal.has(status.status)) return undefined;
  const tellsAll = status.filters !== undefined && typeof status.created === 'number';
  const listed = tellsAll ? undefined : await findListedExport(api, wanted.kind, uuid, signal);
  const isSame = isSameExport(wanted, status.filters ?? listed?.filters);
  const created = status.created ?? listed?.created;
  if (isSame === false) return undefined;
  if (typeof created === 'number' && isSame === true)
    return { uuid, isAdopted: !isResumed, createdAt: Math.floor(created > 1e11 ? created / 1000 : created) };
  return isResumed ? { uuid } : undefined;
}
