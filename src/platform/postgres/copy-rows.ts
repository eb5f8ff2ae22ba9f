/**
 * COPY into a table, row by row, with back-pressure: however many rows come, a few hundred kilobytes are held.
 * Text format was chosen over binary because it lets PostgreSQL parse dates and JSON, and over CSV because null and
 * the empty text stay apart.
 */
import type { PoolClient } from 'pg';
import * as copyStreams from 'pg-copy-streams';
import { asDatabaseFault } from './database-faults.ts';

export type CopyValue = string | number | boolean | null | undefined;

const flushAtCharacters = 256 * 1024;
const special = /[\\\t\n\r]/;
const escapes: Readonly<Record<string, string>> = { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r' };

function field(value: CopyValue): string {
  if (value === null || value === undefined) return '\\N';
  if (typeof value !== 'string') return String(value);
  const text = storableText(value);
  return special.test(text)
    ? text.replaceAll(/[\\\t\n\r]/g, (character) => escapes[character] ?? character)
    : text;
}

/** PostgreSQL's text holds neither U+0000 nor half a surrogate pair; scanners report both in plugin output. */
export function storableText(text: string): string {
  const whole = text.isWellFormed() ? text : text.toWellFormed();
  return whole.includes('\0') ? whole.replaceAll('\0', '') : whole;
}

/** JSON as PostgreSQL's jsonb can hold it: what `storableText` does, at every depth and in the names of fields too. */
export function storableJson(value: unknown): string {
  const json = JSON.stringify(value);
  if (!json.includes(String.raw`\u`)) return json;
  // JSON.stringify escapes of a surrogate pair only an unpaired half.
  return json.replaceAll(/\\(?:u0000|ud[89a-f][0-9a-f]{2}|.)/gi, (escape) =>
    escape === String.raw`\u0000` ? '' : /^\\ud/i.test(escape) ? '\uFFFD' : escape,
  );
}

export interface CopyInto {
  write(row: readonly CopyValue[]): Promise<void>;
  /** Ends the COPY; the connection is free again when it resolves. */
  end(): Promise<void>;
  /** Gives the COPY up after a failure; the transaction must then be rolled back. */
  abort(cause: Error): Promise<void>;
}

/**
 * Begins a COPY on a connection that nothing else uses until `end` or `abort`. `target`: `table (column, …)`.
 * Whatever PostgreSQL or the connection does, the first failure is thrown by `write` or `end`, and no error is left without
 * a listener: an `error` event without a listener ends the process.
 */
export function copyInto(client: PoolClient, target: string): CopyInto {
  const stream = client.query(copyStreams.from(`copy ${target} from stdin`));
  let failure: Error | undefined;
  const ended = new Promise<void>((resolve) => {
    stream.once('finish', resolve);
    stream.once('close', resolve);
    // For good, not once: a COPY that failed says so again when it is given up, or when its connection goes too.
    stream.on('error', (error: Error) => {
      failure ??= asDatabaseFault(error);
      resolve();
    });
  });
  let pending: string[] = [];
  let pendingCharacters = 0;

  async function flush(): Promise<void> {
    if (failure) throw failure;
    const text = pending.join('');
    pending = [];
    pendingCharacters = 0;
    if (text === '' || stream.write(text)) return;
    await Promise.race([new Promise<void>((resolve) => stream.once('drain', resolve)), ended]);
    if (failure) throw failure;
  }

  return {
    async write(row) {
      const line = `${row.map(field).join('\t')}\n`;
      pending.push(line);
      pendingCharacters += line.length;
      if (pendingCharacters >= flushAtCharacters) await flush();
    },
    async end() {
      await flush();
      stream.end();
      await ended;
      if (failure) throw failure;
    },
    async abort(cause) {
      // One that failed has let go of its connection already; to end it once more would be to write to nothing.
      if (failure || stream.writableFinished) return;
      stream.destroy(cause);
      await ended;
    },
  };
}
