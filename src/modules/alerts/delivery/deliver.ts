/**
 * The sender: takes what is due from the ledger, one at a time a channel, and sends it. A channel that fails rests, longer each time, and keeps
 * no other waiting. A row that was taken and never settled (its process was killed) is taken again when its claim is over, under the id that
 * its receiver may have seen already.
 */
import type { Kysely } from 'kysely';
import type { SecretBox } from '../../../engine/connections/index.ts';
import type { AlertSettings, App } from '../../../engine/run/index.ts';
import { messageOf, TielineError } from '../../../platform/errors/index.ts';
import type { Database } from '../../../platform/postgres/index.ts';
import type { Secret } from '../../../platform/values/index.ts';
import {
  channelPurpose,
  channelSpecs,
  emailSettings,
  shownSettings,
  syslogSettings,
  webhookSettings,
} from './channel-settings.ts';
import {
  claimDelivery,
  type ClaimedDelivery,
  listDueChannels,
  settleFailed,
  settleSent,
} from './ledger.sql.ts';
import { attachedOf, type Message } from './message.ts';
import { type MailFile, RefusedForGood, sendMail, type Sending, sendSyslog, sendWebhook } from './send.ts';

export interface Delivering {
  readonly db: Kysely<Database>;
  readonly secretBox: SecretBox;
  readonly http: Sending['http'];
  readonly now: () => Date;
  readonly log: { warn(facts: object, message: string): void };
  readonly alerting?: AlertSettings;
  /** What files of mails are read from. */
  readonly files?: App['files'];
}

const claimMs = 5 * 60_000;
const firstPauseMs = 30_000;
const longestPauseMs = 15 * 60_000;
const givenUpAfterMs = 3 * 86_400_000;

/** When it is tried again; null: it is given up. */
export function nextTry(
  { attempts, createdAt }: Pick<ClaimedDelivery, 'attempts' | 'createdAt'>,
  now: Date,
): Date | null {
  if (now.getTime() - createdAt.getTime() > givenUpAfterMs) return null;
  return new Date(now.getTime() + Math.min(firstPauseMs * 2 ** Math.min(attempts - 1, 10), longestPauseMs));
}

const notAllowedPauseMs = 60 * 60_000;

/** @returns how many were sent, and how many failed, in this round. */
export async function deliverDue(
  context: Delivering,
  signal: AbortSignal,
): Promise<{ sent: number; failed: number }> {
  const channels = await listDueChannels(context.db, context.now());
  const outcomes = await Promise.all(channels.map((id) => deliverTo(context, id, signal)));
  return {
    sent: outcomes.reduce((sum, { sent }) => sum + sent, 0),
    failed: outcomes.reduce((sum, { failed }) => sum + failed, 0),
  };
}

async function deliverTo(
  context: Delivering,
  channelId: number,
  signal: AbortSignal,
): Promise<{ sent: number; failed: number }> {
  let sent = 0;
  let failed = 0;
  while (!signal.aborted) {
    const now = context.now();
    const claimed = await claimDelivery(context.db, channelId, {
      now,
      until: new Date(now.getTime() + claimMs),
    });
    if (!claimed) break;
    try {
      await sendOne(context, claimed, signal);
      await settleSent(context.db, claimed, context.now());
      sent += 1;
    } catch (error) {
      failed += 1;
      await settle(context, claimed, error);
      if (!(error instanceof RefusedForGood)) break;
    }
  }
  return { sent, failed };
}

async function settle({ db, now, log }: Delivering, claimed: ClaimedDelivery, error: unknown): Promise<void> {
  const isForGood = error instanceof RefusedForGood;
  const isNotAllowed = error instanceof TielineError && error.code === 'RECEIVER_NOT_ALLOWED';
  const at = now();
  const again = isForGood ? null : nextTry(claimed, at);
  const failure = messageOf(error);
  log.warn(
    { channel: claimed.channel, delivery: claimed.id, attempt: claimed.attempts },
    `an alert was not delivered: ${failure}`,
  );
  await settleFailed(db, claimed, {
    failure,
    again: again !== null && isNotAllowed ? new Date(at.getTime() + notAllowedPauseMs) : again,
    isOfReceiver: !isForGood,
  });
}

function openSecret(
  { secretBox }: Delivering,
  { channelId, kind, settings }: ClaimedDelivery,
): Secret | undefined {
  const { secret } = channelSpecs[kind];
  if (secret === null || settings[secret.name] === undefined) return undefined;
  return secretBox.open(settings[secret.name], channelPurpose(channelId, secret.name));
}

/** Opens the file that the mail is to hold, compared with its hash: a mail goes with what it names, or not at all. Undefined: it holds none. */
function attachmentOf(
  { files }: Delivering,
  { content }: ClaimedDelivery,
): (() => Promise<MailFile>) | undefined {
  const attached = attachedOf(content);
  if (!attached) return undefined;
  return async () => {
    if (!files) throw new Error('this process has no store of files');
    try {
      const { stream } = await files.store.open(attached.sha256);
      return { ...attached, stream };
    } catch (error) {
      const isGone = error instanceof TielineError && ['FILE_UNKNOWN', 'FILE_DAMAGED'].includes(error.code);
      throw isGone ? new RefusedForGood(error.message, { cause: error }) : error;
    }
  };
}

/** Sends it. @throws whatever keeps it from being sent. */
export async function sendOne(
  context: Delivering,
  claimed: ClaimedDelivery,
  signal: AbortSignal,
): Promise<void> {
  const { kind, recipient } = claimed;
  const values = shownSettings(claimed.settings);
  const secret = openSecret(context, claimed);
  const { receivers = [], marking = '', consoleUrl } = context.alerting ?? {};
  const sending: Sending = { allowed: receivers, http: context.http, signal };
  const message: Message = {
    id: claimed.id,
    event: claimed.event,
    content: claimed.content,
    at: claimed.createdAt,
    namesRecords: values['names_records'] === true,
    marking,
    consoleUrl,
  };
  switch (kind) {
    case 'email': {
      const settings = emailSettings.parse(values);
      if (recipient === null) throw new RefusedForGood('the delivery names no address');
      const openFile = attachmentOf(context, claimed);
      await sendMail(sending, settings, { message, recipient, password: secret, openFile });
      return;
    }
    case 'webhook': {
      if (secret === undefined)
        throw new TielineError('SECRET_UNREADABLE', 'The channel has no signing secret.');
      await sendWebhook(sending, webhookSettings.parse(values), { message, secret, now: context.now() });
      return;
    }
    case 'syslog':
      await sendSyslog(sending, syslogSettings.parse(values), message);
  }
}
