import type { SyncSummary } from '../../../runs/sync/index.ts';
import { entityWord } from '../kit/entity-word.ts';
import { counted } from '../kit/table.ts';

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

export interface DemoPlace {
  /** How this installation is called in a shell. */
  readonly command: string;
  readonly demo: string;
  readonly dataDir: string;
  readonly stays: boolean;
  readonly urls: { readonly tenable: string; readonly xacta: string };
  readonly bold: (text: string) => string;
}

const n = (value: number): string => value.toLocaleString('en-US');
const line = (label: string, value: string): string => `  ${label.padEnd(22)} ${value}`;

/** The demo's summary for a person: what came in, what was matched, what went out, what needs a human, what next. */
export function renderDemoSummary(summary: DemoSummary, place: DemoPlace): string {
  const heading = (text: string): string => `\n${place.bold(text)}`;
  const needs = needLines(summary);
  return [
    heading('What came in'),
    ...cameIn(summary),
    ...alreadyThereLines(summary).map((text, index) => (index === 0 ? heading(text) : text)),
    heading('What was matched, and how'),
    ...matched(summary),
    heading('What went out'),
    ...wentOut(summary),
    heading('What needs a human'),
    ...(needs.length > 0 ? needs.map((need) => `  ${need}`) : ['  nothing']),
    heading('The second sync'),
    `  read ${counted(summary.secondSync.read, 'changed record')} (mostly the echo of what was just written), wrote ${n(summary.secondSync.written)}`,
    `\nDone in ${summary.seconds} s.`,
    heading('What next'),
    ...nextLines(summary, place),
  ].join('\n');
}

function cameIn(summary: DemoSummary): string[] {
  const { open, reopened, fixed } = summary.findingsByState;
  return [
    line(
      'from Tenable',
      `${n(summary.assets)} assets, ${n(summary.findings)} findings (${n(open)} open, ${n(reopened)} reopened, ${n(fixed)} fixed)`,
    ),
    line(
      'from Xacta',
      `${n(summary.systems)} systems, ${n(summary.components)} components, ${n(summary.controls)} controls, ${n(summary.poamsRead)} POA&Ms`,
    ),
  ];
}

function matched(summary: DemoSummary): string[] {
  const matchedBy = Object.entries(summary.linkedBy)
    .toSorted(([, a], [, b]) => b - a)
    .map(([kind, count]) => `${n(count)} by ${identifierWords[kind] ?? kind}`)
    .join(', ');
  return [
    line('assets to components', `${n(summary.assetsLinked)}${matchedBy ? ` (${matchedBy})` : ''}`),
    line(
      'weaknesses',
      `${n(summary.weaknesses)} high or critical, one for each plugin and system; ${n(summary.weaknesses - summary.poamsCreated)} answered by a POA&M that was there`,
    ),
  ];
}

function wentOut(summary: DemoSummary): string[] {
  const overdue = summary.poamsOverdue > 0 ? ` (${n(summary.poamsOverdue)} of them already overdue)` : '';
  return [
    line(
      'to Xacta',
      `${counted(summary.poamsCreated, 'POA&M')} created, each with due date, control and milestones${overdue}; ${n(summary.poamsUpdated)} brought up to date`,
    ),
    line('to Tenable', `${counted(summary.tagsAssigned, 'asset')} tagged with their system`),
  ];
}

/** Every count here leads to the list of just these things. */
function needLines(summary: DemoSummary): string[] {
  const show = `tieline ops show ${summary.operationId.slice(0, 8)}`;
  const need = (count: number, text: string): string[] => (count > 0 ? [text] : []);
  return [
    ...need(
      summary.assetsForReview,
      `${counted(summary.assetsForReview, 'match', 'matches')} of assets to review: tieline matches list`,
    ),
    ...need(
      summary.assetsUnreported,
      `${counted(summary.assetsUnreported, 'asset')} with ${counted(summary.findingsUnreported, 'open finding')} that no source reports any more: tieline assets unreported`,
    ),
    ...need(
      summary.assetsUnmatched,
      `${counted(summary.assetsUnmatched, 'asset')} in no system, nothing in Xacta fits: tieline assets unmatched`,
    ),
    ...need(
      summary.conflictsPending,
      `${counted(summary.conflictsPending, 'conflict')} between the two sides: tieline conflicts list`,
    ),
    ...need(
      summary.recordsFailed,
      `${counted(summary.recordsFailed, 'record')} that could not be imported: ${show}`,
    ),
    ...need(summary.recordsHeld, `${counted(summary.recordsHeld, 'record')} held: ${show}`),
  ];
}

function nextLines(summary: DemoSummary, place: DemoPlace): string[] {
  const command = (words: string): string => `  ${place.command} ${words} --data-dir ${place.dataDir}`;
  return [
    `${command(`ops show ${summary.operationId.slice(0, 8)}`)}    every step of the first sync`,
    `${command('sync status')}    what was read when, what waits`,
    ...(summary.assetsForReview > 0
      ? [`${command('matches list')}    the matches that a person must settle`]
      : []),
    ...(place.stays
      ? [
          `${command('sync run')}    another sync, from another terminal`,
          `\nStill up: Tenable at ${place.urls.tenable}, Xacta at ${place.urls.xacta}, the database in ${place.dataDir}. Ctrl-C ends it all.`,
        ]
      : [`  ${place.demo}    the same, and it stays up`]),
  ];
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
