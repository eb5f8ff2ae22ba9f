import { entityWord } from './entity-word.ts';
import type { SyncSummary } from '../../runs/sync/index.ts';
import { counted } from './table.ts';

/** What `npm run demo --json` prints as its last line. */
export interface DemoSummary extends SyncSummary {
  readonly secondSync: { readonly read: number; readonly written: number };
  /** From the start of the command to the end of the second sync. */
  readonly seconds: number;
}

const identifierWords: Readonly<Record<string, string>> = {
  scanner_uuid: 'scanner UUID',
  agent_uuid: 'agent UUID',
  bios_uuid: 'BIOS UUID',
  mac: 'MAC address',
  fqdn: 'FQDN',
  netbios: 'NetBIOS name',
  hostname: 'host name with address',
};

/** The demo's summary for a person: what came in, what was matched, what went out, what needs a human, what next. */
export function renderDemoSummary(
  summary: DemoSummary,
  place: {
    readonly dataDir: string;
    readonly stays: boolean;
    readonly urls: { readonly tenable: string; readonly xacta: string };
    readonly bold: (text: string) => string;
  },
): string {
  const n = (value: number): string => value.toLocaleString('en-US');
  const { open, reopened, fixed } = summary.findingsByState;
  const heading = (text: string): string => `\n${place.bold(text)}`;
  const line = (label: string, value: string): string => `  ${label.padEnd(22)} ${value}`;
  const matchedBy = Object.entries(summary.linkedBy)
    .toSorted(([, a], [, b]) => b - a)
    .map(([kind, count]) => `${n(count)} by ${identifierWords[kind] ?? kind}`)
    .join(', ');
  const needs = [
    summary.assetsForReview > 0
      ? `${counted(summary.assetsForReview, 'match', 'matches')} of assets to review: tieline matches list`
      : '',
    summary.assetsUnreported > 0
      ? `${counted(summary.assetsUnreported, 'asset')} with ${counted(summary.findingsUnreported, 'open finding')} that no source reports any more: tieline assets unreported`
      : '',
    summary.assetsUnmatched > 0
      ? `${counted(summary.assetsUnmatched, 'asset')} in no system: nothing in Xacta fits them`
      : '',
    summary.conflictsPending > 0
      ? `${counted(summary.conflictsPending, 'conflict')} between the two sides`
      : '',
    summary.recordsFailed > 0 ? `${counted(summary.recordsFailed, 'record')} that could not be imported` : '',
    summary.recordsHeld > 0 ? `${counted(summary.recordsHeld, 'record')} held` : '',
  ].filter(Boolean);
  const tieline = `npm run tieline --`;
  const at = `--data-dir ${place.dataDir}`;
  return [
    heading('What came in'),
    line(
      'from Tenable',
      `${n(summary.assets)} assets, ${n(summary.findings)} findings (${n(open)} open, ${n(reopened)} reopened, ${n(fixed)} fixed)`,
    ),
    line(
      'from Xacta',
      `${n(summary.systems)} systems, ${n(summary.components)} components, ${n(summary.controls)} controls, ${n(summary.poamsRead)} POA&Ms`,
    ),
    ...alreadyThereLines(summary).map((text, index) => (index === 0 ? heading(text) : text)),
    heading('What was matched, and how'),
    line('assets to components', `${n(summary.assetsLinked)}${matchedBy ? ` (${matchedBy})` : ''}`),
    line(
      'weaknesses',
      `${n(summary.weaknesses)} high or critical, one for each plugin and system; ${n(summary.weaknesses - summary.poamsCreated)} answered by a POA&M that was there`,
    ),
    heading('What went out'),
    line(
      'to Xacta',
      `${counted(summary.poamsCreated, 'POA&M')} created, each with due date, control and milestones${summary.poamsOverdue > 0 ? ` (${n(summary.poamsOverdue)} of them already overdue)` : ''}; ${n(summary.poamsUpdated)} brought up to date`,
    ),
    line('to Tenable', `${counted(summary.tagsAssigned, 'asset')} tagged with their system`),
    heading('What needs a human'),
    ...(needs.length > 0 ? needs.map((need) => `  ${need}`) : ['  nothing']),
    heading('The second sync'),
    `  read ${counted(summary.secondSync.read, 'changed record')} (mostly the echo of what was just written), wrote ${n(summary.secondSync.written)}`,
    `\nDone in ${summary.seconds} s.`,
    heading('What next'),
    `  ${tieline} ops show ${summary.operationId.slice(0, 8)} ${at}    every step of the first sync`,
    `  ${tieline} sync status ${at}    what was read when, what waits`,
    ...(summary.assetsForReview > 0
      ? [`  ${tieline} matches list ${at}    the matches that a person must settle`]
      : []),
    ...(place.stays
      ? [
          `  ${tieline} sync run ${at}    another sync, from another terminal`,
          `\nStill up: Tenable at ${place.urls.tenable}, Xacta at ${place.urls.xacta}, the database in ${place.dataDir}. Ctrl-C ends it all.`,
        ]
      : [`  npm run demo    the same, and it stays up`]),
  ].join('\n');
}

/** What was in the database before Tieline: a title and its lines, or nothing where Tieline was first. */
export function alreadyThereLines(summary: SyncSummary): string[] {
  const { alreadyThere } = summary;
  if (!alreadyThere) return [];
  const list = (counts: Readonly<Record<string, number>>): string =>
    Object.entries(counts)
      .map(([entity, count]) => counted(count, entityWord(entity), entityWord(entity, 2)))
      .join(', ') || 'nothing';
  return [
    'What was there already',
    `  recognised             ${list(alreadyThere.linked)}`,
    `  shown by nobody yet    ${list(alreadyThere.unlinked)}`,
  ];
}
