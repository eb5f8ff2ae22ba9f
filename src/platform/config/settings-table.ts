/**
 * Every setting of Tieline: type, default, description, example, secret or not. Environment variables, flags, the
 * config file, --help and docs/settings.md all come from this table.
 */
import { z } from 'zod';
import { certificateSettings } from './certificate-settings.ts';
import { listed } from './listed.ts';
import { logSettings } from './log-settings.ts';
import { oidcSettings } from './oidc-settings.ts';
import { signInSettings } from './sign-in-settings.ts';

export interface SettingEntry<T extends z.ZodType = z.ZodType> {
  readonly env: string;
  /** Key in the config file (tieline.yaml). */
  readonly key: string;
  /** Command-line flag, where there is one. */
  readonly flag?: string;
  readonly type: T;
  readonly description: string;
  readonly example: string;
  /** A secret is taken from the environment or a file, never from a flag, and never printed. */
  readonly secret?: true;
}

const milliseconds = z.coerce.number().int().min(1).max(86_400_000);
const file = z.string().min(1);

export const settingsTable = {
  dataDir: {
    env: 'TIELINE_DATA_DIR',
    key: 'data_dir',
    flag: '--data-dir',
    type: file.default('.tieline'),
    description: 'Directory of the embedded database, the generated master key and their locks.',
    example: '/var/lib/tieline',
  },
  databaseUrl: {
    env: 'DATABASE_URL',
    key: 'database_url',
    type: z
      .string()
      .regex(/^postgres(ql)?:\/\/./, 'must start with postgres:// or postgresql://')
      .optional(),
    description: 'A PostgreSQL (14 or newer) to use instead of the embedded one.',
    example: 'postgres://tieline@db.example:5432/grc',
    secret: true,
  },
  databaseConnections: {
    env: 'TIELINE_DATABASE_CONNECTIONS',
    key: 'database_connections',
    type: z.coerce.number().int().min(4).max(1000).default(10),
    description:
      'The most connections to PostgreSQL that one process opens. The role and the server must allow so many for each process at work (a worker, a command).',
    example: '10',
  },
  databaseWaitMs: {
    env: 'TIELINE_DATABASE_WAIT_MS',
    key: 'database_wait_ms',
    type: z.coerce.number().int().min(0).max(86_400_000).default(60_000),
    description:
      'How long a database that is restarted, full or otherwise away is waited for in the middle of the work, in milliseconds; then the command ends with DATABASE_UNREACHABLE.',
    example: '60000',
  },
  readerDatabaseUrl: {
    env: 'TIELINE_READER_DATABASE_URL',
    key: 'reader_database_url',
    type: z
      .string()
      .regex(/^postgres(ql)?:\/\/./, 'must start with postgres:// or postgresql://')
      .optional(),
    description:
      'A login that may only read the same database, under which metrics queries run (`tieline db grants --reader` prints its grants). The embedded database makes its own.',
    example: 'postgres://tieline_reader@db.example:5432/grc',
    secret: true,
  },
  masterKey: {
    env: 'TIELINE_MASTER_KEY',
    key: 'master_key',
    type: z
      .string()
      .regex(/^[A-Za-z0-9+/]{43}=$/, 'must be 32 random bytes in base64, as `openssl rand -base64 32` prints')
      .optional(),
    description:
      'The key that encrypts stored secrets. Without it and without a key file, one is generated in the data directory.',
    example: 'the output of: openssl rand -base64 32',
    secret: true,
  },
  masterKeyFile: {
    env: 'TIELINE_MASTER_KEY_FILE',
    key: 'master_key_file',
    type: file.optional(),
    description: 'A file that holds the master key in base64.',
    example: '/run/secrets/tieline-master-key',
  },
  ...logSettings,
  logLevel: {
    env: 'TIELINE_LOG_LEVEL',
    key: 'log_level',
    flag: '--log-level',
    type: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('warn'),
    description: 'What is logged to standard error, one JSON object a line.',
    example: 'info',
  },
  proxy: {
    env: 'TIELINE_PROXY',
    key: 'proxy',
    type: z.url({ protocol: /^https?$/ }).optional(),
    description:
      'HTTP proxy for all calls to external systems. A user and password in it are sent to the proxy only.',
    example: 'http://proxy.example:3128',
    secret: true,
  },
  caFile: {
    env: 'TIELINE_CA_FILE',
    key: 'ca_file',
    type: file.optional(),
    description: 'PEM file with further certificate authorities to trust, beside the usual ones.',
    example: '/etc/ssl/corporate-ca.pem',
  },
  connectTimeoutMs: {
    env: 'TIELINE_CONNECT_TIMEOUT_MS',
    key: 'connect_timeout_ms',
    type: milliseconds.default(10_000),
    description: 'How long a connection to an external system may take, in milliseconds.',
    example: '10000',
  },
  headersTimeoutMs: {
    env: 'TIELINE_HEADERS_TIMEOUT_MS',
    key: 'headers_timeout_ms',
    type: milliseconds.default(60_000),
    description: 'How long an external system may take to begin its answer, in milliseconds.',
    example: '60000',
  },
  bodyTimeoutMs: {
    env: 'TIELINE_BODY_TIMEOUT_MS',
    key: 'body_timeout_ms',
    type: milliseconds.default(60_000),
    description: 'How long an answer may pause between two pieces of its body, in milliseconds.',
    example: '60000',
  },
  absenceSharePercent: {
    env: 'TIELINE_ABSENCE_SHARE_PERCENT',
    key: 'absence_share_percent',
    type: z.coerce.number().min(0).max(100).default(5),
    description:
      'Share of the linked records, in percent, that may go missing in one full read before the sync stops instead of believing it.',
    example: '5',
  },
  absenceAtLeast: {
    env: 'TIELINE_ABSENCE_AT_LEAST',
    key: 'absence_at_least',
    type: z.coerce.number().int().min(0).default(20),
    description: 'So many records may go missing in one full read, whatever share they are.',
    example: '20',
  },
  importDir: {
    env: 'TIELINE_IMPORT_DIR',
    key: 'import_dir',
    type: file.optional(),
    description:
      'Directory where scan files that are sent to the server lie until they are imported; a worker on another machine must see it too. Without it: `imports` in the data directory.',
    example: '/var/lib/tieline/imports',
  },
  importMaxBytes: {
    env: 'TIELINE_IMPORT_MAX_BYTES',
    key: 'import_max_bytes',
    type: z.coerce
      .number()
      .int()
      .min(1024)
      .max(2 ** 40)
      .default(4_000_000_000),
    description: 'The largest scan file that the server accepts, in bytes.',
    example: '4000000000',
  },
  files: {
    env: 'TIELINE_FILES',
    key: 'files',
    type: file.optional(),
    description:
      'Folder in which evidence and other files are kept; every process must see the same one. Without it they are rows of the database.',
    example: '/srv/tieline/files',
  },
  evidenceMaxBytes: {
    env: 'TIELINE_EVIDENCE_MAX_BYTES',
    key: 'evidence_max_bytes',
    type: z.coerce
      .number()
      .int()
      .min(1024)
      .max(2 ** 40)
      .default(50_000_000),
    description: 'The largest file that is accepted as evidence, in bytes.',
    example: '50000000',
  },
  approveOwn: {
    env: 'TIELINE_APPROVE_OWN',
    key: 'approve_own',
    type: z.enum(['yes', 'no']).default('no'),
    description: 'Whether a person may approve changes that send their own edits (yes or no).',
    example: 'no',
  },
  privacyNonUs: {
    env: 'TIELINE_PRIVACY_NON_US',
    key: 'privacy_non_us',
    type: z.enum(['yes', 'no']).default('no'),
    description:
      'Whether requests for erasure and portability are accepted, from persons outside of the Privacy Act (yes or no).',
    example: 'no',
  },
  scheduleIntervalMs: {
    env: 'TIELINE_SCHEDULE_INTERVAL_MS',
    key: 'schedule_interval_ms',
    type: milliseconds.default(5_000),
    description: 'How often a worker looks whether a schedule is due, in milliseconds.',
    example: '5000',
  },
  healthIntervalMs: {
    env: 'TIELINE_HEALTH_INTERVAL_MS',
    key: 'health_interval_ms',
    type: milliseconds.default(300_000),
    description: 'How often a worker checks each external system, in milliseconds.',
    example: '300000',
  },
  alertIntervalMs: {
    env: 'TIELINE_ALERT_INTERVAL_MS',
    key: 'alert_interval_ms',
    type: milliseconds.default(60_000),
    description:
      'How often a worker evaluates the rules of alerts, in milliseconds. Rules over POA&Ms, findings and coverage are evaluated each hour, and after syncs.',
    example: '60000',
  },
  host: {
    env: 'TIELINE_HOST',
    key: 'host',
    flag: '--host',
    type: z.string().min(1).default('127.0.0.1'),
    description:
      'The address that `serve` listens on. Beyond this machine it needs TLS, or a trusted proxy that has it.',
    example: '0.0.0.0',
  },
  port: {
    env: 'TIELINE_PORT',
    key: 'port',
    flag: '--port',
    type: z.coerce.number().int().min(0).max(65_535).default(7480),
    description: 'The port that `serve` listens on; 0 takes any free one.',
    example: '7480',
  },
  tlsCertificateFile: {
    env: 'TIELINE_TLS_CERT',
    key: 'tls_cert',
    flag: '--tls-cert',
    type: file.optional(),
    description: 'PEM file with the certificate of `serve`, and the authorities between it and the root.',
    example: '/etc/tieline/tieline.crt',
  },
  tlsKeyFile: {
    env: 'TIELINE_TLS_KEY',
    key: 'tls_key',
    flag: '--tls-key',
    type: file.optional(),
    description: 'PEM file with the private key of that certificate.',
    example: '/etc/tieline/tieline.key',
  },
  trustedProxies: {
    env: 'TIELINE_TRUSTED_PROXIES',
    key: 'trusted_proxies',
    type: z
      .string()
      .transform(listed)
      .pipe(z.array(z.union([z.cidrv4(), z.cidrv6(), z.ipv4(), z.ipv6()])).min(1))
      .optional(),
    description:
      'Addresses or networks, by commas, of proxies in front of `serve`, whose X-Forwarded-For, -Proto and -Host are believed.',
    example: '10.1.2.3',
  },
  classification: {
    env: 'TIELINE_CLASSIFICATION',
    key: 'classification',
    type: z.string().max(100).default('UNCLASSIFIED'),
    description: 'The marking at the top and bottom of every page and in every export.',
    example: 'CUI',
  },
  alertReceivers: {
    env: 'TIELINE_ALERT_RECEIVERS',
    key: 'alert_receivers',
    type: z
      .string()
      .transform(listed)
      .pipe(z.array(z.string().max(300)).max(200))
      .optional(),
    description:
      'Servers that alerts and digests may be sent to, by commas: a name or address, *.domain for what is below it, with :port for that port alone. Nothing is sent anywhere else. Without it alerts are in the inbox only.',
    example: 'mail.example:587, hooks.example, *.siem.example:6514',
  },
  reportDomains: {
    env: 'TIELINE_REPORT_DOMAINS',
    key: 'report_domains',
    type: z
      .string()
      .transform(listed)
      .pipe(
        z.array(
          z.string().regex(/^(\*\.)?[a-z0-9-]+(\.[a-z0-9-]+)+$/i, 'must be a domain, such as oig.example'),
        ),
      )
      .optional(),
    description:
      'Mail domains outside of the agency that scheduled reports may be sent to, by commas; *.domain for what is below it. Each such mail is an entry of the accounting of disclosures. Without it no report leaves by mail.',
    example: 'oig.example, *.auditor.example',
  },
  reportAttachBytes: {
    env: 'TIELINE_REPORT_ATTACH_BYTES',
    key: 'report_attach_bytes',
    type: z.coerce.number().int().min(0).max(50_000_000).default(0),
    description:
      'How large a scheduled report may be to be attached to the mail, in bytes; 0 attaches none. A larger one is fetched in the console; one for an outside address is then not sent, and its schedule says so.',
    example: '5000000',
  },
  consoleUrl: {
    env: 'TIELINE_CONSOLE_URL',
    key: 'console_url',
    type: z.url({ protocol: /^https?$/ }).optional(),
    description:
      'Where people reach the console: for links in mails, and as the name that security keys are bound to. Keys do not work under another name, nor where it is an address of numbers.',
    example: 'https://tieline.example',
  },
  databaseCapacityGb: {
    env: 'TIELINE_DATABASE_CAPACITY_GB',
    key: 'database_capacity_gb',
    type: z.coerce.number().min(0.1).max(1_000_000).optional(),
    description:
      'How large the database may become, in gigabytes, on a server whose disk this machine cannot see; an alert is raised as it fills.',
    example: '500',
  },
  requestAttempts: {
    env: 'TIELINE_REQUEST_ATTEMPTS',
    key: 'request_attempts',
    type: z.coerce.number().int().min(1).max(50).default(6),
    description: 'How often a request that is safe to repeat is tried before the run stops.',
    example: '6',
  },
  ...signInSettings,
  ...certificateSettings,
  ...oidcSettings,
} as const satisfies Record<string, SettingEntry>;

export type SettingName = keyof typeof settingsTable;
export type SettingsByName = { readonly [N in SettingName]: z.output<(typeof settingsTable)[N]['type']> };
