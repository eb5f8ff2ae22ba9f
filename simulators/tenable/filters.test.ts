import { describe, expect, it } from 'vitest';
import type { FindingJson } from './finding-json.ts';
import {
  faultInAssetFilters,
  faultInFindingFilters,
  matchesAsset,
  matchesFinding,
  type Filters,
} from './filters.ts';
import { assetJson } from './asset-json.ts';
import { generateWorld } from '../world/generate.ts';

const now = new Date('2026-11-23T12:00:00Z');
const daysAgo = (days: number): string => new Date(now.getTime() - days * 86_400_000).toISOString();
const epoch = (days: number): number => Math.floor(Date.parse(daysAgo(days)) / 1000);

const open: FindingJson = {
  asset: { uuid: 'asset-1', ipv4: '10.20.0.7', network_id: 'net-1' },
  plugin: {
    id: 51192,
    family: 'General',
    type: 'remote',
    cve: ['CVE-2026-1'],
    vpr: { score: 6.1 },
    epss_score: 12,
  },
  severity: 'medium',
  severity_modification_type: 'NONE',
  state: 'OPEN',
  source: 'NESSUS',
  scan: { uuid: 'scan-1' },
  first_found: daysAgo(90),
  last_found: daysAgo(2),
  indexed: daysAgo(1),
};
const fixed: FindingJson = {
  ...open,
  state: 'FIXED',
  last_found: daysAgo(60),
  last_fixed: daysAgo(50),
  time_taken_to_fix: 3_456_000,
};
const tags = [{ key: 'System', value: 'SYS-1' }];
const isIn = (finding: FindingJson, filters: Filters): boolean =>
  matchesFinding(finding, filters, { now, tagsOf: (uuid) => (uuid === 'asset-1' ? tags : []) });

describe('filters of findings', () => {
  it('leave out what is fixed unless it is asked for', () => {
    expect([isIn(open, { since: 1 }), isIn(fixed, { since: 1 })]).toEqual([true, false]);
    expect(isIn(fixed, { since: 1, state: ['fixed'] })).toBe(true);
  });

  it('reach back thirty days where no time is given', () => {
    expect(isIn(open, {})).toBe(true);
    expect(isIn({ ...open, last_found: daysAgo(31) }, {})).toBe(false);
    expect(isIn(fixed, { state: ['FIXED'] })).toBe(false);
  });

  it('mean by since the last sight of what is open and the fix of what is fixed', () => {
    expect(isIn(open, { since: epoch(3) })).toBe(true);
    expect(isIn(fixed, { state: ['FIXED'], since: epoch(55) })).toBe(true);
    expect(isIn(fixed, { state: ['FIXED'], since: epoch(45) })).toBe(false);
  });

  it('leave out what lacks the time that is asked for', () => {
    expect(isIn(open, { state: ['OPEN'], last_fixed: 1 })).toBe(false);
    expect(isIn(open, { state: ['OPEN'], resurfaced_date: 1 })).toBe(false);
  });

  it.each<[Filters, boolean]>([
    [{ severity: ['MEDIUM'] }, true],
    [{ severity: ['high', 'critical'] }, false],
    [{ severity_modification_type: ['NONE'] }, true],
    [{ severity_modification_type: ['none'] }, false],
    [{ plugin_id: [51192] }, true],
    [{ plugin_id: [1] }, false],
    [{ plugin_family: ['general'] }, true],
    [{ plugin_type: 'local' }, false],
    [{ cve_id: ['cve-2026-1', 'CVE-2026-2'] }, true],
    [{ cve_id: ['CVE-2026-2'] }, false],
    [{ network_id: 'net-2' }, false],
    [{ source: ['AGENT'] }, false],
    [{ scan_uuid: 'scan-1' }, true],
    [{ cidr_range: '10.20.0.0/24' }, true],
    [{ cidr_range: '10.21.0.0/16' }, false],
    [{ vpr_score: { gte: 6, lt: 7 } }, true],
    [{ vpr_score: { gt: 6.1 } }, false],
    [{ epss_score: { eq: [12] } }, true],
    [{ time_taken_to_fix: { gte: 1 } }, false],
    [{ 'tag.System': ['SYS-1', 'SYS-2'] }, true],
    [{ 'tag.System': ['SYS-2'] }, false],
    [{ 'tag.System': ['SYS-1'], 'tag.Owner': ['x'] }, false],
  ])('understand %j', (filters, expected) => {
    expect(isIn(open, filters)).toBe(expected);
  });

  it.each<[Filters, string]>([
    [{ colour: 'red' }, 'colour'],
    [{ toString: 1 }, 'toString'],
    [{ since: '2026-11-23' }, 'since'],
    [{ since: 1.5 }, 'since'],
    [{ state: ['CLOSED'] }, 'state'],
    [{ state: 'OPEN' }, 'state'],
    [{ since: 1, last_found: 1, state: ['OPEN'] }, 'since'],
    [{ last_fixed: 1 }, 'state is required'],
    [{ cidr_range: 'everything' }, 'cidr_range'],
    [{ vpr_score: 7 }, 'vpr_score'],
  ])('are refused where they make no sense: %j', (filters, fault) => {
    expect(faultInFindingFilters(filters)).toContain(fault);
  });
});

describe('filters of assets', () => {
  const world = { seed: 1, size: 1, now };
  const [host] = generateWorld(world).hosts;
  if (!host) throw new Error('the world has no hosts');
  const asset = { ...assetJson(world, host), tags: [{ key: 'System', value: 'SYS-1' }] };

  it.each<[Filters, boolean]>([
    [{}, true],
    [{ updated_at: epoch(4) }, true],
    [{ updated_at: epoch(0) }, false],
    [{ deleted_at: 1 }, false],
    [{ is_deleted: false, is_terminated: false, is_licensed: true }, true],
    [{ is_deleted: true }, false],
    [{ has_plugin_results: false }, false],
    [{ servicenow_sysid: true }, false],
    [{ sources: ['NESSUS_AGENT', 'NESSUS_SCAN'] }, true],
    [{ sources: ['AWS'] }, false],
    [{ 'tag.System': ['SYS-1'] }, true],
    [{ 'tag.System': ['SYS-2'] }, false],
  ])('understand %j', (filters, expected) => {
    expect(matchesAsset(asset, filters)).toBe(expected);
  });

  it('are refused where they make no sense', () => {
    expect(faultInAssetFilters({ since: 1 })).toContain('since');
    expect(faultInAssetFilters({ updated_at: 'yesterday' })).toContain('updated_at');
  });
});
