/**
 * `npm run sbom [FILE]`: what a release consists of, as CycloneDX JSON with licences (default sbom.json). npm lists what the lock file
 * names; the Node that the package "node" fetches beside it is added with its pinned sums, since it runs everything.
 * Development tools are left out; with `--dev` they are in.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { z } from 'zod';

const component = z.looseObject({
  name: z.string(),
  version: z.string(),
  purl: z.string().optional(),
  licenses: z.array(z.unknown()).optional(),
});
const document = z.looseObject({
  bomFormat: z.literal('CycloneDX'),
  components: z.array(component),
});
const sumsShape = z.object({ version: z.string(), sums: z.record(z.string(), z.string()) });

const args = process.argv.slice(2);
const file = args.find((each) => !each.startsWith('-')) ?? 'sbom.json';
const npm = process.env['npm_execpath'];
const command = npm?.endsWith('.js') ? [process.execPath, npm] : ['npm'];
const flags = ['sbom', '--sbom-format', 'cyclonedx', '--sbom-type', 'application', '--package-lock-only'];
const [program = 'npm', ...first] = command;
const made = spawnSync(program, [...first, ...flags, ...(args.includes('--dev') ? [] : ['--omit', 'dev'])], {
  encoding: 'utf8',
  maxBuffer: 64 * 1024 * 1024,
});
if (made.status !== 0) {
  console.error(`npm sbom failed: ${made.stderr}`);
  process.exit(1);
}
const sbom = document.parse(JSON.parse(made.stdout));
const { version, sums } = sumsShape.parse(JSON.parse(readFileSync('bin/node-sums.json', 'utf8')));
const node = Object.entries(sums).map(([platform, content]) => ({
  'bom-ref': `nodejs@${version}-${platform}`,
  type: 'application' as const,
  name: `node (${platform})`,
  version,
  purl: `pkg:generic/nodejs@${version}?platform=${platform}`,
  hashes: [{ alg: 'SHA-256', content }],
  licenses: [{ license: { id: 'MIT' } }],
}));
/** Packages that say it in their LICENSE alone, as SPDX names it. */
const inTheirFile: Readonly<Record<string, string>> = {
  'dejavu-fonts-ttf': 'Bitstream-Vera',
  'png-js': 'MIT',
};
const licensed = sbom.components.map((each) => {
  const id = inTheirFile[each.name];
  const says = (each.licenses ?? []).length > 0;
  return id === undefined || says ? each : { ...each, licenses: [{ license: { id } }] };
});
const components = [...licensed, ...node];
const nameless = components.filter((each) => (each.licenses ?? []).length === 0);
writeFileSync(file, `${JSON.stringify({ ...sbom, components }, null, 2)}\n`);
console.log(`${file}: ${components.length} components`);
if (nameless.length > 0) {
  console.log(`Without a licence: ${nameless.map((each) => `${each.name}@${each.version}`).join(', ')}`);
  process.exitCode = 1;
}
