/** The settings of a channel by its kind: what is asked for, what is a secret, and what a text given at the command line means. */
import { z } from 'zod';
import type { ChannelKind } from '../../../canonical/vocabulary/index.ts';
import { TielineError } from '../../../platform/errors/index.ts';
import { isJsonObject, type Json, type JsonObject } from '../../../platform/values/index.ts';

const host = z
  .string()
  .min(1)
  .max(253)
  .regex(
    /^(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*|[0-9a-f:]+)$/i,
    'must be the name or address of a server',
  );
const port = z.coerce.number().int().min(1).max(65_535);
const flag = z.preprocess((given) => (given === 'yes' ? true : given === 'no' ? false : given), z.boolean());
const address = z.email().max(320);
/** A mail header in which a line ends begins another one. */
const mailbox = z
  .string()
  .max(400)
  .regex(/^(?:[^\r\n<>]*<)?[^\s<>@]+@[^\s<>@]+>?$/, 'must be an address, or Name <address>');
const list = z.preprocess(
  (given) =>
    typeof given === 'string'
      ? given
          .split(',')
          .map((each) => each.trim())
          .filter(Boolean)
      : given,
  z.array(address).min(1).max(50),
);
const namesRecords = flag.default(false);

export const emailSettings = z.strictObject({
  host,
  port: port.default(587),
  /** `starttls` refuses a server that offers none; `none` only for one on this machine. */
  tls: z.enum(['starttls', 'implicit', 'none']).default('starttls'),
  user: z.string().min(1).max(255).optional(),
  from: mailbox,
  to: list,
  names_records: namesRecords,
});
export const webhookSettings = z.strictObject({
  url: z.url({ protocol: /^https?$/ }).max(2000),
  names_records: namesRecords,
});
export const syslogSettings = z.strictObject({
  host,
  port: port.default(6514),
  transport: z.enum(['tls', 'tcp', 'udp']).default('tls'),
  /** RFC 5424, table 1: 16 is local0. */
  facility: z.coerce.number().int().min(0).max(23).default(16),
  names_records: namesRecords,
});
export type EmailSettings = z.output<typeof emailSettings>;
export type WebhookSettings = z.output<typeof webhookSettings>;
export type SyslogSettings = z.output<typeof syslogSettings>;

export interface ChannelSpec {
  readonly settings: z.ZodObject;
  /** The name of its secret, where it has one, and whether it cannot do without. */
  readonly secret: { readonly name: string; readonly isRequired: boolean; readonly means: string } | null;
}

export const channelSpecs: Readonly<Record<ChannelKind, ChannelSpec>> = {
  email: {
    settings: emailSettings,
    secret: { name: 'password', isRequired: false, means: 'the password of `user` at the mail server' },
  },
  webhook: {
    settings: webhookSettings,
    secret: {
      name: 'signing_secret',
      isRequired: true,
      means: 'with which deliveries are signed (HMAC-SHA256); at least 16 characters',
    },
  },
  syslog: { settings: syslogSettings, secret: null },
};

/** @throws TielineError USAGE naming each setting that is unknown, missing or wrong. */
export function readChannelSettings(kind: ChannelKind, given: JsonObject): JsonObject {
  const { settings } = channelSpecs[kind];
  const parsed = settings.safeParse(given);
  if (parsed.success) return parsed.data as JsonObject; // plain values, by its schema
  throw new TielineError('USAGE', 'The channel was not saved.', {
    fields: parsed.error.issues.flatMap((issue) =>
      issue.code === 'unrecognized_keys'
        ? issue.keys.map((key) => ({
            field: key,
            message: `is no setting of ${kind}; there are ${Object.keys(settings.shape).join(', ')}`,
          }))
        : [
            {
              field: issue.path.join('.') || 'settings',
              message:
                issue.message.startsWith('Invalid input') && given[String(issue.path[0])] === undefined
                  ? 'is missing'
                  : issue.message,
            },
          ],
    ),
  });
}

/** Settings without what is sealed. */
export const shownSettings = (settings: Json): JsonObject =>
  isJsonObject(settings)
    ? Object.fromEntries(
        Object.entries(settings).filter(([, value]) => !(isJsonObject(value) && '$secret' in value)),
      )
    : {};

/** What a secret of a channel is sealed for. */
export const channelPurpose = (channelId: number, name: string): string =>
  `alert channel ${channelId}/${name}`;
