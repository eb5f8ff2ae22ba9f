/** What the server writes, and whom it lets wait, while a phase of adopt-live.ts runs. */
import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';

const sampleEveryMs = 200;

export interface PhaseFacts {
  readonly phase: string;
  seconds: number;
  exitCode: number;
  walMegabytes: number;
  peakWalMegabytesPerSecond: number;
  /** The most that pg_wal held, old segments included: disk that must be there. */
  peakWalDirectoryMegabytes: number;
  /** The longest that the owner was seen to wait for a lock, and for whom. */
  longestLockWait: { readonly ms: number; readonly waiting: string; readonly behind: string } | undefined;
}

interface Sample {
  readonly wal: number;
  readonly directory: number;
  readonly wait: PhaseFacts['longestLockWait'] | null;
}

export const megabytes = (bytes: number): number => Number((bytes / 2 ** 20).toFixed(1));

async function takeSample(client: pg.Client): Promise<Sample> {
  const { rows } = await client.query<Sample>(`
    select pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')::float8 as wal,
           case when has_function_privilege('pg_ls_waldir()', 'execute')
                then (select sum(size)::float8 from pg_ls_waldir()) else 0 end as directory,
           (select json_build_object('ms', round(1000 * extract(epoch from clock_timestamp() - l.waitstart)), 'waiting', a.application_name,
                                     'behind', concat_ws(': ', b.application_name, left(b.query, 200)))
              from pg_locks l
              join pg_stat_activity a on a.pid = l.pid
              left join pg_stat_activity b on b.pid = (pg_blocking_pids(l.pid))[1]
             where not l.granted and l.waitstart is not null and a.application_name like 'owner %'
             order by l.waitstart limit 1) as wait`);
  const [sample] = rows;
  if (sample === undefined) throw new Error('no sample');
  return sample;
}

/** Runs a phase and measures what the server writes meanwhile. */
export async function measure(
  client: pg.Client,
  phase: string,
  run: () => Promise<number>,
): Promise<PhaseFacts> {
  const started = performance.now();
  const first = await takeSample(client);
  let last = { at: performance.now(), ...first };
  const facts: PhaseFacts = {
    phase,
    seconds: 0,
    exitCode: 0,
    walMegabytes: 0,
    peakWalMegabytesPerSecond: 0,
    peakWalDirectoryMegabytes: megabytes(first.directory),
    longestLockWait: undefined,
  };
  let running = true;
  const ending = run().finally(() => (running = false));
  for (;;) {
    await Promise.race([sleep(sampleEveryMs), ending]);
    const next = { at: performance.now(), ...(await takeSample(client)) };
    // The last one may come right behind its predecessor; a rate over few milliseconds says nothing.
    if (next.at - last.at >= sampleEveryMs / 2) {
      const rate = megabytes(next.wal - last.wal) / ((next.at - last.at) / 1000);
      facts.peakWalMegabytesPerSecond = Math.max(facts.peakWalMegabytesPerSecond, Number(rate.toFixed(1)));
    }
    facts.peakWalDirectoryMegabytes = Math.max(facts.peakWalDirectoryMegabytes, megabytes(next.directory));
    if (next.wait && next.wait.ms > (facts.longestLockWait?.ms ?? 0)) facts.longestLockWait = next.wait;
    last = next;
    if (!running) break;
  }
  facts.exitCode = await ending;
  facts.seconds = Number(((performance.now() - started) / 1000).toFixed(1));
  facts.walMegabytes = megabytes(last.wal - first.wal);
  return facts;
}
