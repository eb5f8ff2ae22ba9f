import { pino, type Logger } from 'pino';
import { shownJson } from '../platform/errors/index.ts';
import type { SettingsByName } from '../platform/config/index.ts';

/**
 * Logs go to standard error, one JSON object a line; standard output belongs to results. Secrets are `Secret` objects
 * and turn themselves into `[secret]`; nothing here lists field names to hide.
 */
export function createLogger(level: SettingsByName['logLevel']): Logger {
  const destination = pino.destination({ dest: 2, sync: true });
  return pino(
    { level, base: { app: 'tieline' }, timestamp: pino.stdTimeFunctions.isoTime },
    // What comes from outside is in these lines too; JSON.stringify leaves C1 and bidi controls as they are.
    { write: (line: string) => void destination.write(shownJson(line)) },
  );
}
