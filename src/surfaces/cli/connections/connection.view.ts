/** A connection in words: its settings, what hangs on it, the checks, and the types that there are. */
import {
  type ConnectionFacts,
  type ConnectorDeclaration,
  type ConnectorModule,
  settingsOf,
  type ShownSetting,
  type WhatHangs,
} from '../../../engine/connections/index.ts';
import type { Json } from '../../../platform/values/index.ts';
import { fittedTable } from '../kit/fitted-table.ts';
import { wrapped } from '../kit/fitted-text.ts';
import { shellWord } from '../kit/hint.ts';
import { counted } from '../kit/table.ts';

const text = (value: Json): string =>
  Array.isArray(value)
    ? value.map(String).join(', ')
    : typeof value === 'string'
      ? value
      : JSON.stringify(value);

function valueOf(setting: ShownSetting): string {
  if (setting.secret) return setting.state ?? '';
  if (setting.value !== undefined) return text(setting.value);
  return setting.default === undefined ? '–' : `${text(setting.default)} (default)`;
}

const day = (instant: string | null): string => instant?.slice(0, 16).replace('T', ' ') ?? 'never';

/** What hangs on a connection, one line a kind. */
export function hangingLines(hangs: WhatHangs): string[] {
  const links = Object.entries(hangs.links).map(
    ([entity, n]) => `${n.toLocaleString('en-US')} ${entity.replaceAll('_', ' ')}`,
  );
  return [
    ...(links.length > 0 ? [`linked records: ${links.join(', ')}`] : []),
    ...(hangs.assetsOnlyHere > 0
      ? [`${counted(hangs.assetsOnlyHere, 'asset')} that no other connection reports`]
      : []),
    ...(hangs.unsent > 0 ? [`${counted(hangs.unsent, 'change')} not sent yet`] : []),
    ...(hangs.unclear > 0 ? [`${counted(hangs.unclear, 'change')} sent without a known outcome`] : []),
    ...(hangs.conflicts > 0 ? [counted(hangs.conflicts, 'open conflict')] : []),
    ...(hangs.schedules > 0 ? [counted(hangs.schedules, 'schedule')] : []),
  ];
}

const pausedLine = (what: string, { since, by, reason }: NonNullable<ConnectionFacts['paused']>): string =>
  `${what} since ${day(since)} UTC by ${by ?? 'somebody'}${reason === null ? '' : `: ${reason}`}`;

/** @param width of the terminal; undefined: as wide as it is. */
export function connectionLines(facts: ConnectionFacts, width: number | undefined): string[] {
  const hanging = hangingLines(facts.hangs);
  const isFiles = facts.state === 'files';
  return [
    `${facts.name}  ${facts.title ?? 'imported scan files'} (${facts.type})`,
    ...(isFiles ? [] : [`address    ${facts.url}`]),
    `added      ${day(facts.addedAt)} UTC`,
    ...(isFiles ? [] : [`last sync  ${day(facts.lastSync)}${facts.lastSync === null ? '' : ' UTC'}`]),
    ...pausedLines(facts, width),
    ...settingLines(facts, width),
    ...(hanging.length > 0 ? ['', 'What hangs on it:', ...hanging.map((line) => `  ${line}`)] : []),
    ...(isFiles
      ? []
      : ['', `Change it with: tieline connections set ${shellWord(facts.name)} --set KEY=VALUE`]),
  ];
}

function pausedLines(facts: ConnectionFacts, width: number | undefined): string[] {
  const lines = (what: string, pause: NonNullable<ConnectionFacts['paused']>): string[] =>
    wrapped(pausedLine(what, pause), width ?? 1000);
  return [
    ...(facts.paused ? lines('paused', facts.paused) : facts.state === 'paused' ? ['paused'] : []),
    ...(facts.sendingPaused ? lines('nothing is sent', facts.sendingPaused) : []),
  ];
}

function settingLines(facts: ConnectionFacts, width: number | undefined): string[] {
  const rows = facts.settings.map((setting) => [setting.name, valueOf(setting), setting.description]);
  return [
    ...(rows.length > 0 ? ['', fittedTable(['SETTING', 'VALUE', 'WHAT IT IS'], rows, width)] : []),
    ...(facts.ignored.length > 0
      ? ['', `Stored, but not a setting (remove with --unset): ${facts.ignored.join(', ')}`]
      : []),
    ...(facts.faults.length > 0
      ? ['', 'Wrong or missing:', ...facts.faults.map((fault) => `  ${fault.field}  ${fault.message}`)]
      : []),
  ];
}

/** For --help: the types with the variables of their secrets, and what can be set. */
export function typesText(modules: Iterable<ConnectorModule>): string {
  const lines = [...modules].flatMap(({ declaration }) => [
    `  ${declaration.systemType}  ${declaration.title}`,
    ...field('secrets', declaration.secrets.map((secret) => `${secret.name} (${secret.env})`).join(', ')),
    ...field('settings', namesOf(declaration).join(', ')),
  ]);
  return [
    'Types, with the environment variables of their secrets (secrets are never arguments):',
    ...lines,
  ].join('\n');
}

const namesOf = (declaration: ConnectorDeclaration): string[] =>
  settingsOf(declaration)
    .filter((setting) => !setting.secret)
    .map((setting) => setting.name);

const field = (name: string, text: string): string[] =>
  wrapped(text, 64).map((line, at) => `    ${(at === 0 ? name : '').padEnd(8)}  ${line}`);
