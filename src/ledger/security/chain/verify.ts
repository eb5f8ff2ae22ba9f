/**
 * Verifies the security log: walks each chain row by row, holds it against the counters, the signed marks and the heads that were kept
 * elsewhere, and names the place of each fault. All of it is read in one snapshot, so what is written meanwhile is no fault.
 *
 * What each fault means: `changed` a row is not what was recorded (also where two were exchanged); `missing` rows that were there are gone; `added` a row
 * that no writer with the key made; `cut_off` the end of a chain is gone; `counter` the counter was set otherwise than rows and heads say;
 * `mark` a mark was changed, added or is gone. `key_missing` is no tampering: links under a key that is not here cannot be verified.
 */
import type { Kysely } from 'kysely';
import type { Database, Store } from '../../../platform/postgres/index.ts';
import { isJsonObject, type Json, type JsonObject } from '../../../platform/values/index.ts';
import { beginningOf, linkOf } from './append.sql.ts';
import { allChainedLogs, type ChainedLog } from './chained-logs.ts';
import type { ChainHead } from './heads.sql.ts';
import { findLogKey, type LogKey } from './log-keys.ts';
import { listMarks, type Mark, signatureOf } from './marks.sql.ts';
import { Runs } from './runs.ts';
import {
  type ChainRow,
  type LinkedRow,
  listChains,
  listForeignRows,
  listUnchainedRows,
  pageOfChain,
  readOneSnapshot,
} from './verify.sql.ts';

export type LogFaultKind = 'changed' | 'missing' | 'added' | 'cut_off' | 'counter' | 'mark' | 'key_missing';

export interface LogFault {
  readonly kind: LogFaultKind;
  readonly log: ChainedLog | 'security_log_marks';
  readonly chainId: number | null;
  /** Places in the chain, or numbers of marks; the same where it is one. */
  readonly from: number | null;
  readonly to: number | null;
  /** `id` of the row, and when it says that it happened. */
  readonly rowId: number | null;
  readonly at: Date | null;
  /** One sentence for a person. */
  readonly says: string;
}

export interface LogVerification {
  /** Rows whose links were verified. */
  readonly rows: number;
  readonly chains: number;
  /** In all; the first of them are in `faults`. */
  readonly faultCount: number;
  readonly faults: readonly LogFault[];
  /** From when on the log is chained, by table; null: nothing was recorded since. */
  readonly begun: Readonly<Record<ChainedLog, { readonly at: Date; readonly lastIdBefore: number } | null>>;
  /** The newest head that a day was signed with. */
  readonly signedHeadAt: Date | null;
}

const mostFaults = 500;

class Faults {
  count = 0;
  readonly first: LogFault[] = [];
  add(fault: Pick<LogFault, 'kind' | 'log' | 'says'> & Partial<LogFault>): void {
    this.count += 1;
    if (this.first.length < mostFaults)
      this.first.push({ chainId: null, from: null, to: null, rowId: null, at: null, ...fault });
  }
}

const numberOf = (json: Json | undefined): number => (typeof json === 'number' ? json : 0);
const textOf = (json: Json | undefined): string => (typeof json === 'string' ? json : '');
const listOf = (json: Json | undefined): readonly Json[] => (Array.isArray(json) ? json : []);

/** What the marks say, as far as their own signatures hold. */
interface Told {
  readonly begun: Record<ChainedLog, { readonly at: Date; readonly lastIdBefore: number } | null>;
  /** By chain: places that retention took away, and the link that the first row behind them follows. */
  readonly dropped: Map<number, Runs>;
  /** By chain: the heads of each day. */
  readonly heads: ChainHead[];
  readonly signedHeadAt: Date | null;
}

function readMarks(marks: readonly Mark[], faults: Faults): Told {
  const told = {
    begun: { security_events_extended: null, data_access_logs: null } as Told['begun'],
    dropped: new Map<number, Runs>(),
    heads: [] as ChainHead[],
    signedHeadAt: null as Date | null,
  };
  let expected = 1;
  let before: Buffer | undefined;
  for (const mark of marks) {
    if (mark.seq !== expected)
      faults.add({
        kind: 'mark',
        log: 'security_log_marks',
        from: expected,
        to: mark.seq - 1,
        says: `Marks ${expected} to ${mark.seq - 1} are gone.`,
      });
    const key = findLogKey(mark.keyId);
    const isWhole = mark.seq === expected;
    if (key && isWhole && !signatureOf(key, mark, before).equals(mark.signature))
      faults.add({
        kind: 'mark',
        log: 'security_log_marks',
        from: mark.seq,
        to: mark.seq,
        at: mark.markedAt,
        says: `Mark ${mark.seq} is not what was signed.`,
      });
    else takeMark(told, mark);
    expected = mark.seq + 1;
    before = mark.signature;
  }
  return told;
}

function takeMark(told: { -readonly [K in keyof Told]: Told[K] }, mark: Mark): void {
  const content = JSON.parse(mark.content) as Json;
  if (!isJsonObject(content)) return;
  if (mark.kind === 'begun' && mark.log)
    told.begun[mark.log] = { at: mark.markedAt, lastIdBefore: numberOf(content['lastIdBefore']) };
  if (mark.kind === 'head') {
    told.signedHeadAt = mark.markedAt;
    for (const head of listOf(content['chains'])) if (isJsonObject(head)) told.heads.push(headOf(head));
  }
  if (mark.kind === 'dropped')
    for (const run of listOf(content['runs'])) {
      if (!isJsonObject(run)) continue;
      const chainId = numberOf(run['chain']);
      const runs = told.dropped.get(chainId) ?? new Runs();
      runs.add(numberOf(run['from']), numberOf(run['to']), Buffer.from(textOf(run['link']), 'hex'));
      told.dropped.set(chainId, runs);
    }
}

const headOf = (head: JsonObject): ChainHead => ({
  chainId: numberOf(head['chain']),
  seq: numberOf(head['seq']),
  link: textOf(head['link']),
});

/**
 * @param kept heads that were kept outside of the database. @param signal ends it.
 * @throws what PostgreSQL says.
 */
export async function verifyLog(
  store: Store,
  kept: readonly ChainHead[],
  signal: AbortSignal,
): Promise<LogVerification> {
  return readOneSnapshot(store, async (db) => {
    const faults = new Faults();
    const told = readMarks(await listMarks(db), faults);
    const heads = Map.groupBy([...told.heads, ...kept], (head) => head.chainId);
    const chains = await listChains(db);
    let rows = 0;
    for (const chain of chains) {
      signal.throwIfAborted();
      const walk = new Walk(chain, {
        dropped: told.dropped.get(chain.chainId) ?? new Runs(),
        heads: heads.get(chain.chainId) ?? [],
        faults,
      });
      rows += await walkChain(db, walk, signal);
    }
    const known = new Set(chains.map(({ chainId }) => chainId));
    for (const [chainId, [head]] of heads)
      if (head && !known.has(chainId))
        faults.add({
          kind: 'cut_off',
          log: 'security_events_extended',
          chainId,
          from: 1,
          to: head.seq,
          says: `Chain ${chainId} is gone as a whole; it had ${head.seq} rows or more.`,
        });
    for (const log of allChainedLogs) await addStrangers(db, log, { begun: told.begun[log], faults });
    return {
      rows,
      chains: chains.length,
      faultCount: faults.count,
      faults: faults.first,
      begun: told.begun,
      signedHeadAt: told.signedHeadAt,
    };
  });
}

/** Rows that are in no chain although the log is chained, and rows of a chain that there is not. */
async function addStrangers(
  db: Kysely<Database>,
  log: ChainedLog,
  { begun, faults }: { readonly begun: Told['begun'][ChainedLog]; readonly faults: Faults },
): Promise<void> {
  const strangers = [
    ...(begun ? await listUnchainedRows(db, log, begun.lastIdBefore, mostFaults) : []),
    ...(await listForeignRows(db, log, mostFaults)),
  ];
  for (const { rowId, at, chainId } of strangers)
    faults.add({
      kind: 'added',
      log,
      chainId,
      rowId,
      at,
      says: `Row ${rowId} was not written by Tieline: it is in no chain.`,
    });
}

const pageSize = 5_000;

async function walkChain(db: Kysely<Database>, walk: Walk, signal: AbortSignal): Promise<number> {
  if (!walk.hasKey()) return 0;
  let after: Pick<LinkedRow, 'seq' | 'rowId'> = { seq: -Infinity, rowId: -Infinity };
  for (;;) {
    signal.throwIfAborted();
    const page = await pageOfChain(db, walk.chain, after, pageSize);
    for (const row of page) walk.take(row);
    const last = page.at(-1);
    if (!last || page.length < pageSize) break;
    after = last;
  }
  walk.end();
  return walk.verified;
}

/** One chain, row by row in its order. */
class Walk {
  readonly chain: ChainRow;
  verified = 0;
  readonly #dropped: Runs;
  readonly #heads: Map<number, string>;
  readonly #highestHead: ChainHead | undefined;
  readonly #faults: Faults;
  readonly #key: LogKey | undefined;
  #last = 0;
  /** Undefined behind rows that are missing: what follows them cannot be held against their link. */
  #before: Buffer | undefined;

  constructor(
    chain: ChainRow,
    {
      dropped,
      heads,
      faults,
    }: { readonly dropped: Runs; readonly heads: readonly ChainHead[]; readonly faults: Faults },
  ) {
    this.chain = chain;
    this.#dropped = dropped;
    this.#heads = new Map(heads.map(({ seq, link }) => [seq, link]));
    this.#highestHead = heads.toSorted((one, other) => other.seq - one.seq)[0];
    this.#faults = faults;
    this.#key = findLogKey(chain.keyId);
    if (this.#key) this.#before = beginningOf(this.#key, chain);
  }

  #fault(kind: LogFaultKind, says: string, place: Partial<LogFault> = {}): void {
    this.#faults.add({ kind, log: this.chain.log, chainId: this.chain.chainId, says, ...place });
  }

  hasKey(): boolean {
    if (this.#key) return true;
    this.#fault(
      'key_missing',
      `Chain ${this.chain.chainId} was made with the key ${this.chain.keyId}, which is not here: its ${this.chain.lastSeq} rows cannot be verified.`,
      { from: 1, to: this.chain.lastSeq },
    );
    return false;
  }

  take(row: LinkedRow): void {
    if (!this.#key) return;
    const place = { from: row.seq, to: row.seq, rowId: row.rowId, at: row.at };
    if (row.seq <= this.#last || row.seq < 1 || row.seq > this.chain.lastSeq) {
      if (row.seq > this.chain.lastSeq && this.#fits(row)) {
        this.#fault(
          'counter',
          `Chain ${this.chain.chainId} says that it ends at ${this.chain.lastSeq}; row ${row.rowId} is behind it.`,
          place,
        );
        this.#pass(row);
      } else
        this.#fault(
          'added',
          `Row ${row.rowId} was not written by Tieline: place ${row.seq} of chain ${this.chain.chainId} is taken, or was never reached.`,
          place,
        );
      return;
    }
    this.#skipTo(row.seq);
    if (this.#before !== undefined && !this.#fits(row))
      this.#fault(
        'changed',
        `Row ${row.rowId} is not what was recorded (chain ${this.chain.chainId}, place ${row.seq}).`,
        place,
      );
    else this.verified += 1;
    const head = this.#heads.get(row.seq);
    if (head !== undefined && head !== row.link.toString('hex'))
      this.#fault(
        'changed',
        `Row ${row.rowId} is not the one whose link was signed as a head (chain ${this.chain.chainId}, place ${row.seq}).`,
        place,
      );
    this.#pass(row);
  }

  #fits(row: LinkedRow): boolean {
    if (!this.#key || !this.#before) return true;
    return linkOf(
      this.#key,
      { chainId: this.chain.chainId, seq: row.seq, before: this.#before },
      row.evidence,
    ).equals(row.link);
  }

  #pass(row: LinkedRow): void {
    this.#last = row.seq;
    this.#before = row.link;
  }

  /** Places before this one that have no row: by retention, or gone. */
  #skipTo(seq: number): void {
    if (seq === this.#last + 1) return;
    for (const { from, to } of this.#dropped.without(this.#last + 1, seq - 1))
      this.#fault(
        'missing',
        from === to
          ? `Place ${from} of chain ${this.chain.chainId} is missing.`
          : `Places ${from} to ${to} of chain ${this.chain.chainId} are missing.`,
        { from, to },
      );
    this.#before = this.#dropped.linkAt(seq - 1);
  }

  end(): void {
    const { chainId, lastSeq, lastLink } = this.chain;
    for (const { from, to } of this.#dropped.without(this.#last + 1, lastSeq))
      this.#fault('cut_off', `The end of chain ${chainId} is gone: places ${from} to ${to}.`, { from, to });
    if (this.#last === lastSeq && this.#before !== undefined && !this.#before.equals(lastLink))
      this.#fault('counter', `Chain ${chainId} does not end with the link that it says.`, {
        from: lastSeq,
        to: lastSeq,
      });
    const head = this.#highestHead;
    if (head && head.seq > lastSeq)
      this.#fault(
        'cut_off',
        `Chain ${chainId} ends at ${lastSeq}; a head that was kept says that it reached ${head.seq}.`,
        { from: lastSeq + 1, to: head.seq },
      );
  }
}
