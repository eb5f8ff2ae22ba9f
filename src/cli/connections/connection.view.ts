import type { ConnectionFacts, ShownSetting, WhatHangs } from '../../app/connections/describe-connection.ts';
import type { Json } from '../../model/json.ts';
import { fittedTable, wrapped } from '../kit/fitted-table.ts';
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
  return [
    `${facts.name}  ${facts.title ?? 'imported scan files'} (${facts.type})`,
    ...(facts.state === 'files' ? [] : [`address    ${facts.url}`]),
    `added      ${day(facts.addedAt)} UTC`,
    ...(facts.state === 'files'
      ? []
      : [`last sync  ${day(facts.lastSync)}${facts.lastSync === null ? '' : ' UTC'}`]),
    ...(facts.paused
      ? wrapped(pausedLine('paused', facts.paused), width ?? 1000)
      : facts.state === 'paused'
        ? ['paused']
        : []),
    ...(facts.sendingPaused
      ? wrapped(pausedLine('nothing is sent', facts.sendingPaused), width ?? 1000)
      : []),
    ...(facts.settings.length > 0
      ? [
          '',
          fittedTable(
            ['SETTING', 'VALUE', 'WHAT IT IS'],
            facts.settings.map((setting) => [setting.name, valueOf(setting), setting.description]),
            width,
          ),
        ]
      : []),
    ...(facts.ignored.length > 0
      ? ['', `Stored, but not a setting (take away with --unset): ${facts.ignored.join(', ')}`]
      : []),
    ...(facts.faults.length > 0
      ? ['', 'Wrong or missing:', ...facts.faults.map((fault) => `  ${fault.field}  ${fault.message}`)]
      : []),
    ...(hanging.length > 0 ? ['', 'What hangs on it:', ...hanging.map((line) => `  ${line}`)] : []),
    ...(facts.state === 'files'
      ? []
      : ['', `Change it with: tieline connections set ${facts.name} --set KEY=VALUE`]),
  ];
}
