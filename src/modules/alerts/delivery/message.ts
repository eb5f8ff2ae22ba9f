/** What a delivery says, in the form of each kind of channel. Names of records only where the channel is set to have them. */
import { createHmac } from 'node:crypto';
import { isAlertKind } from '../alert-words.ts';
import { alertKindSpecs } from '../alert-kinds.ts';
import { syslogLine, syslogSeverity } from './syslog.ts';
import type { DeliveryEvent, Severity } from '../../../canonical/vocabulary/index.ts';
import { isJsonObject, type Json, type JsonObject } from '../../../platform/values/index.ts';

export interface Message {
  readonly id: string;
  readonly event: DeliveryEvent;
  readonly content: JsonObject;
  readonly at: Date;
  readonly namesRecords: boolean;
  /** The marking of the installation, first and last line of a mail. */
  readonly marking: string;
  /** Where the console is reached; undefined: nobody said. */
  readonly consoleUrl: string | undefined;
}

const text = (value: Json | undefined): string =>
  typeof value === 'string' ? value : typeof value === 'number' ? String(value) : '';
const eventWords: Readonly<Record<DeliveryEvent, string>> = {
  raised: '',
  graver: 'now graver: ',
  returned: 'again: ',
  resolved: 'over: ',
  summary: '',
  digest: '',
  report: '',
  workflow: '',
  account: '',
  test: '',
};

/** Kinds about connections and this server name no record of anybody's; the others do. */
const namesRecord = (kind: string): boolean =>
  !isAlertKind(kind) || alertKindSpecs[kind].reach === 'boundary';
const kindTitle = (kind: string): string =>
  isAlertKind(kind) ? alertKindSpecs[kind].title : kind.replaceAll('_', ' ');

/** An alert as it leaves: with its title and description, or with what it is about in general. */
function shownAlert(alert: Json, namesRecords: boolean): JsonObject {
  if (!isJsonObject(alert)) return {};
  const kind = text(alert['kind']);
  if (namesRecords || !namesRecord(kind)) return alert;
  return {
    ...alert,
    title: kindTitle(kind),
    description: isAlertKind(kind) ? alertKindSpecs[kind].remedy : '',
  };
}

/** What a workflow tells, as it leaves: the whole, or that there is something to look at. */
function shownByWorkflow({ general, ...content }: JsonObject, namesRecords: boolean): JsonObject {
  return namesRecords ? content : { workflow: content['workflow'] ?? null, line: general ?? null, lines: [] };
}

/** What is told, as data: the body of a webhook. */
export function payloadOf({ id, event, content, at, namesRecords, marking }: Message): JsonObject {
  const head = { delivery: id, event, at: at.toISOString(), marking };
  if (isJsonObject(content['alert'])) return { ...head, alert: shownAlert(content['alert'], namesRecords) };
  if (event === 'workflow') return { ...head, ...shownByWorkflow(content, namesRecords), event };
  if (!Array.isArray(content['alerts'])) return { ...head, ...content, event };
  const shown = content['alerts'].map((alert) => shownAlert(alert, namesRecords));
  return {
    ...head,
    ...content,
    event,
    alerts: namesRecords || !namesRecord(text(content['kind'])) ? shown : [],
  };
}

export const severityOf = ({ content }: Pick<Message, 'content'>): Severity => {
  const said = isJsonObject(content['alert']) ? content['alert']['severity'] : content['severity'];
  return said === 'Critical' || said === 'High' || said === 'Medium' || said === 'Low' ? said : 'Info';
};

/** In one line: the subject of a mail, the text of a line of syslog. */
export function lineOf(message: Message): string {
  const { content, event } = message;
  const payload = payloadOf(message);
  const alert = payload['alert'];
  if (isJsonObject(alert)) {
    const place = text(alert['systemId']);
    return `${text(alert['severity'])}: ${eventWords[event]}${text(alert['title'])}${place === '' ? '' : ` (${place})`}`;
  }
  if (event === 'summary')
    return `${severityOf(message)}: ${text(content['count'])} × ${kindTitle(text(content['kind']))}`;
  return text(payload['line']) || 'Test of this channel';
}

function bodyLines(message: Message): string[] {
  const payload = payloadOf(message);
  const { alert } = payload;
  if (isJsonObject(alert)) return ['', text(alert['description'])];
  if (Array.isArray(payload['alerts']))
    return [
      '',
      ...payload['alerts'].map((each) =>
        isJsonObject(each) ? `- ${text(each['severity'])}: ${text(each['title'])}` : '',
      ),
    ];
  const { lines } = payload;
  return Array.isArray(lines) ? ['', ...lines.map(text)] : [];
}

/** A file of the store that a mail holds. */
export interface Attached {
  readonly sha256: string;
  readonly fileName: string;
  readonly mediaType: string;
}

/** The file that a delivery is to hold, if any. */
export function attachedOf({ attachment }: JsonObject): Attached | undefined {
  if (!isJsonObject(attachment)) return undefined;
  return {
    sha256: text(attachment['sha256']),
    fileName: text(attachment['fileName']),
    mediaType: text(attachment['mediaType']),
  };
}

/** A mail in plain text; the marking stands above and below, as on a page, and in the subject of a report. */
export function mailOf(message: Message): { readonly subject: string; readonly text: string } {
  const line = lineOf(message);
  const alert = message.content['alert'];
  const path = isJsonObject(alert)
    ? `/alerts/${text(alert['id'])}`
    : message.event === 'digest'
      ? '/inbox'
      : message.event === 'report'
        ? '/reports'
        : message.event === 'workflow'
          ? '/workflows/runs'
          : message.event === 'account'
            ? '/your-sign-in'
            : '/alerts';
  // Whoever is outside has no account.
  const link =
    message.consoleUrl === undefined || message.content['isOutside'] === true
      ? []
      : ['', `${message.consoleUrl.replace(/\/$/, '')}${path}`];
  return {
    subject:
      `[Tieline] ${message.event === 'report' && message.marking !== '' ? `[${message.marking}] ` : ''}${line}`
        .replaceAll(/[\r\n]+/g, ' ')
        .slice(0, 200),
    text: [message.marking, '', line, ...bodyLines(message), ...link, '', message.marking].join('\n'),
  };
}

/**
 * Signs a body for a webhook: `t` is when, `v1` the HMAC-SHA256 of `t.body`. A receiver refuses what is not signed so, and what is older than it
 * thinks right, so that a copy cannot be sent again later.
 */
export function signatureOf(secret: string, body: string, at: Date): string {
  const seconds = Math.floor(at.getTime() / 1000);
  return `t=${seconds},v1=${createHmac('sha256', secret).update(`${seconds}.${body}`).digest('hex')}`;
}

/** An alert as a line of syslog. */
export function alertLine(
  message: Message,
  place: { readonly facility: number; readonly host: string; readonly process: number },
): string {
  const { event, id, at } = message;
  const alert = payloadOf(message)['alert'];
  const pairs = isJsonObject(alert)
    ? {
        alert: text(alert['id']),
        kind: text(alert['kind']),
        severity: text(alert['severity']),
        system: text(alert['systemId']),
      }
    : {};
  const parameters = Object.entries({ delivery: id, event, ...pairs }).filter(([, value]) => value !== '');
  return syslogLine({
    ...place,
    severity: event === 'resolved' ? 5 : syslogSeverity[severityOf(message)],
    at: at.toISOString(),
    kind: event,
    parameters: Object.fromEntries(parameters),
    text: `\uFEFF${lineOf(message).replaceAll(/[\r\n]+/g, ' ')}`,
  });
}
