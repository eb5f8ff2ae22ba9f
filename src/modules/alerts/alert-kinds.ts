/**
 * What a rule of alerts can look at: for each kind what its value means, who sees its alerts, how their title reads and what may be done.
 * The thresholds are rows (`alert_rules`), the queries are in `conditions.sql.ts`.
 */
import type { Permission } from '../../canonical/access/index.ts';
import type { AlertDirection, AlertKind } from '../../canonical/vocabulary/index.ts';
import type { JsonObject } from '../../platform/values/index.ts';

export interface AlertKindSpec {
  readonly title: string;
  /** What the value counts, as it reads after a number. */
  readonly unit: string;
  readonly means: string;
  readonly direction: AlertDirection;
  /** Whether a boundary may have thresholds of its own. */
  readonly reach: 'boundary' | 'installation';
  /** Whoever holds it, beside `alert:read`, sees the alerts, as far as it reaches. */
  readonly seenBy: Permission;
  /** Reads much of the record: evaluated each hour and after syncs, not each minute. */
  readonly isHeavy: boolean;
  /** The inbox shows the same thing by a kind of its own: one thing is one row there. */
  readonly isInboxKind: boolean;
  /** The title of an alert, of what its row of the query says. */
  readonly say: (facts: JsonObject, value: number) => string;
  readonly remedy: string;
  /** The list that holds what it is about; `{system}` and `{record}` are filled in. */
  readonly list: { readonly noun: string; readonly filter: Readonly<Record<string, string>> } | null;
}

const word = (facts: JsonObject, name: string): string => {
  const value = facts[name];
  return typeof value === 'string' ? value : typeof value === 'number' ? String(value) : '';
};
const counted = (n: number, one: string, many = `${one}s`): string => `${n} ${n === 1 ? one : many}`;
const whole = (value: number): number => Math.round(Math.abs(value));
/** How long something takes already, from hours. */
export const lasting = (hours: number): string =>
  hours < 1
    ? counted(Math.max(1, Math.floor(hours * 60)), 'minute')
    : hours < 48
      ? counted(Math.floor(hours), 'hour')
      : counted(Math.floor(hours / 24), 'day');
/** That something happens on a day, from how many days are left. */
const dated = ([present, past]: readonly [string, string], days: number, on: string): string =>
  days < 0
    ? `${past} ${counted(whole(days), 'day')} ago, on ${on}`
    : `${present} ${days < 1 ? `today, ${on}` : `in ${counted(Math.floor(days), 'day')}, on ${on}`}`;
const isDue = ['is due', 'was due'] as const;
const ends = ['ends', 'ended'] as const;

const installation = { reach: 'installation', isHeavy: false, isInboxKind: false } as const;
const boundary = { reach: 'boundary', isHeavy: true, isInboxKind: false } as const;

const detection = {
  ...installation,
  direction: 'above',
  seenBy: 'audit:read',
  remedy: 'Look at the events, and say what you found: `tieline security investigate`.',
  list: { noun: 'security-events', filter: { kind: 'detection' } },
} as const;

export const alertKindSpecs: Readonly<Record<AlertKind, AlertKindSpec>> = {
  metric: {
    ...boundary,
    title: 'Metric past its threshold',
    unit: '',
    means: 'the latest value of the metric, for the installation and for each system',
    direction: 'above',
    seenBy: 'metric:read',
    say: (facts, value) =>
      `${word(facts, 'metric')} is ${Number(value.toFixed(2))}${facts['unit'] ? ` ${word(facts, 'unit')}` : ''}`,
    remedy: 'Open the metric to see the records that it counts.',
    list: null,
  },
  connection_unhealthy: {
    ...installation,
    isInboxKind: true,
    title: 'Connection is unhealthy',
    unit: 'hours',
    means: 'hours since the checks of the connection began to fail',
    direction: 'above',
    seenBy: 'sync:read',
    say: (facts, hours) => `${word(facts, 'connection')} has been failing for ${lasting(hours)}`,
    remedy: 'Run `tieline connections check NAME`; each failed check names its remedy.',
    list: { noun: 'connections', filter: {} },
  },
  connection_lagging: {
    ...installation,
    title: 'Connection is behind',
    unit: 'hours',
    means: 'hours since what was read least recently from the connection, where a schedule reads it',
    direction: 'above',
    seenBy: 'sync:read',
    say: (facts, hours) => `${word(facts, 'connection')} was last read in full ${lasting(hours)} ago`,
    remedy: 'See whether a worker runs and what its last runs came to: `tieline sync status`.',
    list: { noun: 'connections', filter: {} },
  },
  outbox_failed: {
    ...installation,
    isInboxKind: true,
    title: 'Changes were refused',
    unit: 'changes',
    means: 'changes to a connection that were refused and wait for a person',
    direction: 'above',
    seenBy: 'sync:read',
    say: (facts, n) => `${word(facts, 'connection')} refused ${counted(n, 'change')}`,
    remedy: 'Read why in the outbox, then retry or drop them: `tieline outbox list`.',
    list: { noun: 'outbox', filter: { state: 'failed' } },
  },
  outbox_old: {
    ...installation,
    title: 'Changes wait to be sent',
    unit: 'hours',
    means: 'hours that the oldest change to a connection has been waiting to be sent',
    direction: 'above',
    seenBy: 'sync:read',
    say: (facts, hours) =>
      `${counted(Number(facts['waiting'] ?? 1), 'change')} to ${word(facts, 'connection')} waited ${lasting(hours)} to be sent`,
    remedy: 'See whether sending is paused and a worker runs: `tieline sync status`.',
    list: { noun: 'outbox', filter: { state: 'pending,sent' } },
  },
  sync_failed: {
    ...installation,
    title: 'Sync fails',
    unit: 'hours',
    means: 'hours since syncs of the connection began to fail',
    direction: 'above',
    seenBy: 'sync:read',
    say: (facts, hours) => `Syncs of ${word(facts, 'connection')} have failed for ${lasting(hours)}`,
    remedy: 'Open the latest run for the reason and its remedy: `tieline ops list`.',
    list: { noun: 'operations', filter: {} },
  },
  sync_late: {
    ...installation,
    title: 'Sync is late',
    unit: 'hours',
    means: 'hours since a schedule should have run',
    direction: 'above',
    seenBy: 'sync:read',
    say: (facts, hours) =>
      `${word(facts, 'connection')}: schedule ${word(facts, 'schedule')} is ${lasting(hours)} late`,
    remedy: 'See whether a worker runs: `tieline sync status`.',
    list: { noun: 'connections', filter: {} },
  },
  conflict_old: {
    ...boundary,
    isInboxKind: true,
    title: 'Conflicts are old',
    unit: 'days',
    means: 'days that the oldest open conflict of a system with a connection is open',
    direction: 'above',
    seenBy: 'conflict:read',
    say: (facts, days) =>
      `${counted(Number(facts['open'] ?? 1), 'conflict')} with ${word(facts, 'connection')}, the oldest open for ${counted(Math.floor(days), 'day')}`,
    remedy: 'Settle them: `tieline conflicts list`.',
    list: { noun: 'conflicts', filter: { system: '{system}' } },
  },
  promise_due: {
    ...boundary,
    title: 'POA&M is due',
    unit: 'days left',
    means: 'days until the date that an open POA&M promises; below 0 it is past',
    direction: 'below',
    seenBy: 'poam:read',
    say: (facts, days) => `${word(facts, 'poam')} ${dated(isDue, days, word(facts, 'on'))}`,
    remedy: 'Complete it with evidence, or ask for an extension.',
    list: { noun: 'poams', filter: { q: '{record}' } },
  },
  obligation_due: {
    ...boundary,
    title: 'Obligation is due',
    unit: 'days left',
    means:
      'days until an open POA&M is due by policy, where that is before its promised date; below 0 it is past',
    direction: 'below',
    seenBy: 'poam:read',
    say: (facts, days) => `By policy ${word(facts, 'poam')} ${dated(isDue, days, word(facts, 'on'))}`,
    remedy: 'Fix it sooner, or say why the promise stands.',
    list: { noun: 'poams', filter: { q: '{record}' } },
  },
  deviation_ending: {
    ...boundary,
    title: 'Deviation ends',
    unit: 'days left',
    means: 'days until an approved deviation ends',
    direction: 'below',
    seenBy: 'poam:read',
    say: (facts, days) =>
      `${word(facts, 'deviation')} of ${word(facts, 'poam')} ${dated(ends, days, word(facts, 'on'))}`,
    remedy: 'Ask for it again with fresh evidence, or let it end and fix the weakness.',
    list: { noun: 'deviations', filter: { poam: '{record}' } },
  },
  known_exploited: {
    ...boundary,
    title: 'Known exploited vulnerability',
    unit: 'plugins',
    means: 'plugins on an asset with an open finding whose CVE is in the KEV catalogue',
    direction: 'above',
    seenBy: 'finding:read',
    say: (facts, n) =>
      `${word(facts, 'asset')} has ${n === 1 ? 'a known exploited vulnerability' : `${n} known exploited vulnerabilities`}${facts['ransomware'] === true ? ', used by ransomware' : ''}`,
    remedy: 'Patch it first: it is used in attacks. The catalogue says by when.',
    list: { noun: 'findings', filter: { asset: '{record}', kev: 'yes', state: 'open,reopened' } },
  },
  coverage_falling: {
    ...boundary,
    title: 'Credentialed coverage falls',
    unit: 'points',
    means:
      'by how many percentage points fewer assets of a system had a scan with credentials in the last 30 days than in the 30 before',
    direction: 'above',
    seenBy: 'asset:read',
    say: (facts) =>
      `Scans with credentials cover ${word(facts, 'now')} % of the assets, ${word(facts, 'before')} % a month ago`,
    remedy: 'Look at the credentials and schedules of its scans.',
    list: { noun: 'assets', filter: { system: '{system}' } },
  },
  certificate_ending: {
    ...installation,
    // It opens a connection to each server.
    isHeavy: true,
    title: 'Certificate ends',
    unit: 'days left',
    means: 'days until a certificate of this server or of a connection ends; below 0 it has ended',
    direction: 'below',
    seenBy: 'sync:read',
    say: (facts, days) => `The certificate of ${word(facts, 'of')} ${dated(ends, days, word(facts, 'on'))}`,
    remedy: 'Have it renewed, and restart what uses it.',
    list: null,
  },
  token_ending: {
    ...installation,
    title: 'API token ends',
    unit: 'days left',
    means: 'days until an API token ends; below 0 it has ended',
    direction: 'below',
    seenBy: 'admin:users',
    say: (facts, days) =>
      `The token ${word(facts, 'token')} of ${word(facts, 'owner')} ${dated(ends, days, word(facts, 'on'))}`,
    remedy: 'Make another one, change what uses it, revoke this one: `tieline tokens`.',
    list: null,
  },
  recovery_codes_few: {
    ...installation,
    title: 'Recovery codes run out',
    unit: 'codes left',
    means: 'recovery codes that a person with a second factor has not used yet',
    direction: 'below',
    seenBy: 'admin:users',
    say: (facts, n) => `${word(facts, 'person')} has ${counted(n, 'recovery code')} left`,
    remedy: 'The person makes new ones on the page Your sign-in, and is told so at each sign-in.',
    list: { noun: 'users', filter: {} },
  },
  partition_missing: {
    ...installation,
    title: 'Partition is missing',
    unit: 'months',
    means: 'months (this one and the next) for which a table that is partitioned by month has no partition',
    direction: 'above',
    seenBy: 'sync:read',
    say: (facts, n) =>
      `${word(facts, 'table')} has no partition for ${counted(n, 'month')}: rows go to its default partition`,
    remedy: 'As the owner of the tables: `tieline db retention run`.',
    list: null,
  },
  disk_filling: {
    ...installation,
    title: 'Disk is filling',
    unit: '% used',
    means:
      'percent used of the disk under the data, files and uploads, or of the capacity that is set for the database',
    direction: 'above',
    seenBy: 'sync:read',
    say: (facts, percent) => `${word(facts, 'what')} is ${Math.floor(percent)} % full`,
    remedy: 'Free or add space; retention drops old months: `tieline db retention`.',
    list: null,
  },
  feed_old: {
    ...installation,
    isInboxKind: true,
    title: 'Threat feed is old',
    unit: 'days',
    means: 'days by which what is loaded of a feed is older than it should be',
    direction: 'above',
    seenBy: 'intelligence:read',
    say: (facts, days) =>
      `${word(facts, 'feed')} is from ${word(facts, 'on')}, ${counted(Math.floor(days), 'day')} too old`,
    remedy: 'Load it again: `tieline intelligence load FEED`.',
    list: { noun: 'intelligence', filter: {} },
  },
  delivery_failing: {
    ...installation,
    title: 'Alerts are not delivered',
    unit: 'hours',
    means: 'hours since the oldest alert that could not be delivered to a channel',
    direction: 'above',
    seenBy: 'sync:read',
    say: (facts, hours) =>
      `${counted(Number(facts['waiting'] ?? 1), 'message')} to ${word(facts, 'channel')} not delivered for ${lasting(hours)}`,
    remedy: 'Try the channel: `tieline alerts test-delivery NAME`.',
    list: { noun: 'deliveries', filter: { channel: '{record}', state: 'pending,sending,failed' } },
  },
  log_forwarding_failing: {
    ...installation,
    title: 'Security log is not forwarded',
    unit: 'hours',
    means: 'hours since the receiver of the security log last accepted an event',
    direction: 'above',
    seenBy: 'audit:read',
    say: (facts, hours) =>
      `${word(facts, 'receiver')} has not accepted security events for ${lasting(hours)}`,
    remedy: 'Try it: `tieline security forward test`. What waits is in the spool, and nothing is lost.',
    list: null,
  },
  many_refusals: {
    ...detection,
    title: 'Many refusals',
    unit: 'refusals',
    means: 'requests, sign-ins and tokens of one person or address that were refused in the last hour',
    say: (facts, n) => `${word(facts, 'who')} was refused ${counted(n, 'time')} within an hour`,
  },
  sign_in_new_place: {
    ...detection,
    title: 'Sign-in from a new place',
    unit: 'days',
    means:
      'days since a person last signed in from that network (/24, or /64 of IPv6); 36,500 where they never did',
    say: (facts) => `${word(facts, 'who')} signed in from ${word(facts, 'place')}, which is new for them`,
  },
  sign_in_odd_time: {
    ...detection,
    title: 'Sign-in at an odd time',
    unit: 'hours',
    means: 'hours between a sign-in and the nearest hour (UTC) of the last 30 of that person',
    say: (facts) =>
      `${word(facts, 'who')} signed in at ${word(facts, 'at')} UTC, outside of their usual hours`,
  },
  privilege_to_self: {
    ...detection,
    title: 'Privilege granted to oneself',
    unit: 'grants',
    means: 'grants that a person gave to their own account in the last day',
    say: (facts) => `${word(facts, 'who')} granted a privilege to their own account`,
  },
  mass_export: {
    ...detection,
    title: 'Mass export',
    unit: 'rows',
    means:
      'rows that a person exported in an hour, where that is more than 5 times their largest hour of 90 days',
    say: (facts, n) => `${word(facts, 'who')} exported ${n.toLocaleString('en')} rows within an hour`,
  },
  policy_loosened: {
    ...detection,
    title: 'Policy loosened',
    unit: 'changes',
    means:
      'changes of the last day by which less approval is asked for, more may go out, or a rule of alerts is off',
    say: (facts, n) =>
      `${counted(n, 'change')} loosened a policy${facts['object'] ? `, the last of ${word(facts, 'object')}` : ''}`,
  },
  approval_by_asker: {
    ...detection,
    title: 'Approved by the requester',
    unit: 'approvals',
    means: 'approvals of the last day that were decided by the person who asked for them',
    say: (facts) => `${word(facts, 'who')} approved what they asked for: ${word(facts, 'what')}`,
  },
  token_elsewhere: {
    ...detection,
    title: 'Token used elsewhere',
    unit: 'uses',
    means: 'uses of a token in the last day from an address that is forbidden, or other than the one before',
    say: (facts) => `A token of ${word(facts, 'who')} was used from ${word(facts, 'address')}`,
  },
  log_tampered: {
    ...detection,
    title: 'Security log tampered with',
    unit: 'findings',
    means: 'verifications of the last day that found rows changed, added or missing',
    say: () => 'The security log was tampered with',
    remedy: 'Keep everything as it is, and see which rows: `tieline security verify`.',
  },
  workflow: {
    ...boundary,
    isHeavy: false,
    title: 'Alert of a workflow',
    unit: '',
    means: 'a step of a workflow raised it about a record',
    direction: 'above',
    seenBy: 'alert:read',
    say: (facts) => word(facts, 'title'),
    remedy:
      'Look at the record; say that it is over with `tieline alerts resolve`, unless the workflow does.',
    list: null,
  },
};
