import type { ConditionKind, Member, RuleEffect } from '../../../api/boundary-rules.ts';

/** By kind: what it is called, an example of a value, and what it fits. */
export const kindWords: Readonly<
  Record<ConditionKind, { readonly title: string; readonly example: string; readonly fits: string }>
> = {
  network: { title: 'Network', example: '10.20.0.0/16', fits: 'An address of the asset lies in it.' },
  tag: {
    title: 'Tag',
    example: 'Environment:Production',
    fits: 'The asset carries it: category:value, or a category alone for all of its values.',
  },
  repository: {
    title: 'Repository',
    example: '7',
    fits: 'A scanner keeps the asset there: its id or name, or connection/id.',
  },
  name: {
    title: 'Name',
    example: 'web-*.prod.example',
    fits: 'Host name, FQDN or NetBIOS name. * stands for any letters, ? for one.',
  },
  asset: {
    title: 'Asset',
    example: 'db01.prod.example',
    fits: 'This very asset: its uuid, host name or FQDN.',
  },
  compliance_scope: { title: 'Compliance scope', example: 'PCI DSS', fits: 'Its business context says so.' },
  data_classification: {
    title: 'Data classification',
    example: 'CUI',
    fits: 'Its business context says so.',
  },
  cost_center: { title: 'Cost center', example: 'CC-4711', fits: 'Its business context says so.' },
};
export const kinds = Object.keys(kindWords) as readonly ConditionKind[]; // its own keys

export const roleWords = {
  responsible: { title: 'Responsible', meaning: 'Its findings are weaknesses of this system.' },
  inherited: {
    title: 'Inherited',
    meaning: 'Its findings are seen here; another system answers for them, and no POA&M is made here.',
  },
} as const;

const byWords = { component: 'Component', rule: 'Rule', owner: 'Assigned in the record' } as const;

/** Why an asset is in the system, in few words. */
export function whyOf({ by, componentId, ruleId, evidence, reason }: Member): string {
  if (ruleId !== null && evidence.length > 0)
    return `Rule ${ruleId}: ${evidence.map(({ kind, value, found }) => `${kindWords[kind].title.toLowerCase()} ${value}${found.toLowerCase() === value.toLowerCase() ? '' : ` (${found})`}`).join(', ')}`;
  if (by === 'component')
    return componentId === null ? byWords.component : `${byWords.component} ${componentId}`;
  if (by === 'owner') return byWords.owner;
  return reason === null ? byWords.rule : `A person: ${reason}`;
}

const counted = (count: number, one: string): string =>
  `${count.toLocaleString('en')} ${one}${count === 1 ? '' : 's'}`;

/** What a change does, as one sentence. */
export function effectWords({ moved, asked, settled }: RuleEffect): string {
  if (moved + asked + settled === 0) return 'No asset moves, and nobody is asked anything.';
  const parts = [
    `${counted(moved, 'asset')} ${moved === 1 ? 'moves' : 'move'}`,
    ...(asked === 0 ? [] : [`a person is asked about ${counted(asked, 'asset')}`]),
    ...(settled === 0 ? [] : [`${counted(settled, 'question')} ${settled === 1 ? 'is' : 'are'} settled`]),
  ];
  return `${parts.join(', ')}.`.replace(/^./, (letter) => letter.toUpperCase());
}
