/**
 * Events for one reader, for as long as he is signed in: before anything is sent, and with every heartbeat, it is looked at again whether
 * his session or token still holds, and where he may read. A stream that only its own end could end would tell whom an administrator has
 * locked out what goes on.
 */
import { Readable } from 'node:stream';
import { heldBy, isWithin, type Permission, scopeFor } from '../../../canonical/access/index.ts';
import type { TielineEvent } from '../../../ledger/events/index.ts';
import { messageOf } from '../../../platform/errors/index.ts';
import type { Call, SignedIn } from '../kit/call.ts';
import type { EventFeed } from '../kit/event-feed.ts';
import { recheck } from '../sign-in/identify.ts';

const heartbeatMs = 15_000;
/** What was found out so short a while ago still counts: many events come at once. */
const trustedMs = 500;

/** One event as the stream has it: what kind, which, in which boundary; the reader reads again what changed. */
const eventText = ({ id, kind, subject, boundary, count, at }: TielineEvent): string =>
  `id: ${id}\nevent: ${kind}\ndata: ${JSON.stringify({ kind, subject, boundary, count, at })}\n\n`;

/** Of a boundary hears who holds a permission there at this moment, with this token; of conflicts, who may read them there. */
function mayHear({ actor }: SignedIn, { boundary, conflicts }: TielineEvent, at: Date): boolean {
  if (conflicts !== null) {
    const scope = scopeFor(actor, 'conflict:read', at);
    return scope !== undefined && isWithin(scope, boundary);
  }
  return boundary === null || [...heldBy(actor, at).values()].some((scope) => isWithin(scope, boundary));
}

/** Who may see what an event without a boundary is about; everybody else is told that something changed, and not what. */
const seenWith = (kind: TielineEvent['kind']): Permission =>
  kind === 'import.progress' ? 'import:read' : kind.startsWith('approval.') ? 'plan:read' : 'sync:read';

function shownTo({ actor }: SignedIn, event: TielineEvent, at: Date): TielineEvent {
  const isOfInstallation =
    event.boundary === null && event.conflicts === null && event.kind !== 'inbox.changed';
  return isOfInstallation && scopeFor(actor, seenWith(event.kind), at) === undefined
    ? { ...event, subject: null, count: 1 }
    : event;
}

/** Events until the caller goes, or may not hear them any more: then it says `bye`. */
export function eventStream(call: Call & { readonly by: SignedIn }, feed: EventFeed): Readable {
  const { app, address } = call;
  const stream = new Readable({ read: () => undefined });
  let by: SignedIn | undefined = call.by;
  let checkedAt = Date.now();
  let turn: Promise<void> = Promise.resolve();

  const end = (): void => {
    clearInterval(beat);
    stop();
    if (by) stream.push(null);
    by = undefined;
  };
  async function present(isNew: boolean): Promise<SignedIn | undefined> {
    if (!by || (!isNew && Date.now() - checkedAt < trustedMs)) return by;
    const found = await recheck(app, by, address);
    checkedAt = Date.now();
    // It may have ended while that was looked up.
    if (by && !found) {
      stream.push('event: bye\ndata: {}\n\n');
      end();
    }
    return by && (by = found);
  }
  /** One after the other, so that events keep their order. */
  const push = (textFor: (by: SignedIn) => string | undefined, isNew = false): void => {
    turn = turn.then(async () => {
      try {
        const found = await present(isNew);
        const text = found && textFor(found);
        if (text !== undefined) stream.push(text);
      } catch (error) {
        // The reader comes again, and is told what he missed.
        app.log.warn({ err: error }, `a stream of events ended: ${messageOf(error)}`);
        end();
      }
    });
  };

  stream.push(`retry: 3000\n: Tieline events\n\n`);
  const last = Number(call.headers['last-event-id']);
  const after = Number.isSafeInteger(last) && last > 0 ? last : undefined;
  const stop = feed.follow(call.by.actor.principalId, after, (event) => {
    if (event.kind !== 'access.changed')
      push((reader) => {
        const at = app.now();
        return mayHear(reader, event, at) ? eventText(shownTo(reader, event, at)) : undefined;
      });
    // Others are not told; who it concerns sees another page with other rights.
    else if (event.subject === by?.actor.principalId)
      push(() => eventText({ ...event, kind: 'inbox.changed', subject: null }), true);
  });
  const beat = setInterval(() => push(() => ': still here\n\n'), heartbeatMs);
  call.signal.addEventListener('abort', end, { once: true });
  stream.once('close', end);
  return stream;
}
