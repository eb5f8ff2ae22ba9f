/**
 * Forwards security events as they are written. Two steps: what is new is put into a spool on this machine's disk, then the spool is delivered, a
 * batch a connection. A batch leaves the spool when the receiver has closed that connection without a fault, having read all of it (syslog
 * itself answers nothing); one that was cut off is sent again as a whole, and told by its ids. So each event comes at least once.
 *
 * Rejected: to deliver from the database without a spool. While a receiver is down, whoever rules the database could take back what nobody has.
 */
import { createHash } from 'node:crypto';
import { hostname } from 'node:os';
import type { App } from '../../../engine/run/index.ts';
import { type Origin, recordSecurityEvent } from '../../../ledger/security/index.ts';
import { requireReceiver, sendStream } from '../../../modules/alerts/index.ts';
import { messageOf, TielineError } from '../../../platform/errors/index.ts';
import { classifyTransportFailure, parseAuthorities } from '../../../platform/http/index.ts';
import {
  beginWithNew,
  countUnforwarded,
  fetchForwarding,
  type Forwarding,
  type ForwardingSettings,
  listUnforwarded,
  noteDelivery,
  noteSpooled,
  saveForwarding,
} from './forwarding.sql.ts';
import { type ForwardedEvent, framedEvent, type Sender } from './formats.ts';
import { listBatches, readBatch, removeBatch, spoolBatch } from './spool.ts';

const eventsOfChain = 500;
const pullLock = { numbers: [0x7469656c, 0x6c6f6770] };
/** One process of a machine delivers its spool. */
const deliverLock = (directory: string) => ({
  numbers: [0x7469656c, createHash('sha256').update(`${hostname()} ${directory}`).digest().readInt32BE(0)],
});

export type ForwardingApp = Pick<
  App,
  'db' | 'store' | 'now' | 'http' | 'alerting' | 'securityLog' | 'log' | 'papers'
>;

const senderOf = (
  { papers }: Pick<App, 'papers'>,
  { facility }: Pick<ForwardingSettings, 'facility'>,
): Sender => ({
  version: papers?.generator.replace(/^\D+/, '') || '0',
  host: hostname(),
  process: process.pid,
  facility,
});

export interface Forwarded {
  readonly spooled: number;
  readonly sent: number;
  /** Why what is in the spool could not be delivered. */
  readonly failure: string | null;
}

/** @returns undefined where nothing is to be forwarded, or another process is at it. */
export async function forwardSecurityLog(
  app: ForwardingApp,
  signal: AbortSignal,
): Promise<Forwarded | undefined> {
  const { securityLog } = app;
  const forwarding = await fetchForwarding(app.db);
  if (!securityLog || !forwarding?.isEnabled) return undefined;
  const { directory } = securityLog;
  const held = await app.store.takeLock(deliverLock(directory));
  if (!held) return undefined;
  try {
    const spooled = await pullNew(app, directory);
    const { sent, failure } = await deliverSpool(app, { forwarding, directory }, signal);
    if (sent > 0 || failure !== null) await noteDelivery(app.db, app.now(), failure);
    return { spooled, sent, failure };
  } finally {
    await held.release();
  }
}

/** One process at a time, so that an event is in one spool. On disk first: one that is killed in between puts it there twice. */
async function pullNew(app: ForwardingApp, directory: string): Promise<number> {
  const held = await app.store.takeLock(pullLock);
  if (!held) return 0;
  try {
    let spooled = 0;
    for (;;) {
      const events = await listUnforwarded(app.db, eventsOfChain);
      if (events.length === 0) return spooled;
      await spoolBatch(directory, events, app.now());
      await noteSpooled(app.db, events);
      spooled += events.length;
    }
  } finally {
    await held.release();
  }
}

async function deliverSpool(
  app: ForwardingApp,
  { forwarding, directory }: { readonly forwarding: Forwarding; readonly directory: string },
  signal: AbortSignal,
): Promise<Pick<Forwarded, 'sent' | 'failure'>> {
  let sent = 0;
  try {
    for (const name of await listBatches(directory)) {
      signal.throwIfAborted();
      const events = await readBatch(directory, name);
      await deliver(app, forwarding, events, signal);
      await removeBatch(directory, name);
      sent += events.length;
    }
    return { sent, failure: null };
  } catch (error) {
    if (signal.aborted) return { sent, failure: null };
    return { sent, failure: messageOf(error).slice(0, 500) };
  }
}

async function deliver(
  app: ForwardingApp,
  settings: ForwardingSettings,
  events: readonly ForwardedEvent[],
  signal: AbortSignal,
): Promise<void> {
  const address = await requireReceiver(app.alerting?.receivers ?? [], settings);
  const sender = senderOf(app, settings);
  const bytes = Buffer.concat(events.map((event) => framedEvent(event, settings.format, sender)));
  await sendStream({ http: app.http, signal }, { ...settings, address }, bytes).catch((cause: unknown) => {
    signal.throwIfAborted();
    throw failureOf(cause, settings);
  });
}

/** What a failed connection means, with what to do about it. */
function failureOf(cause: unknown, { host, port, ca }: ForwardingSettings): TielineError {
  const { error } = classifyTransportFailure(cause, `${host}:${port}`);
  if (ca === null || !error.message.includes('certificate')) return error;
  return new TielineError(error.code, error.message, {
    cause,
    remedy:
      'This receiver is only trusted with a certificate of the authority that was set for it: tieline security forward set HOST --ca-file FILE.',
  });
}

export interface ForwardingState extends Forwarding {
  /** Events that are in no spool yet. */
  readonly behind: number;
  /** Batches in the spool of this machine. */
  readonly batches: number;
  /** Subjects of the authorities of `ca`. */
  readonly authorities: readonly string[];
}

/** Of what was kept, which was parsed then. */
function subjectsOf(ca: string | null): string[] {
  const parsed = ca === null ? undefined : parseAuthorities(ca);
  return parsed?.kind === 'parsed' ? [...parsed.subjects] : [];
}

export async function fetchForwardingState(
  app: Pick<ForwardingApp, 'db' | 'securityLog'>,
): Promise<ForwardingState | null> {
  const forwarding = await fetchForwarding(app.db);
  if (!forwarding) return null;
  const batches = app.securityLog ? (await listBatches(app.securityLog.directory)).length : 0;
  return {
    ...forwarding,
    behind: await countUnforwarded(app.db),
    batches,
    authorities: subjectsOf(forwarding.ca),
  };
}

/** @throws TielineError RECEIVER_NOT_ALLOWED where the setting of the machine does not name the receiver; USAGE where `ca` holds no certificate. */
export async function setForwarding(
  app: ForwardingApp,
  asked: ForwardingSettings,
  origin: Origin,
): Promise<ForwardingState> {
  const settings = { ...asked, ca: asked.transport === 'tls' ? authoritiesOf(asked.ca) : null };
  if (settings.isEnabled) await requireReceiver(app.alerting?.receivers ?? [], settings);
  await app.store.transaction(async ({ db }) => {
    const at = app.now();
    const before = await fetchForwarding(db);
    if (!before) await beginWithNew(db);
    await saveForwarding(db, settings, { name: origin.actor?.name ?? 'unknown', at });
    const place = ({ host, port, transport, format, isEnabled, ca }: ForwardingSettings) => ({
      host,
      port,
      transport,
      format,
      isEnabled,
      authorities: subjectsOf(ca),
    });
    await recordSecurityEvent(db, {
      kind: 'log_forwarding_changed',
      at,
      origin,
      severity: before?.isEnabled === true && !settings.isEnabled ? 'High' : 'Medium',
      details: { before: before && place(before), after: place(settings) },
    });
  });
  const state = await fetchForwardingState(app);
  if (!state) throw new TielineError('INTERNAL', 'The forwarding that was just set is gone.');
  return state;
}

function authoritiesOf(ca: string | null): string | null {
  if (ca === null) return null;
  const parsed = parseAuthorities(ca);
  if (parsed.kind === 'parsed') return parsed.pem;
  throw new TielineError('USAGE', 'The forwarding was not changed.', {
    cause: parsed.cause,
    fields: [{ field: 'ca', message: `The file ${parsed.wrong}` }],
    remedy: "Give the PEM file with the certificate of the authority that signed the receiver's certificate.",
  });
}

/** Sends one made-up event now, whatever waits. @throws TielineError RECORD_UNKNOWN where nothing is set; REMOTE_UNREACHABLE and the like, and as `requireReceiver`. */
export async function testForwarding(
  app: ForwardingApp,
  signal: AbortSignal,
): Promise<{ readonly tookMs: number }> {
  const forwarding = await fetchForwarding(app.db);
  if (!forwarding)
    throw new TielineError('RECORD_UNKNOWN', 'The security log is not forwarded: set a receiver first.');
  const begun = performance.now();
  const event: ForwardedEvent = {
    id: '00000000-0000-0000-0000-000000000000',
    kind: 'log_forwarding_changed',
    title: 'test of the forwarding: nothing happened',
    severity: 'Info',
    outcome: 'success',
    failureReason: null,
    occurredAt: app.now().toISOString(),
    who: null,
    way: 'none',
    address: null,
    objectType: null,
    objectId: null,
    systemId: null,
    relatedId: null,
    details: { test: true },
    chain: 0,
    seq: 0,
    link: '',
  };
  await deliver(app, forwarding, [event], signal);
  return { tookMs: Math.round(performance.now() - begun) };
}
