import type { Candidate, MatchDecision, MatchDetail, MatchRow } from '../../api/decisions/matches.ts';

export const words = {
  title: 'Matches to review',
  many: 'matches',
  nothingTitle: 'Every asset is known.',
  nothingYet: 'Which machine is which component was clear by rule, or has been decided.',
};

export const kindWords: Readonly<Record<MatchRow['kind'], string>> = {
  component: 'Asset and component',
  duplicate: 'Two assets, one component',
  identity: 'Reported twice',
  boundary: 'In which system',
};

export const nameOf = ({ name, choice }: Pick<Candidate, 'name' | 'choice'>): string =>
  name ?? choice.slice(0, 8);

/** What is asked, as one sentence. */
export function questionOf(of: MatchRow | MatchDetail): string {
  const asset = of.assetName ?? of.assetUuid?.slice(0, 8) ?? 'this asset';
  switch (of.kind) {
    case 'component':
      return `Which component of ${of.system} is ${asset}?`;
    case 'duplicate':
      return `${of.candidates.length} assets have component ${of.componentId ?? ''} of ${of.system}. Are they one machine?`;
    case 'identity':
      return `${of.system} reports ${of.externalId ?? 'a machine'}, which became ${asset}. Is it an asset that is known?`;
    case 'boundary':
      return `In which system is ${asset}?`;
  }
}

/** In a row of the list: what it is about. */
export const subjectOf = (of: MatchRow): string =>
  of.kind === 'duplicate'
    ? of.candidates.map(nameOf).join(', ')
    : (of.assetName ?? of.assetUuid?.slice(0, 8) ?? 'an asset without a name');

export interface Choice {
  readonly press: string;
  readonly title: string;
  readonly meaning: string;
  readonly decision: MatchDecision;
  /** The candidate that it is about. */
  readonly candidate?: string;
}

/** By name; where another candidate bears it too, with the id. */
const toldApart = (of: Candidate, all: readonly Candidate[]): string =>
  all.some((each) => each !== of && nameOf(each) === nameOf(of))
    ? `${nameOf(of)}, ${of.choice.slice(0, 12)}`
    : nameOf(of);

const counted = (count: number, one: string): string =>
  `${count.toLocaleString('en')} ${one}${count === 1 ? '' : 's'}`;

/** What follows a match with that candidate. */
function consequence(of: MatchDetail, candidate: Candidate): string {
  const open = of.asset?.open;
  const findings =
    of.gain === 0
      ? 'It has no open findings'
      : `Its ${counted(of.gain, 'open finding')}${open && open.critical + open.high > 0 ? `, ${open.critical} critical and ${open.high} high,` : ''} ${of.gain === 1 ? 'gets' : 'get'} system ${candidate.systemId ?? 'none'}`;
  const shared =
    candidate.heldBy.length > 0 ? ` ${candidate.heldBy.join(', ')} has it too, and shares it.` : '';
  return `${findings}; the next sync decides which of them need a POA&M.${shared}`;
}

/** What may be chosen, in the order of the keys. */
export function choicesOf(of: MatchDetail): readonly Choice[] {
  const proposed = of.candidates.filter((each) => each.isProposed).slice(0, 9);
  if (of.kind === 'duplicate')
    return [
      {
        press: '1',
        title: 'They are one machine',
        meaning:
          'All stay with the component. Merge them on the page of one of the assets if they should be one row.',
        decision: { decision: 'accept' },
      },
      ...proposed.slice(0, 8).map((each, at) => ({
        press: String(at + 2),
        title: `${nameOf(each)} is another machine`,
        meaning: 'It leaves the component, and its findings leave the system.',
        decision: { decision: 'reject', choice: each.choice } as const,
        candidate: each.choice,
      })),
    ];
  const accepts = proposed.map((each, at) => ({
    press: String(at + 1),
    title: of.kind === 'boundary' ? `It is in ${each.choice}` : `It is ${toldApart(each, proposed)}`,
    meaning:
      of.kind === 'component' || of.kind === 'boundary'
        ? consequence(of, each)
        : 'The two are merged: findings, tags and links are under one asset then.',
    decision: { decision: 'accept', choice: each.choice } as const,
    candidate: each.choice,
  }));
  return [
    ...accepts,
    {
      press: '0',
      title: proposed.length === 1 ? 'It is not that' : 'None of them',
      meaning:
        of.kind === 'component'
          ? 'These are not proposed for it again. It stays without a system until another candidate fits.'
          : of.kind === 'boundary'
            ? 'Their rules no longer put it there. It stays without a system until another rule or a component fits.'
            : 'It stays an asset of its own.',
      decision: { decision: 'reject' },
    },
  ];
}

const kinds: Readonly<Record<string, string>> = {
  scanner_uuid: 'Scanner’s uuid',
  agent_uuid: 'Agent’s uuid',
  bios_uuid: 'BIOS uuid',
  mac: 'MAC address',
  fqdn: 'Full name',
  hostname: 'Host name',
  netbios: 'NetBIOS name',
  ip: 'IP address',
  network: 'Rule: network',
  tag: 'Rule: tag',
  repository: 'Rule: repository',
  name: 'Rule: name',
  asset: 'Rule: asset',
  compliance_scope: 'Rule: compliance scope',
  data_classification: 'Rule: data classification',
  cost_center: 'Rule: cost center',
};
export const identifierWords = (kind: string): string => kinds[kind] ?? kind.replaceAll('_', ' ');
export const identifierOrder = Object.keys(kinds);
