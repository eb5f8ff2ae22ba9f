/** What the benchmark of imports loads: invented findings as export chunks and as a .nessus file. */
import { appendFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createFindings } from '../simulators/world/findings.ts';
import { generateWorld } from '../simulators/world/generate.ts';
import { assetJson } from '../simulators/tenable/asset-json.ts';
import { createFindingJson } from '../simulators/tenable/finding-json.ts';

const findingsPerFile = 20_000;

export interface ImportFiles {
  readonly assets: string[];
  readonly findings: string[];
  readonly nessus: string;
  readonly count: number;
}

/** Chunks as Tenable VM exports them, and one .nessus file of the same machines and findings. */
export function writeFiles(work: string, size: number): ImportFiles {
  const options = { seed: 1, size, now: new Date('2026-11-01T12:00:00.000Z') };
  const world = generateWorld(options);
  const findingsOf = createFindings(options, world.plugins);
  const toJson = createFindingJson(options);
  const files = { assets: [join(work, 'assets.json')], findings: [] as string[] };
  writeFileSync(files.assets[0] ?? '', JSON.stringify(world.hosts.map((host) => assetJson(options, host))));
  const file = join(work, 'bench.nessus');
  writeFileSync(file, '<?xml version="1.0"?>\n<NessusClientData_v2><Report name="bench">\n');
  let chunk: unknown[] = [];
  let count = 0;
  const flush = (): void => {
    if (chunk.length === 0) return;
    const file = join(work, `findings-${files.findings.length}.json`);
    writeFileSync(file, JSON.stringify(chunk));
    files.findings.push(file);
    chunk = [];
  };
  const escape = (text: unknown): string =>
    (typeof text === 'string' ? text : '')
      .replaceAll('&', '&amp;')
      .replaceAll('<', '&lt;')
      .replaceAll('"', '&quot;');
  for (const [index, host] of world.hosts.entries()) {
    const nessus: string[] = [];
    nessus.push(
      `<ReportHost name="${host.ipv4}"><HostProperties><tag name="host-ip">${host.ipv4}</tag><tag name="bios-uuid">${host.biosUuid}</tag><tag name="HOST_END_TIMESTAMP">1790000000</tag></HostProperties>\n`,
    );
    for (const finding of findingsOf(host, index)) {
      const json = toJson(finding);
      chunk.push(json);
      count += 1;
      const { plugin } = json as { plugin: Record<string, unknown> };
      nessus.push(
        `<ReportItem port="${finding.plugin.port}" svc_name="x" protocol="${finding.plugin.protocol}" severity="${finding.severityId}" pluginID="${finding.plugin.id}" pluginName="${escape(plugin['name'])}" pluginFamily="${escape(plugin['family'])}"><synopsis>${escape(plugin['synopsis'])}</synopsis><description>${escape(plugin['description'])}</description><solution>${escape(plugin['solution'])}</solution><plugin_output>${escape(json['output'])}</plugin_output></ReportItem>\n`,
      );
      if (chunk.length >= findingsPerFile) flush();
    }
    nessus.push('</ReportHost>\n');
    appendFileSync(file, nessus.join(''));
  }
  flush();
  appendFileSync(file, '</Report></NessusClientData_v2>\n');
  return { ...files, nessus: file, count };
}
