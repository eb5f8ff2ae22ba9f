/** Settings of the security log: its key, and its place on this machine. */
import { z } from 'zod';

export const logSettings = {
  logKeyFile: {
    env: 'TIELINE_LOG_KEY_FILE',
    key: 'log_key_file',
    type: z.string().min(1).optional(),
    description:
      'A file with the key that chains the security log: 32 random bytes in base64, a line each; the first one is used, earlier ones verify. Without it: security-log.key beside the file of the master key, made at first use; where the master key is given in the environment, one derived from it.',
    example: '/run/secrets/tieline-log-key',
  },
  logDirectory: {
    env: 'TIELINE_LOG_DIRECTORY',
    key: 'log_directory',
    type: z.string().min(1).optional(),
    description:
      'Where this machine keeps the newest heads of the security log, and what waits to be forwarded of it. Default: security-log in the data directory. A disk that the database server cannot write to is best.',
    example: '/var/lib/tieline/security-log',
  },
} as const;
