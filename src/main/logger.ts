import { createRequire } from 'node:module';
import type * as Pino from 'pino';
import { shownJson } from '../platform/errors/index.ts';
import type { SettingsByName } from '../platform/config/index.ts';

type Level = SettingsByName['logLevel'];

/** What the parts of the product log with. */
export interface ProcessLog {
  info(event: object, message: string): void;
  warn(event: object, message: string): void;
}

/**
 * Logs go to standard error, one JSON object a line; standard output belongs to results. Secrets are `Secret` objects
 * and turn themselves into `[secret]`; nothing here lists field names to hide. The library is loaded with the first line that is
 * written: most commands write none, and it takes as long as all else that a short command does.
 */
export function createLogger(level: Level): ProcessLog {
  let made: Pino.Logger | undefined;
  const writes = (of: 'info' | 'warn'): boolean => severities.indexOf(of) >= severities.indexOf(level);
  const log =
    (of: 'info' | 'warn') =>
    (event: object, message: string): void => {
      if (!writes(of)) return;
      made ??= openLog(level);
      made[of](event, message);
    };
  return { info: log('info'), warn: log('warn') };
}

const severities: readonly Level[] = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'];

function openLog(level: Level): Pino.Logger {
  const { pino } = createRequire(import.meta.url)('pino') as typeof Pino;
  const destination = pino.destination({ dest: 2, sync: true });
  return pino(
    { level, base: { app: 'tieline' }, timestamp: pino.stdTimeFunctions.isoTime },
    // What comes from outside is in these lines too; JSON.stringify leaves C1 and bidi controls as they are.
    { write: (line: string) => void destination.write(shownJson(line)) },
  );
}
