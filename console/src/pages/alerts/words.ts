import type { AlertChannel, AlertRow } from '../../api/work/alerts.ts';

export const words = {
  title: 'Alerts',
  many: 'alerts',
  nothingYet:
    'No alert yet. One is raised when something passes the threshold of a rule, and ends by itself; or by a workflow.',
};

export const stateWords: Readonly<Record<AlertRow['state'], string>> = {
  active: 'active',
  acknowledged: 'acknowledged',
  suppressed: 'suppressed',
  resolved: 'over',
};

export const channelWords: Readonly<Record<AlertChannel['kind'], string>> = {
  email: 'E-mail',
  webhook: 'Webhook',
  syslog: 'Syslog',
};

export const eventWords: Readonly<Record<string, string>> = {
  raised: 'raised',
  graver: 'became graver',
  returned: 'suppression over',
  resolved: 'over',
};

/** What a setting of a channel is called. */
export const settingWords: Readonly<Record<string, string>> = {
  host: 'Server',
  port: 'Port',
  tls: 'TLS (starttls, implicit, none)',
  user: 'Account',
  from: 'From',
  to: 'To, by commas',
  url: 'Address',
  transport: 'Transport (tls, tcp, udp)',
  facility: 'Facility',
  names_records: 'Names records (yes, no)',
};
export const settingsOf: Readonly<Record<AlertChannel['kind'], readonly string[]>> = {
  email: ['host', 'port', 'tls', 'user', 'from', 'to', 'names_records'],
  webhook: ['url', 'names_records'],
  syslog: ['host', 'port', 'transport', 'facility', 'names_records'],
};
export const secretWords: Readonly<Record<AlertChannel['kind'], string | null>> = {
  email: 'Password of the account',
  webhook: 'Signing secret, at least 16 characters',
  syslog: null,
};

/** A setting as it is typed and read; the server takes yes and no for what is true or false. */
export const textOf = (value: unknown): string =>
  value === undefined || value === null
    ? ''
    : value === true
      ? 'yes'
      : value === false
        ? 'no'
        : Array.isArray(value)
          ? value.map(textOf).join(', ')
          : typeof value === 'string'
            ? value
            : JSON.stringify(value);
