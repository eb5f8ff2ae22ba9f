import { createRandom } from '../world/random.ts';
import type { WorldPlugin } from '../world/world.ts';

const riskFactors = ['None', 'Low', 'Medium', 'High', 'Critical'] as const;
const weaknesses: readonly [string, ...string[]] = [
  '20',
  '79',
  '89',
  '119',
  '200',
  '287',
  '400',
  '416',
  '787',
];

/** A number for each family, the same in every process; families with names of one length keep different ones. */
function familyId(family: string): number {
  let sum = 0;
  for (const character of family) sum = (sum * 31 + (character.codePointAt(0) ?? 0)) % 9973;
  return sum + 1;
}

/** A plugin block with the vendor's field names; a key without a value is left out, as exports do. */
export function pluginJson(plugin: WorldPlugin): Record<string, unknown> & { id: number } {
  const { scores } = plugin;
  const random = createRandom('plugin block', plugin.id);
  return {
    id: plugin.id,
    name: plugin.name,
    family: plugin.family,
    family_id: familyId(plugin.family),
    type: plugin.port === 0 || plugin.port === 445 ? 'local' : 'remote',
    version: `1.${random.between(2, 90)}`,
    synopsis: plugin.synopsis,
    description: plugin.description,
    solution: plugin.solution,
    risk_factor: riskFactors[plugin.severity],
    has_patch: plugin.hasPatch,
    exploit_available: plugin.exploitAvailable,
    exploitability_ease: plugin.exploitAvailable
      ? 'Exploits are available'
      : 'No known exploits are available',
    publication_date: plugin.publishedOn,
    modification_date: plugin.publishedOn,
    ...(plugin.hasPatch ? { patch_publication_date: plugin.publishedOn } : {}),
    ...(scores === undefined
      ? {}
      : {
          cvss_base_score: scores.cvss2,
          cvss_vector: { raw: scores.cvss2Vector },
          cvss3_base_score: scores.cvss3,
          cvss3_vector: { raw: scores.cvss3Vector },
          vpr: { score: scores.vpr, updated: plugin.publishedOn },
        }),
    ...(plugin.cves.length === 0
      ? {}
      : {
          cve: [...plugin.cves],
          vuln_publication_date: plugin.publishedOn,
          ...(scores === undefined ? {} : { epss_score: scores.epssPercent }),
          xrefs: [
            { type: 'CWE', id: random.pick(weaknesses) },
            ...(plugin.severity >= 3
              ? [{ type: 'IAVA', id: `${plugin.publishedOn.slice(0, 4)}-A-0${random.between(100, 599)}` }]
              : []),
          ],
          see_also: plugin.cves.map((cve) => `https://nvd.example/vuln/detail/${cve}`),
        }),
    ...cpeOf(plugin),
  };
}

function cpeOf({ family, name }: WorldPlugin): { cpe?: string[] } {
  if (family === 'Red Hat Local Security Checks') {
    const product = /: (\S+) \(/.exec(name)?.[1];
    return product === undefined
      ? {}
      : { cpe: ['cpe:/o:redhat:enterprise_linux', `p-cpe:/a:redhat:enterprise_linux:${product}`] };
  }
  if (family === 'Windows : Microsoft Bulletins') return { cpe: ['cpe:/o:microsoft:windows'] };
  return family === 'CISCO' ? { cpe: ['cpe:/o:cisco:ios_xe'] } : {};
}
