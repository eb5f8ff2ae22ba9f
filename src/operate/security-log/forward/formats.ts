/**
 * A security event as a SIEM reads it: CEF, OCSF or ECS, in a line of syslog (RFC 5424). Pure. Each line bears the place of the event in its
 * chain and its link, so the receiver holds the newest head of every chain; and the id, by which one that came twice is told.
 */
import type { EventKind, Outcome, Severity } from '../../../canonical/vocabulary/index.ts';
import { framedLine, syslogLine, syslogSeverity } from '../../../modules/alerts/index.ts';
import type { JsonObject } from '../../../platform/values/index.ts';
import { type EventClass, eventClassOf } from './event-classes.ts';

export const forwardFormats = ['cef', 'ocsf', 'ecs'] as const;
export type ForwardFormat = (typeof forwardFormats)[number];

export interface ForwardedEvent {
  readonly id: string;
  readonly kind: EventKind;
  readonly title: string;
  readonly severity: Severity;
  readonly outcome: Outcome;
  readonly failureReason: string | null;
  /** ISO 8601 in UTC. */
  readonly occurredAt: string;
  readonly who: string | null;
  readonly way: string;
  readonly address: string | null;
  readonly objectType: string | null;
  readonly objectId: string | null;
  readonly systemId: string | null;
  readonly relatedId: string | null;
  readonly details: JsonObject;
  readonly chain: number;
  readonly seq: number;
  readonly link: string;
}

export interface Sender {
  readonly version: string;
  readonly host: string;
  readonly process: number;
  readonly facility: number;
}

const cefSeverity: Readonly<Record<Severity, number>> = { Critical: 10, High: 8, Medium: 5, Low: 3, Info: 1 };
const ocsfSeverity: Readonly<Record<Severity, number>> = { Info: 1, Low: 2, Medium: 3, High: 4, Critical: 5 };
const ecsOutcome: Readonly<Record<Outcome, string>> = {
  attempted: 'unknown',
  success: 'success',
  failure: 'failure',
  refused: 'failure',
};

const inHeader = (text: string): string =>
  text.replaceAll(/[\\|]/g, String.raw`\$&`).replaceAll(/[\r\n]+/g, ' ');
const inExtension = (text: string): string =>
  text
    .replaceAll(/[\\=]/g, String.raw`\$&`)
    .replaceAll('\r', String.raw`\r`)
    .replaceAll('\n', String.raw`\n`);

/** ArcSight Common Event Format, version 0. */
export function cefOf(event: ForwardedEvent, { version }: Sender): string {
  const head = [
    'CEF:0',
    'Tieline',
    'Tieline',
    version,
    event.kind,
    event.title,
    String(cefSeverity[event.severity]),
  ];
  const extension: Readonly<Record<string, string | null>> = {
    rt: String(Date.parse(event.occurredAt)),
    externalId: event.id,
    outcome: event.outcome,
    reason: event.failureReason,
    suser: event.who,
    src: event.address?.includes(':') ? null : event.address,
    c6a2: event.address?.includes(':') ? event.address : null,
    c6a2Label: event.address?.includes(':') ? 'Source IPv6 Address' : null,
    cs1: event.objectId,
    cs1Label: event.objectId === null ? null : (event.objectType ?? 'object'),
    cs2: event.systemId,
    cs2Label: event.systemId === null ? null : 'boundary',
    cs3: `${event.chain}:${event.seq}:${event.link}`,
    cs3Label: 'chain',
    cs4: event.relatedId,
    cs4Label: event.relatedId === null ? null : 'request',
    app: event.way,
    msg: Object.keys(event.details).length === 0 ? null : JSON.stringify(event.details),
  };
  const pairs = Object.entries(extension).flatMap(([name, value]) =>
    value === null || value === '' ? [] : [`${name}=${inExtension(value)}`],
  );
  return `${head.map((part, at) => (at === 0 ? part : inHeader(part))).join('|')}|${pairs.join(' ')}`;
}

/** Without what is null. */
const present = (object: Readonly<Record<string, unknown>>): JsonObject =>
  Object.fromEntries(
    Object.entries(object).filter(([, value]) => value !== null && value !== undefined),
  ) as JsonObject; // values of ours

/** Elastic Common Schema 8. */
export const ecsOf = (event: ForwardedEvent, { version, host }: Sender): string =>
  JSON.stringify(
    present({
      '@timestamp': event.occurredAt,
      ecs: { version: '8.11.0' },
      message: event.title,
      event: present({
        id: event.id,
        kind: eventClassOf(event.kind) === 'detection' ? 'alert' : 'event',
        action: event.kind,
        category: [ecsCategory[eventClassOf(event.kind)]],
        outcome: ecsOutcome[event.outcome],
        reason: event.failureReason,
        severity: syslogSeverity[event.severity],
        module: 'tieline',
      }),
      observer: { vendor: 'Tieline', product: 'Tieline', version, hostname: host },
      user: event.who === null ? null : { name: event.who },
      source: event.address === null ? null : { ip: event.address },
      tieline: present({
        severity: event.severity,
        way: event.way,
        object: event.objectId === null ? null : present({ type: event.objectType, id: event.objectId }),
        boundary: event.systemId,
        request: event.relatedId,
        details: event.details,
        chain: { id: event.chain, seq: event.seq, link: event.link },
      }),
    }),
  );

const ecsCategory: Readonly<Record<EventClass, string>> = {
  sign_in: 'authentication',
  account: 'iam',
  detection: 'intrusion_detection',
  activity: 'configuration',
};

/** Category, class and activity of OCSF: Authentication, Account Change, Detection Finding, API Activity. */
const ocsfClass: Readonly<
  Record<EventClass, { readonly category: number; readonly class: number; readonly activity: number }>
> = {
  sign_in: { category: 3, class: 3002, activity: 1 },
  account: { category: 3, class: 3001, activity: 99 },
  detection: { category: 2, class: 2004, activity: 1 },
  activity: { category: 6, class: 6003, activity: 99 },
};
/** Of Authentication, 2 is the end of a session. */
const ocsfClassOf = (kind: EventKind) =>
  kind === 'sign_out' || kind === 'session_ended'
    ? { ...ocsfClass.sign_in, activity: 2 }
    : ocsfClass[eventClassOf(kind)];

const ocsfStatus: Readonly<Record<Outcome, number>> = { attempted: 0, success: 1, failure: 2, refused: 2 };

/** Open Cybersecurity Schema Framework 1.3. */
export function ocsfOf(event: ForwardedEvent, { version, host }: Sender): string {
  const of = ocsfClassOf(event.kind);
  const user = event.who === null ? { name: 'unknown', type_id: 0 } : { name: event.who, type_id: 1 };
  return JSON.stringify(
    present({
      category_uid: of.category,
      class_uid: of.class,
      activity_id: of.activity,
      activity_name: of.activity === 99 ? event.kind : null,
      type_uid: of.class * 100 + of.activity,
      time: Date.parse(event.occurredAt),
      severity_id: ocsfSeverity[event.severity],
      status_id: ocsfStatus[event.outcome],
      status_detail: event.failureReason,
      message: event.title,
      metadata: {
        version: '1.3.0',
        uid: event.id,
        ...(event.relatedId === null ? {} : { correlation_uid: event.relatedId }),
        product: { name: 'Tieline', vendor_name: 'Tieline', version },
      },
      actor: { user },
      user: of.category === 3 ? user : null,
      api: of.class === 6003 ? { operation: event.kind } : null,
      finding_info: of.class === 2004 ? { uid: event.id, title: whatOf(event) } : null,
      src_endpoint:
        event.address === null ? (of.class === 6003 ? { hostname: host } : null) : { ip: event.address },
      unmapped: present({
        kind: event.kind,
        way: event.way,
        object_type: event.objectType,
        object_id: event.objectId,
        boundary: event.systemId,
        details: event.details,
        chain: event.chain,
        seq: event.seq,
        link: event.link,
      }),
    }),
  );
}

const whatOf = ({ details, title }: ForwardedEvent): string =>
  typeof details['what'] === 'string' ? details['what'] : title;

const bodies = { cef: cefOf, ocsf: ocsfOf, ecs: ecsOf } as const;

/** A message of RFC 5424 with the length before it. */
export function framedEvent(event: ForwardedEvent, format: ForwardFormat, sender: Sender): Buffer {
  const { id, chain, seq, link } = event;
  return framedLine(
    syslogLine({
      ...sender,
      severity: syslogSeverity[event.severity],
      at: event.occurredAt,
      kind: event.kind,
      parameters: { id, chain, seq, link },
      text: bodies[format](event, sender),
    }),
  );
}
