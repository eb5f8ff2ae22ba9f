/** What entities are called, in the plural unless it is one. */
const entities: Readonly<Record<string, readonly [one: string, many: string]>> = {
  asset: ['asset', 'assets'],
  asset_context: ['business context of an asset', 'business contexts of assets'],
  asset_tag: ['tag of an asset', 'tags of assets'],
  acceptance: ['acceptance', 'acceptances'],
  compliance: ['compliance result', 'compliance results'],
  component: ['component', 'components'],
  control: ['control', 'controls'],
  finding: ['finding', 'findings'],
  milestone: ['milestone', 'milestones'],
  plugin: ['plugin', 'plugins'],
  poam: ['POA&M', 'POA&Ms'],
  remediation_scan: ['scan', 'scans'],
  system: ['system', 'systems'],
};

export function entityWords(entity: string, count = 2): string {
  const [one, many] = entities[entity] ?? [entity.replaceAll('_', ' '), entity.replaceAll('_', ' ')];
  return count === 1 ? one : many;
}
