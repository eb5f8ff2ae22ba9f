/**
 * Security events and accesses to data: evidence, only ever added to. Written over the connection of the transaction that does what it
 * tells of, so that either both are there or neither (SP 800-53 AU-5).
 */
import { sql, type Kysely } from 'kysely';
import type { Actor } from '../../canonical/access/index.ts';
import { TielineError } from '../../platform/errors/index.ts';
import { type Database, storableJson, storableText } from '../../platform/postgres/index.ts';
import { isJsonObject, type Json, type JsonObject } from '../../platform/values/index.ts';
import { type EventKind, type Outcome, severityOf } from './event-kinds.ts';

/** Who asks for something, and from where. */
export interface Origin {
  /** Absent where nobody is signed in. */
  readonly actor?: Pick<Actor, 'principalId' | 'name' | 'kind'>;
  readonly way: 'session' | 'token' | 'local' | 'none';
  readonly address?: string;
  /** A UUID that all which one request does shares. */
  readonly requestId?: string;
}

export interface EventObject {
  /** principal, grant, token, command, or an entity of the record. */
  readonly type: string;
  readonly id: string;
  /** system_id of its authorization boundary. */
  readonly boundary?: string | undefined;
}

export interface SecurityEvent {
  readonly kind: EventKind;
  readonly at: Date;
  readonly origin: Origin;
  /** Default: success. */
  readonly outcome?: Outcome;
  readonly failureReason?: string;
  readonly object?: EventObject;
  /** What changed, before and after, why. Never a secret, password, token or scan output. */
  readonly details?: JsonObject;
  /** Shared by the events of one thing that begins and ends. A UUID. */
  readonly correlationId?: string;
}

const secretWord = /passw|secret|cookie|authorization|bearer|api.?key/i;

/** @throws INTERNAL where a key of the details says that its text is a secret: it is a mistake of ours, and must not be stored. */
export function refuseSecrets(details: Json): void {
  if (Array.isArray(details)) for (const each of details) refuseSecrets(each);
  else if (isJsonObject(details))
    for (const [key, value] of Object.entries(details)) {
      if (typeof value === 'string' && secretWord.test(key))
        throw new TielineError('INTERNAL', `A security event would hold a secret, in "${key}".`);
      if (value !== undefined) refuseSecrets(value);
    }
}

/** An account of the machine is no principal. */
const principalOf = (actor: Origin['actor']): string | null =>
  actor === undefined || actor.kind === 'local' ? null : actor.principalId;

const cut = (text: string | undefined, length: number): string | null =>
  text === undefined ? null : storableText(text).slice(0, length);

/** @param db of the transaction that does what the event tells of. */
export async function recordSecurityEvent(db: Kysely<Database>, event: SecurityEvent): Promise<void> {
  const { origin, outcome = 'success', object, details = {} } = event;
  refuseSecrets(details);
  const principalId = principalOf(origin.actor);
  await sql`
    insert into security_events_extended (event_type, severity, source_system, user_id, principal_id, principal_name, address, outcome,
        failure_reason, request_id, object_type, object_id, boundary, source_way, event_details, correlation_id, occurred_at)
    values (${event.kind}, ${severityOf(event.kind, outcome)}, 'tieline', (select user_id from principals where id = ${principalId}::uuid),
        ${principalId}::uuid, ${cut(origin.actor?.name, 255)}, ${origin.address ?? null}::inet, ${outcome},
        ${cut(event.failureReason, 2000)}, ${origin.requestId ?? null}::uuid, ${cut(object?.type, 100)}, ${cut(object?.id, 255)},
        ${cut(object?.boundary, 50)}, ${origin.way}, ${storableJson(details)}::jsonb,
        ${event.correlationId ?? null}::uuid, ${event.at})`.execute(db);
}

export interface DataAccess {
  readonly at: Date;
  readonly origin: Origin;
  /** An entity of the record, or the name of a list. */
  readonly resource: { readonly type: string; readonly id?: string; readonly boundary?: string };
  readonly action: 'read' | 'write' | 'delete' | 'export';
  readonly method: 'ui' | 'api' | 'cli' | 'report';
  /** Why it was refused; absent: it was not. */
  readonly refusedBecause?: string;
}

/** Records that somebody read, wrote, deleted or exported a record or a list, or was refused. @param db as above. */
export async function recordAccess(db: Kysely<Database>, access: DataAccess): Promise<void> {
  const { origin, resource, refusedBecause } = access;
  const principalId = principalOf(origin.actor);
  await sql`
    insert into data_access_logs (user_id, user_name, principal_id, resource_type, resource_id, boundary, action, access_method,
        ip_address, success, failure_reason, request_id, accessed_at)
    values ((select user_id from principals where id = ${principalId}::uuid), ${cut(origin.actor?.name, 255)}, ${principalId}::uuid,
        ${cut(resource.type, 100)}, ${cut(resource.id, 255)}, ${cut(resource.boundary, 50)}, ${access.action}, ${access.method},
        ${origin.address ?? null}::inet, ${refusedBecause === undefined}, ${cut(refusedBecause, 2000)},
        ${origin.requestId ?? null}::uuid, ${access.at})`.execute(db);
}
