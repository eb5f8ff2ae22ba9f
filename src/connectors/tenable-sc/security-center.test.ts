import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { scalarText } from '../../platform/values/json.ts';
import { Secret } from '../../platform/values/secret.ts';
import type { Change } from '../kit/contract.ts';
import { nothingStored, readOn, type Stored } from '../kit/conformance/storing-reader.ts';
import { tenableScConnector } from './connector.ts';
import { findingRecord, hostKeyOf } from './rows.ts';
import { startSecurityCenter, type SecurityCenterSimulator } from './simulator.test-support.ts';

const never = (): AbortSignal => new AbortController().signal;
let server: SecurityCenterSimulator;
beforeAll(async () => {
  server = await startSecurityCenter(['--machines', '20']);
});
afterAll(async () => {
  await server.stop();
});
beforeEach(async () => {
  await server.control('POST', '/reset');
});

async function readAll(connector: ReturnType<SecurityCenterSimulator['connect']>): Promise<Stored> {
  const stored = nothingStored();
  await readOn(connector, 'finding', stored);
  return stored;
}

describe('signing in', () => {
  it('signing in by name and password reads the same as by keys, and signs in again when the session was ended', async () => {
    const byKeys = await readAll(server.connect());
    const connector = server.connect({}, true);
    const byName = await readAll(connector);
    expect(byName.records).toEqual(byKeys.records);

    await server.control('POST', '/edit', { endSessions: true });
    expect((await readAll(connector)).records).toHaveLength(byKeys.records.length);
  });

  it.each([
    [{}, 'neither'],
    [{ access_key: 'a', secret_key: 's', username: 'n', password: 'p' }, 'both'],
    [{ access_key: 'a' }, 'half of one'],
  ])('signing in refuses the settings %j: %s', (given, _which) => {
    expect(tenableScConnector.declaration.settings.safeParse(given).success).toBe(false);
  });

  it('signing in with a wrong password names the remedy', async () => {
    const connector = server.connect({ password: new Secret('wrong') }, true);
    await expect(readAll(connector)).rejects.toMatchObject({ code: 'REMOTE_UNAUTHORIZED' });
    const said = [];
    for await (const result of connector.check(never())) said.push(result);
    expect(said.at(-1)).toMatchObject({ status: 'failed', remedy: expect.any(String) as string });
  });

  it('signing in checks reach, clock, sign-in and permissions one by one', async () => {
    const said = [];
    for await (const result of server.connect().check(never()))
      said.push(`${result.check}: ${result.status}`);
    expect(said).toEqual([
      'reach: ok',
      'clock: ok',
      'sign-in: ok',
      'repositories: ok',
      'accept risk rules: ok',
    ]);
  });
});

describe('reading by pages', () => {
  it('paged reading loses no row when others vanish from the list between two pages', async () => {
    const whole = await readAll(server.connect());
    const { findings } = await server.control<{
      findings: { key: string; source: string; plugin: string; repository: { id: string } }[];
    }>('GET', '/state');
    // The first in the order of the pages, so that all that follow move up.
    const early = findings
      .filter((row) => row.repository.id === '1' && row.source === 'cumulative')
      .toSorted((a, b) => Number(a.plugin) - Number(b.plugin))
      .slice(0, 7);
    const seen = new Set<string>();
    let pages = 0;
    for await (const event of server.connect().read('finding', { signal: never() })) {
      if (event.type !== 'page') continue;
      for await (const record of event.records) seen.add(record.externalId);
      pages += 1;
      if (pages === 1)
        for (const row of early) await server.control('POST', '/edit', { finding: row.key, remove: true });
    }
    expect([...seen].toSorted()).toEqual(whole.records.map((record) => record.externalId).toSorted());
  });

  it('paged reading reads only the repositories that are set, and names the one that the account does not see', async () => {
    const one = await readAll(server.connect({ repositories: '2' }));
    expect(new Set(one.records.map((record) => record.externalId.slice(0, 14)))).toEqual(
      new Set(['repositoryID=2']),
    );
    await expect(readAll(server.connect({ repositories: ['7'] }))).rejects.toMatchObject({
      message: 'The account sees no repository 7.',
    });
  });

  it('paged reading treats rows of the mitigated database as fixed, and rows that came back as reopened', async () => {
    const { records } = await readAll(server.connect());
    const states = Object.groupBy(records, (record) => scalarText(record.raw['state'] ?? ''));
    expect(Object.keys(states).toSorted()).toEqual(['fixed', 'open', 'reopened']);
    expect(states['fixed']?.every((record) => typeof record.raw['last_fixed'] === 'string')).toBe(true);
    expect(states['open']?.some((record) => 'last_fixed' in record.raw)).toBe(false);
  });
});

describe('rules', () => {
  const create = (fields: Change['fields']): Change => ({
    kind: 'create',
    idempotencyKey: 'r1',
    fields: { scope: 'all', repository_id: '1', standing: 'active', ...fields },
  });

  it('rules recast a finding at the server, which is then read as recast with the new severity', async () => {
    const connector = server.connect();
    const { records } = await readAll(connector);
    const chosen = records.find(
      (record) => record.raw['severity_id'] === '3' && record.raw['state'] === 'open',
    );
    const repository = /repositoryID=(\d)/.exec(chosen?.externalId ?? '')?.[1] ?? '';
    const plugin = (chosen?.raw['plugin'] as { id: string } | undefined)?.id ?? '';
    const made = await connector.write(
      'acceptance',
      create({ kind: 'recast', severity: 'Low', plugin_id: plugin, repository_id: repository }),
      never(),
    );
    expect(made).toMatchObject({ outcome: 'confirmed' });
    const after = await readAll(connector);
    expect(after.records.find((record) => record.externalId === chosen?.externalId)?.raw).toMatchObject({
      severity_id: '1',
      severity_modification: 'recast',
    });
  });

  it('rules change by being created again, and the old rule is deleted', async () => {
    const connector = server.connect();
    const made = await connector.write(
      'acceptance',
      create({ kind: 'accepted', plugin_id: '10001', comment: 'first' }),
      never(),
    );
    if (made.outcome !== 'confirmed') throw new Error(made.outcome);
    const changed = await connector.write(
      'acceptance',
      {
        kind: 'update',
        externalId: made.record.externalId,
        idempotencyKey: 'r2',
        fields: { comment: 'second', expires_at: '2027-01-31T00:00:00Z' },
      },
      never(),
    );
    expect(changed).toMatchObject({
      outcome: 'confirmed',
      record: { raw: { comment: 'second', expires_at: '2027-01-31T00:00:00.000Z' } },
    });
    const { rules } = await server.control<{ rules: { comments: string; expires: string }[] }>(
      'GET',
      '/state',
    );
    expect(rules).toEqual([expect.objectContaining({ comments: 'second [tieline:r2]' })]);
  });

  it.each([
    [{ kind: 'false_positive', plugin_id: '1' }, 'kind'],
    [{ kind: 'accepted' }, 'plugin_id'],
    [{ kind: 'accepted', plugin_id: '1', repository_id: null }, 'repository'],
    [{ kind: 'accepted', plugin_id: '1', scope: 'planet earth' }, 'scope'],
    [{ kind: 'recast', plugin_id: '1' }, 'severity'],
  ])(
    'a rule with %j is refused before anything is sent, and the field is named: %s',
    async (fields, field) => {
      const result = await server.connect().write('acceptance', create(fields), never());
      expect(result).toMatchObject({ outcome: 'rejected', fields: [{ field }] });
      expect((await server.control<{ rules: unknown[] }>('GET', '/state')).rules).toEqual([]);
    },
  );
});

describe('the values of a row', () => {
  it.each([
    [{ hostUniqueness: 'repositoryID,uuid', uuid: 'ABC', repository: { id: 4 } }, 'repositoryID=4&uuid=abc'],
    [
      {
        uniqueness: 'repositoryID,ip,dnsName',
        ip: '10.0.0.1',
        dnsName: 'Web.Example',
        repository: { id: '1' },
      },
      'repositoryID=1&ip=10.0.0.1&dnsName=web.example',
    ],
    [{ ip: '10.0.0.1', repository: { id: '1' } }, 'repositoryID=1&ip=10.0.0.1&dnsName='],
  ])("the key of a row's host is made of the fields that the row names: %j", (row, key) => {
    expect(hostKeyOf(row)).toBe(key);
  });

  it("a row's -1 and empty text are read as no value", () => {
    const { raw } = findingRecord(
      {
        pluginID: '1',
        port: '0',
        protocol: 'TCP',
        firstSeen: '-1',
        lastSeen: '',
        baseScore: '-1',
        pluginText: '',
      },
      'cumulative',
      undefined,
    );
    expect(raw).not.toHaveProperty('first_found');
    expect(raw).not.toHaveProperty('last_found');
    expect(raw).toMatchObject({ output: null, plugin: { cvss_base_score: null, cves: [] } });
  });
});

const recorded = join(import.meta.dirname, '../../../../shared/data/tenable-sc/vulndetails-pages.json');
describe.skipIf(!existsSync(recorded))(
  'recorded pages of a real Security Center (skipped where the recordings are absent)',
  () => {
    it('recorded Security Center pages give each row once, under its own id, with plugin, output and times', () => {
      const pages = JSON.parse(readFileSync(recorded, 'utf8')) as {
        response: { response: { results: Record<string, string>[] } };
      }[];
      const rows = pages.flatMap((page) => page.response.response.results);
      const records = rows.map((row) => findingRecord(row, 'cumulative', undefined));
      expect(rows.length).toBeGreaterThan(0);
      expect(new Set(records.map((record) => record.externalId)).size).toBe(rows.length);
      for (const [index, { raw }] of records.entries()) {
        const row = rows[index] ?? {};
        expect(raw['plugin']).toMatchObject({ id: row['pluginID'], name: row['pluginName'] });
        expect(Date.parse(scalarText(raw['last_found'] ?? ''))).toBe(Number(row['lastSeen']) * 1000);
        expect(row['pluginText']).toContain(raw['output'] ?? '');
      }
    });
  },
);
