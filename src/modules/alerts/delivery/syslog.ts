/** Lines of syslog (RFC 5424). Pure. 32473 is the number that RFC 5612 keeps for examples. */
import type { Severity } from '../../../canonical/vocabulary/index.ts';

/** RFC 5424, table 2. */
export const syslogSeverity: Readonly<Record<Severity, number>> = {
  Critical: 2,
  High: 3,
  Medium: 4,
  Low: 5,
  Info: 6,
};

export interface SyslogMessage {
  readonly facility: number;
  /** As `syslogSeverity` gives it. */
  readonly severity: number;
  /** ISO 8601. */
  readonly at: string;
  readonly host: string;
  readonly process: number;
  readonly kind: string;
  readonly parameters: Readonly<Record<string, string | number>>;
  readonly text: string;
}

const printable = (value: string, most: number): string =>
  value.replaceAll(/[^!-~]/g, '_').slice(0, most) || '-';
/** RFC 5424, 6.3.3. */
const escaped = (value: string): string => value.replaceAll(/(["\\\]])/g, '\\$1').replaceAll(/[\r\n]+/g, ' ');

/** A line without the framing of its transport. */
export function syslogLine(message: SyslogMessage): string {
  const { facility, severity, at, host, process, kind, parameters, text } = message;
  const pairs = Object.entries(parameters).map(([name, value]) => ` ${name}="${escaped(String(value))}"`);
  const head = `<${facility * 8 + severity}>1 ${at} ${printable(host, 255)} tieline ${process} ${printable(kind, 32)}`;
  return `${head} [tieline@32473${pairs.join('')}] ${text}`;
}

/** A line with its length in bytes before it (RFC 5425, 6587): so it may end in anything. */
export function framedLine(line: string): Buffer {
  const bytes = Buffer.from(line);
  return Buffer.concat([Buffer.from(`${bytes.length} `), bytes]);
}
