import type { SecurityEventRow } from '../../api/work/security.ts';

export const words = {
  title: 'Security log',
  many: 'security events',
  nothingYet: 'Nothing has been recorded yet.',
};

export const outcomeWords: Readonly<Record<SecurityEventRow['outcome'], string>> = {
  attempted: 'begun',
  success: 'done',
  failure: 'failed',
  refused: 'refused',
};

export const outcomeTone: Readonly<Record<SecurityEventRow['outcome'], string>> = {
  attempted: '',
  success: '',
  failure: 'attention',
  refused: 'bad',
};

export const wayWords: Readonly<Record<string, string>> = {
  session: 'in the console',
  token: 'by a token',
  local: 'at the machine',
  none: 'not signed in',
  unknown: 'not recorded',
};

/** How far an investigation is. */
export const investigationWords = ({
  investigatedBy,
  isFalsePositive,
  resolvedAt,
}: Pick<SecurityEventRow, 'investigatedBy' | 'isFalsePositive' | 'resolvedAt'>): string =>
  isFalsePositive
    ? 'harmless'
    : resolvedAt !== null
      ? 'resolved'
      : investigatedBy === null
        ? 'not looked at'
        : 'being looked at';

export const forwardingWords = {
  transports: [
    { value: 'tls', label: 'TLS' },
    { value: 'tcp', label: 'TCP, not encrypted' },
  ],
  formats: [
    { value: 'ecs', label: 'ECS 8 (Elastic)' },
    { value: 'ocsf', label: 'OCSF 1.3 (Amazon Security Lake, Splunk)' },
    { value: 'cef', label: 'CEF (ArcSight, Sentinel, QRadar)' },
  ],
  switches: [
    { value: 'on', label: 'On' },
    { value: 'off', label: 'Off: what waits stays in the spool' },
  ],
};
