/** What an entity is called in a sentence, by how many there are. */
const words: Readonly<Record<string, readonly [one: string, many: string]>> = {
  poam: ['POA&M', 'POA&Ms'],
  milestone: ['milestone', 'milestones'],
  control: ['control', 'controls'],
  system: ['system', 'systems'],
  component: ['component', 'components'],
  acceptance: ['acceptance', 'acceptances'],
  asset_tag: ['tag', 'tags'],
  asset_context: ['asset', 'assets'],
  remediation_scan: ['scan', 'scans'],
};

export function entityWord(entity: string, n = 1): string {
  const [one, many] = words[entity] ?? [entity, entity];
  return n === 1 ? one : many;
}
