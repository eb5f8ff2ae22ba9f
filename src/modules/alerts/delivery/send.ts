/** Sends one delivery by the kind of its channel. What fails is thrown, with whether it was the receiver as a whole that did not take it. */
import { createSocket } from 'node:dgram';
import { hostname } from 'node:os';
import type { Readable } from 'node:stream';
import { connect as connectTcp, isIP, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type SMTPTransport from 'nodemailer/lib/smtp-transport/index.js';
import { TielineError } from '../../../platform/errors/index.ts';
import { loadHttpClient, trustedAuthorities } from '../../../platform/http/index.ts';
import type { Secret } from '../../../platform/values/index.ts';
import type { EmailSettings, SyslogSettings, WebhookSettings } from './channel-settings.ts';
import { alertLine, mailOf, type Message, payloadOf, signatureOf } from './message.ts';
import { requireReceiver } from './receivers.ts';
import { framedLine } from './syslog.ts';

export interface Sending {
  /** TIELINE_ALERT_RECEIVERS. */
  readonly allowed: readonly string[];
  readonly http: {
    readonly timeouts: { readonly connectMs: number; readonly headersMs: number; readonly bodyMs: number };
    readonly proxy: string | undefined;
    /** PEM text of further authorities. */
    readonly ca: string | undefined;
    readonly userAgent: string;
  };
  readonly signal: AbortSignal;
}

/** The receiver took the connection and refused this one message for good: another try is of no use. */
export class RefusedForGood extends Error {}

const host = (text: string): string => text.replaceAll(/^\[|\]$/g, '');
/** An address is no name of a server (RFC 6066). */
const serverName = (name: string): { servername: string } | object =>
  isIP(name) === 0 ? { servername: name } : {};

/** nodemailer's options for a server that was looked up: TLS always, but for one on this machine. */
function transportOf(
  { http }: Sending,
  settings: EmailSettings,
  { address, password }: { readonly address: string; readonly password: Secret | undefined },
): SMTPTransport.Options {
  return {
    host: address,
    port: settings.port,
    secure: settings.tls === 'implicit',
    requireTLS: settings.tls === 'starttls',
    ignoreTLS: settings.tls === 'none',
    tls: {
      ca: trustedAuthorities(http.ca),
      rejectUnauthorized: true,
      minVersion: 'TLSv1.2',
      ...serverName(host(settings.host)),
    },
    connectionTimeout: http.timeouts.connectMs,
    greetingTimeout: http.timeouts.headersMs,
    socketTimeout: http.timeouts.bodyMs,
    disableFileAccess: true,
    disableUrlAccess: true,
    ...(settings.user === undefined ? {} : { auth: { user: settings.user, pass: password?.reveal() ?? '' } }),
  };
}

/** Whether the server refused this message, and not the connection. */
const isOfMessage = (error: unknown): error is Error =>
  error instanceof Error &&
  'responseCode' in error &&
  Number(error.responseCode) >= 500 &&
  'code' in error &&
  (error.code === 'EENVELOPE' || error.code === 'EMESSAGE');

export interface MailFile {
  readonly fileName: string;
  readonly mediaType: string;
  readonly stream: Readable;
}

/**
 * @param recipient the one address of this delivery.
 * @param openFile opens what is attached, once the receiver was checked: what may not be sent there is not read either.
 */
export async function sendMail(
  sending: Sending,
  settings: EmailSettings,
  {
    message,
    recipient,
    password,
    openFile,
  }: {
    readonly message: Message;
    readonly recipient: string;
    readonly password: Secret | undefined;
    readonly openFile: (() => Promise<MailFile>) | undefined;
  },
): Promise<void> {
  const address = await requireReceiver(sending.allowed, settings);
  if (settings.tls === 'none' && !/^(127\.|::1$)/.test(address))
    throw new RefusedForGood(
      `Mail without TLS goes to this machine only, and ${settings.host} is ${address}.`,
    );
  const { createTransport } = await import('nodemailer');
  const file = await openFile?.();
  const transport = createTransport(transportOf(sending, settings, { address, password }));
  const stop = (): void => transport.close();
  sending.signal.addEventListener('abort', stop);
  const { subject, text } = mailOf(message);
  try {
    await transport.sendMail({
      from: settings.from,
      to: recipient,
      subject,
      text,
      ...(file === undefined
        ? {}
        : { attachments: [{ filename: file.fileName, contentType: file.mediaType, content: file.stream }] }),
      date: message.at,
      // The same one each time it is tried: a mail that came although its answer was lost can be told from a second one.
      messageId: `<${message.id}@tieline>`,
      headers: { 'Auto-Submitted': 'auto-generated', 'X-Tieline-Event': message.event },
    });
  } catch (error) {
    throw isOfMessage(error) ? new RefusedForGood(error.message, { cause: error }) : error;
  } finally {
    sending.signal.removeEventListener('abort', stop);
    transport.close();
    file?.stream.destroy();
  }
}

const took = (status: number): boolean => status >= 200 && status < 300;

export async function sendWebhook(
  { allowed, http, signal }: Sending,
  settings: WebhookSettings,
  { message, secret, now }: { readonly message: Message; readonly secret: Secret; readonly now: Date },
): Promise<void> {
  const url = new URL(settings.url);
  const port = url.port === '' ? (url.protocol === 'https:' ? 443 : 80) : Number(url.port);
  await requireReceiver(allowed, { host: url.hostname, port });
  const { createHttpClient } = await loadHttpClient();
  const { proxy, ca, ...rest } = http;
  const client = createHttpClient({
    ...rest,
    ...(proxy === undefined ? {} : { proxy }),
    ...(ca === undefined ? {} : { ca }),
    baseUrl: url.origin,
    requestsPerSecond: 50,
    concurrency: 1,
    attempts: 1,
  });
  const json = payloadOf(message);
  try {
    const answer = await client.send({
      method: 'POST',
      path: url.pathname,
      query: Object.fromEntries(url.searchParams),
      headers: {
        'tieline-delivery': message.id,
        'tieline-event': message.event,
        'tieline-signature': signatureOf(secret.reveal(), JSON.stringify(json), now),
      },
      json,
      retry: 'never',
      signal,
    });
    const said = await answer.text(4096).catch(() => '');
    // A redirect is not followed: what is signed for one receiver is not for another.
    if (!took(answer.status))
      throw new TielineError(
        'REMOTE_FAILED',
        `${url.origin} answered ${answer.status}: ${answer.masked(said).slice(0, 200)}`,
      );
  } finally {
    await client.close();
  }
}

/** RFC 6587 over TCP, RFC 5425 over TLS: each message with its length before it. RFC 5426 over UDP: one a datagram. */
export async function sendSyslog(
  sending: Sending,
  settings: SyslogSettings,
  message: Message,
): Promise<void> {
  const address = await requireReceiver(sending.allowed, settings);
  const line = alertLine(message, {
    facility: settings.facility,
    host: hostname(),
    process: process.pid,
  });
  if (settings.transport === 'udp') return sendDatagram(address, settings.port, Buffer.from(line));
  const { transport } = settings;
  return sendStream(sending, { ...settings, transport, address }, framedLine(line));
}

/** Where a stream goes: the server as it is named, and the address that was looked up and judged. */
export interface StreamReceiver {
  readonly host: string;
  readonly port: number;
  readonly transport: 'tls' | 'tcp';
  readonly address: string;
  /** PEM of the authorities that alone may have signed its certificate; absent: those that Tieline trusts. */
  readonly ca?: string | null;
}

/**
 * Sends whole messages over a connection of their own. Resolves when the other end has closed it without a fault after it was told the end: it has
 * read all of them. One that closes before that (too many connections, a restart) may not have.
 */
export function sendStream(
  sending: Pick<Sending, 'http' | 'signal'>,
  settings: StreamReceiver,
  framed: Buffer,
): Promise<void> {
  const { connectMs } = sending.http.timeouts;
  return new Promise((resolve, reject) => {
    const options = { host: settings.address, port: settings.port };
    const socket: Socket =
      settings.transport === 'tcp'
        ? connectTcp(options)
        : connectTls({
            ...options,
            ca: settings.ca ? [settings.ca] : [...trustedAuthorities(sending.http.ca)],
            minVersion: 'TLSv1.2',
            ...serverName(host(settings.host)),
          });
    const fail = (error: Error): void => {
      socket.destroy();
      reject(error);
    };
    socket.setTimeout(connectMs, () =>
      fail(new Error(`${settings.host}:${settings.port} did not answer within ${connectMs} ms`)),
    );
    socket.once('error', fail);
    socket.once(settings.transport === 'tcp' ? 'connect' : 'secureConnect', () => {
      // Syslog answers nothing. The other end closes once it has read what was sent, or the kernel has it.
      let isWritten = false;
      socket.once('end', () => {
        if (!isWritten)
          fail(new Error(`${settings.host}:${settings.port} closed the connection before it had everything`));
      });
      socket.end(framed, () => (isWritten = true));
      socket.resume();
      socket.once('close', () => resolve());
    });
    const interrupt = (): void => fail(new Error('interrupted'));
    sending.signal.addEventListener('abort', interrupt, { once: true });
    socket.once('close', () => sending.signal.removeEventListener('abort', interrupt));
  });
}

function sendDatagram(address: string, port: number, line: Buffer): Promise<void> {
  const socket = createSocket(isIP(address) === 6 ? 'udp6' : 'udp4');
  return new Promise((resolve, reject) => {
    socket.once('error', reject);
    socket.send(line, port, address, (error) => {
      socket.close();
      if (error) reject(error);
      else resolve();
    });
  });
}
