/** What a boundary rule asks of an asset: conditions that must all fit, each by one of its values. */

/** Of what each kind is about; the order in which they are shown. */
export const conditionKinds = {
  network: { title: 'network', example: '10.20.0.0/16', of: 'an address of the asset lies in it' },
  tag: {
    title: 'tag',
    example: 'Environment:Production',
    of: 'the asset carries it: category:value, or all of a category',
  },
  repository: {
    title: 'repository',
    example: '7',
    of: 'a scanner keeps it there: id or name, or connection/id',
  },
  name: {
    title: 'name',
    example: 'web-*.prod.example',
    of: 'a host name, FQDN or NetBIOS name; * and ? stand for any letters',
  },
  asset: {
    title: 'asset',
    example: 'db01.prod.example',
    of: 'this very asset, by its uuid, host name or FQDN',
  },
  compliance_scope: { title: 'compliance scope', example: 'PCI DSS', of: 'its business context says so' },
  data_classification: { title: 'data classification', example: 'CUI', of: 'its business context says so' },
  cost_center: { title: 'cost center', example: 'CC-4711', of: 'its business context says so' },
} as const satisfies Readonly<
  Record<string, { readonly title: string; readonly example: string; readonly of: string }>
>;
export type ConditionKind = keyof typeof conditionKinds;

/** responsible: a finding on the asset makes a weakness of the boundary. inherited: the boundary sees it, another one answers for it. */
export const assetRoles = ['responsible', 'inherited'] as const;
export type AssetRole = (typeof assetRoles)[number];

export interface Condition {
  readonly kind: ConditionKind;
  /** One of them must fit. */
  readonly values: readonly string[];
}

/** One value of a rule that fits, and what of the asset it fits. */
export interface RuleEvidence {
  readonly kind: ConditionKind;
  readonly value: string;
  readonly found: string;
}

/** `network 10.1.0.0/16 or 10.2.0.0/16, tag Environment:Production`. */
export const conditionText = (conditions: readonly Condition[]): string =>
  conditions.map(({ kind, values }) => `${conditionKinds[kind].title} ${values.join(' or ')}`).join(', ');
