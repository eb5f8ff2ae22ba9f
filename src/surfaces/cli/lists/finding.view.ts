/** One finding in full. */
import { shownLines, shownText } from '../../../platform/errors/index.ts';
import type { FindingDetail, FindingEvent } from '../../../record/finding-lists/index.ts';
import { dayText, minuteText } from '../kit/instants.ts';
import { counted } from '../kit/table.ts';
import { stateText } from './findings.view.ts';

const eventsShown = 12;
const facts = (pairs: readonly (readonly [string, string | null | undefined])[]): string[] =>
  pairs.flatMap(([name, value]) =>
    value === null || value === undefined || value === '' ? [] : [`${name.padEnd(12)} ${shownText(value)}`],
  );
const section = (title: string, lines: readonly string[]): string[] =>
  lines.length === 0 ? [] : ['', title, ...lines.map((line) => `  ${line}`)];
const textLines = (text: string | null | undefined): string[] =>
  text ? shownLines(text.trim()).split('\n') : [];

/** How far the work on it is, whose it is, until when; null where nobody has begun any. */
const workText = (finding: FindingDetail): string | null =>
  finding.remediationStatus === null
    ? null
    : [
        finding.remediationStatus.replaceAll('_', ' '),
        finding.assignedTo === null ? 'nobody’s' : `of ${finding.assignedTo}`,
        ...(finding.plannedFor === null ? [] : [`to be fixed by ${finding.plannedFor}`]),
      ].join(', ');

export function findingLines(finding: FindingDetail, history: readonly FindingEvent[]): string[] {
  return [
    `${finding.severity}  ${shownText(finding.name)}  (plugin ${shownText(finding.pluginId)})`,
    ...facts([
      ['Key', finding.key],
      ['Asset', [finding.assetName ?? '(no name)', finding.ip, finding.assetUuid].filter(Boolean).join('  ')],
      ['Systems', finding.systemIds.join(', ') || 'none'],
      [
        'Port',
        finding.port ? `${finding.port}/${finding.protocol ?? ''} ${finding.service ?? ''}`.trim() : null,
      ],
      ['State', stateText(finding)],
      ['First found', `${minuteText(finding.firstFound)} UTC`],
      ['Last seen', `${minuteText(finding.lastSeen)} UTC`],
      ['Last fixed', finding.lastFixed && `${minuteText(finding.lastFixed)} UTC`],
      ['Scores', scoresOf(finding)],
      ['CVEs', finding.cves.join(', ')],
      ['Due', finding.dueOn],
      [
        'POA&M',
        finding.poamId &&
          `${finding.poamId} (${finding.poamStatus ?? 'no status'}${finding.poamState === 'overdue' ? ', overdue' : ''})`,
      ],
      ['Work', workText(finding)],
      [
        'Elsewhere',
        finding.otherAssets > 0 ? `open on ${counted(finding.otherAssets, 'other asset')}` : null,
      ],
    ]),
    ...section('Weaknesses', finding.weaknesses.flatMap(weaknessLines)),
    ...section(
      'Rules at the scanners',
      finding.rules.map((rule) =>
        [
          rule.source,
          rule.kind,
          rule.scope,
          rule.comment,
          rule.expiresAt && `until ${dayText(rule.expiresAt)}`,
        ]
          .filter(Boolean)
          .map((part) => shownText(String(part)))
          .join('  '),
      ),
    ),
    ...section('Reported by', finding.views.map(viewLine)),
    ...section('Output', textLines(finding.output)),
    ...section('Description', textLines(finding.plugin?.description ?? finding.plugin?.synopsis)),
    ...section('Solution', textLines(finding.solution)),
    ...section('See also', referencesOf(finding).map(shownText)),
    ...section('Life', lifeLines(history)),
  ];
}

/** Those of the plugin, and those that the finding was reported with. */
const referencesOf = ({ plugin, references }: FindingDetail): string[] => [
  ...new Set([...(plugin?.seeAlso ?? []), ...(plugin?.crossReferences ?? []), ...references]),
];

const scoresOf = ({ vpr, epss, cvss, hasExploit }: FindingDetail): string =>
  [
    vpr === null ? '' : `VPR ${vpr}`,
    epss === null ? '' : `EPSS ${epss}`,
    cvss === null ? '' : `CVSS ${cvss}`,
    hasExploit ? 'an exploit is available' : '',
  ]
    .filter((part) => part !== '')
    .join(', ');

const weaknessLines = (weakness: FindingDetail['weaknesses'][number]): string[] => [
  shownText(
    `${weakness.systemId}${weakness.systemName ? ` (${weakness.systemName})` : ''}: due ${weakness.dueOn}, ${weakness.dueReason}; ${weakness.poamId ?? 'no POA&M'}`,
  ),
];

const viewLine = (view: FindingDetail['views'][number]): string =>
  [
    shownText(view.source),
    view.modification && view.modification !== 'none'
      ? `${view.modification}${view.severity ? ` as ${view.severity}` : ''}`
      : '',
    view.state === null
      ? ''
      : `last said ${view.state === 'fixed' ? 'fixed' : 'came back'} ${minuteText(view.stateAt)} UTC`,
    view.isLatest ? 'output is from it' : '',
  ]
    .filter((part) => part !== '')
    .join(', ');

/** Sightings in between are left out where there are many. */
function lifeLines(history: readonly FindingEvent[]): string[] {
  const turns = history.filter(({ event }) => event !== 'seen');
  const seen = history.filter(({ event }) => event === 'seen');
  const shown = history.length <= eventsShown ? history : turns;
  const how = (each: FindingEvent): string =>
    each.isConcluded
      ? ' (concluded from a scan with credentials)'
      : each.source === null
        ? ''
        : ` (${shownText(each.source)})`;
  return [
    ...shown.map((each) => `${minuteText(each.at)}  ${each.event}${how(each)}`),
    ...(shown.length < history.length
      ? [`seen ${counted(seen.length, 'time')}, last ${minuteText(seen.at(-1)?.at ?? null)}`]
      : []),
  ];
}
