import { pino, type Logger } from 'pino';
import type { SettingsByName } from '../config/settings-table.ts';

/**
 * Logs go to standard error, one JSON object a line; standard output belongs to results. Secrets are `Secret` objects
 * and turn themselves into `[secret]`; nothing here lists field names to hide.
 */
export function createLogger(level: SettingsByName['logLevel']): Logger {
  return pino(
    { level, base: { app: 'tieline' }, timestamp: pino.stdTimeFunctions.isoTime },
    pino.destination({ dest: 2, sync: true }),
  );
}
