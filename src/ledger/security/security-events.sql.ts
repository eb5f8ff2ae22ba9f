/**
 * Security events and accesses to data: evidence, only ever added to. Written over the connection of the transaction that does what it
 * tells of, so that either both are there or neither (SP 800-53 AU-5).
 */
import { randomUUID } from 'node:crypto';
import type { Kysely } from 'kysely';
import type { Actor } from '../../canonical/access/index.ts';
import { TielineError } from '../../platform/errors/index.ts';
import { type Database, storableText } from '../../platform/postgres/index.ts';
import { isJsonObject, type Json, type JsonObject } from '../../platform/values/index.ts';
import { appendToLog } from './chain/append.sql.ts';
import { type EventKind, type Outcome, type Severity, severityOf } from '../../canonical/vocabulary/index.ts';

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
  /** Shared by the events of one thing that begins and ends. A UUID. Default: the request. */
  readonly correlationId?: string;
  /** Default: by its kind and outcome. */
  readonly severity?: Severity;
  /** Name of the external system where it happened. Default: here. */
  readonly sourceSystem?: string;
  /** Of an event about a machine: `ingestion_assets.asset_uuid`. */
  readonly assetId?: string;
  /** When it was noticed, where that is later than it happened. */
  readonly detectedAt?: Date;
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
  await appendToLog(db, 'security_events_extended', {
    at: event.at,
    row: {
      event_id: randomUUID(),
      event_type: event.kind,
      severity: event.severity ?? severityOf(event.kind, outcome),
      source_system: cut(event.sourceSystem ?? 'tieline', 100),
      asset_uuid: event.assetId ?? null,
      event_details: details,
      correlation_id: event.correlationId ?? origin.requestId ?? null,
      occurred_at: event.at.toISOString(),
      detected_at: (event.detectedAt ?? event.at).toISOString(),
      principal_id: principalOf(origin.actor),
      principal_name: cut(origin.actor?.name, 255),
      address: origin.address ?? null,
      outcome,
      failure_reason: cut(event.failureReason, 2000),
      request_id: origin.requestId ?? null,
      object_type: cut(object?.type, 100),
      object_id: cut(object?.id, 255),
      boundary: cut(object?.boundary, 50),
      source_way: origin.way,
    },
  });
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
  await appendToLog(db, 'data_access_logs', {
    at: access.at,
    row: {
      user_name: cut(origin.actor?.name, 255),
      resource_type: cut(resource.type, 100),
      resource_id: cut(resource.id, 255),
      action: access.action,
      access_method: access.method,
      ip_address: origin.address ?? null,
      success: refusedBecause === undefined,
      failure_reason: cut(refusedBecause, 2000),
      accessed_at: access.at.toISOString(),
      principal_id: principalOf(origin.actor),
      request_id: origin.requestId ?? null,
      boundary: cut(resource.boundary, 50),
    },
  });
}
