/**
 * What this Tenable knows: assets and findings of the invented world or of recorded exports, with edits laid over them.
 * Findings are made on demand, machine by machine, so that 200,000 of them need no memory.
 */
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createFindings } from '../world/findings.ts';
import { generateWorld } from '../world/generate.ts';
import type { WorldOptions } from '../world/world.ts';
import { assetJson, ratingsOf, type AssetJson } from './asset-json.ts';
import { complianceOf, type ComplianceJson } from './compliance-json.ts';
import type { RecastRules } from './recast-rules.ts';
import { createFindingJson, type FindingJson } from './finding-json.ts';

interface Base {
  readonly assets: readonly AssetJson[];
  findingsOf(assetIndex: number): FindingJson[];
  complianceOf(assetIndex: number): ComplianceJson[];
}

function inventedBase(options: WorldOptions, doubles: boolean, machines: number): Base {
  const world = generateWorld(options);
  const hosts = world.hosts.slice(0, machines);
  const findings = createFindings(options, world.plugins);
  const toJson = createFindingJson(options);
  return {
    assets: hosts.map((host) => assetJson(options, host)),
    complianceOf: (assetIndex) => (hosts[assetIndex] ? complianceOf(options, hosts[assetIndex]) : []),
    findingsOf(assetIndex) {
      const host = hosts[assetIndex];
      if (!host) return [];
      const items = findings(host, assetIndex).map(toJson);
      const [first] = items;
      // Two items with the same asset, plugin, port and protocol in one chunk, as real exports have them.
      return doubles && first && (assetIndex === 3 || assetIndex === 11)
        ? [...items, { ...first, output: `${String(first['output'])}again\n` }]
        : items;
    },
  };
}

function readChunks<T>(dir: string, pattern: string): T[] {
  return globSync(pattern, { cwd: dir })
    .toSorted()
    .flatMap((name) => JSON.parse(readFileSync(join(dir, name), 'utf8')) as T[]);
}

function recordedBase(dir: string): Base {
  const assets = readChunks<AssetJson>(dir, 'assets-chunk*.json');
  const byAsset = Map.groupBy(
    readChunks<FindingJson>(dir, 'vulns-chunk*.json'),
    (finding) => finding.asset.uuid,
  );
  // Findings on machines that no recorded asset chunk has come last.
  const known = new Set(assets.map((asset) => asset.id));
  const orphans = [...byAsset].filter(([uuid]) => !known.has(uuid)).flatMap(([, findings]) => findings);
  return {
    assets,
    complianceOf: () => [],
    findingsOf: (index) => (index === assets.length ? orphans : (byAsset.get(assets[index]?.id ?? '') ?? [])),
  };
}

export interface AssetTag {
  readonly uuid: string;
  readonly key: string;
  readonly value: string;
  readonly added_at: string;
}

/** One run of a scan; instants in ISO 8601. */
export interface ScanRun {
  readonly uuid: string;
  readonly started: string;
  readonly ended: string;
}

const identityOf = (finding: FindingJson): string => `${finding.asset.uuid}:${finding.plugin.id}`;

export class Inventory {
  readonly #base: Base;
  readonly #assetEdits = new Map<string, Partial<AssetJson>>();
  readonly #findingEdits = new Map<string, Record<string, unknown>>();
  readonly #complianceEdits = new Map<string, Record<string, unknown>>();
  readonly #added: FindingJson[] = [];
  readonly #rules: RecastRules;
  readonly #tags = new Map<string, AssetTag[]>();
  readonly #patched = new Set<string>();
  readonly #unreachable = new Set<string>();
  /** Ratings that were overwritten here. */
  readonly #overwritten = new Map<string, number>();
  /** Without a Lumin licence assets show no ratings, and none can be overwritten. */
  hasLumin = true;

  /** @param doubles whether two findings come twice in their chunk, as real exports have it */
  constructor(
    options: WorldOptions,
    recorded: string | undefined,
    doubles: boolean,
    machines: number,
    rules: RecastRules,
  ) {
    this.#rules = rules;
    this.#base = recorded === undefined ? inventedBase(options, doubles, machines) : recordedBase(recorded);
  }

  get assetCount(): number {
    return this.#base.assets.length;
  }

  /** Machines whose findings can be asked for; one more than there are assets, for what belongs to none of them. */
  get findingGroups(): number {
    return this.#base.assets.length + 1;
  }

  asset(index: number): AssetJson | undefined {
    const base = this.#base.assets[index];
    if (!base) return undefined;
    const own = this.#tags.get(base.id);
    const recordedTags = Array.isArray(base['tags']) ? (base['tags'] as unknown[]) : [];
    const edited = { ...base, ...this.#assetEdits.get(base.id) };
    const asset = own ? { ...edited, tags: [...recordedTags, ...own] } : edited;
    if (this.hasLumin) return asset;
    const { acr_score: _acr, exposure_score: _exposure, ratings: _ratings, ...unrated } = asset;
    return unrated;
  }

  assets(): AssetJson[] {
    return this.#base.assets.flatMap((_, index) => this.asset(index) ?? []);
  }

  /** As the job of the API does it: the exposure stays. */
  overwriteAcr(uuid: string, score: number, at: string): void {
    const exposure = Number(this.assets().find((each) => each.id === uuid)?.['exposure_score'] ?? 0);
    this.#overwritten.set(uuid, score);
    this.editAsset(uuid, { ...ratingsOf(score, exposure), updated_at: at });
  }

  /** Ratings that were overwritten, by asset, in canonical order. */
  overwrittenRatings(): Record<string, number> {
    return Object.fromEntries([...this.#overwritten].toSorted(([a], [b]) => (a < b ? -1 : 1)));
  }

  hasAsset(uuid: string): boolean {
    return this.#base.assets.some((asset) => asset.id === uuid);
  }

  *findings(group: number): Generator<FindingJson> {
    for (const finding of this.#base.findingsOf(group)) {
      const edit = this.#findingEdits.get(identityOf(finding));
      if (edit?.['removed'] !== true) yield this.#rules.over(edit ? { ...finding, ...edit } : finding);
    }
    const uuid = this.#base.assets[group]?.id;
    for (const finding of this.#added) if (finding.asset.uuid === uuid) yield this.#rules.over(finding);
  }

  /** Results of audit checks, machine by machine. */
  compliance(): ComplianceJson[] {
    return this.#base.assets.flatMap((_, index) =>
      this.#base.complianceOf(index).flatMap((item) => {
        const edit = this.#complianceEdits.get(`${item.asset_uuid}:${item.check_id}`);
        return edit?.['removed'] === true ? [] : [{ ...item, ...edit }];
      }),
    );
  }

  editCompliance(asset: string, check: string, fields: Record<string, unknown>): void {
    const key = `${asset}:${check}`;
    this.#complianceEdits.set(key, { ...this.#complianceEdits.get(key), ...fields });
  }

  /** The tags that were set here; those of a recording are only in its assets. */
  tagsOf(uuid: string): readonly AssetTag[] {
    return this.#tags.get(uuid) ?? [];
  }

  /** Adds or takes a tag. An asset's `updated_at` moves only if something changed. */
  setTag(uuid: string, tag: AssetTag, isPresent: boolean): void {
    const before = this.tagsOf(uuid);
    const has = before.some((each) => each.uuid === tag.uuid);
    if (has === isPresent) return;
    this.#tags.set(uuid, isPresent ? [...before, tag] : before.filter((each) => each.uuid !== tag.uuid));
    this.editAsset(uuid, { updated_at: tag.added_at });
  }

  editAsset(uuid: string, fields: Partial<AssetJson>): void {
    this.#assetEdits.set(uuid, { ...this.#assetEdits.get(uuid), ...fields });
  }

  /** Changes the findings of a plugin on an asset; `removed: true` takes them out. */
  editFinding(asset: string, plugin: number, fields: Record<string, unknown>): void {
    const key = `${asset}:${plugin}`;
    this.#findingEdits.set(key, { ...this.#findingEdits.get(key), ...fields });
  }

  addFinding(finding: FindingJson): void {
    this.#added.push(finding);
  }

  /** Somebody has repaired it, or broken it again: the next scan of the plugin there will see. */
  setPatched(asset: string, plugin: number, isPatched: boolean): void {
    if (isPatched) this.#patched.add(`${asset}:${plugin}`);
    else this.#patched.delete(`${asset}:${plugin}`);
  }

  /** A machine that is switched off: scans say nothing of it. */
  setUnreachable(asset: string, isUnreachable: boolean): void {
    if (isUnreachable) this.#unreachable.add(asset);
    else this.#unreachable.delete(asset);
  }

  /** What a scan of some plugins does to the findings of the machines at its targets: patched ones are fixed, others seen again. */
  lookAgain(targets: ReadonlySet<string>, plugins: ReadonlySet<number>, run: ScanRun): void {
    for (let index = 0; index < this.assetCount; index += 1) {
      const asset = this.asset(index);
      if (!asset || this.#unreachable.has(asset.id)) continue;
      const names = ['ipv4s', 'ipv6s', 'fqdns', 'hostnames'].flatMap((kind) => asset[kind] as string[]);
      if (!names.some((name) => targets.has(String(name).toLowerCase()))) continue;
      this.editAsset(asset.id, { last_seen: run.ended, last_scan_time: run.ended, updated_at: run.ended });
      for (const finding of this.findings(index)) {
        if (!plugins.has(finding.plugin.id) || finding['state'] === 'FIXED') continue;
        const key = identityOf(finding);
        const seen = { indexed: run.ended, scan: { uuid: run.uuid, started_at: run.started } };
        const fields = this.#patched.has(key)
          ? { ...seen, state: 'FIXED', last_fixed: run.ended }
          : { ...seen, last_found: run.ended };
        const added = this.#added.findIndex((each) => identityOf(each) === key);
        const before = this.#added[added];
        if (before) this.#added[added] = { ...before, ...fields };
        else this.editFinding(asset.id, finding.plugin.id, fields);
      }
      for (const plugin of plugins) this.#patched.delete(`${asset.id}:${plugin}`);
    }
  }

  reset(): void {
    this.#patched.clear();
    this.#unreachable.clear();
    this.#assetEdits.clear();
    this.#findingEdits.clear();
    this.#complianceEdits.clear();
    this.#added.length = 0;
    this.#tags.clear();
    this.#overwritten.clear();
    this.hasLumin = true;
  }

  /** Assets with the tags that were set here, in canonical order. */
  taggedAssets(): Record<string, string[]> {
    const rows = [...this.#tags]
      .filter(([, tags]) => tags.length > 0)
      .toSorted(([a], [b]) => (a < b ? -1 : 1));
    return Object.fromEntries(
      rows.map(([uuid, tags]) => [uuid, tags.map((tag) => `${tag.key}:${tag.value}`).toSorted()]),
    );
  }
}
