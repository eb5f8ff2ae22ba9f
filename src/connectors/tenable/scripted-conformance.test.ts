/**
 * The conformance suite over a server that does just what the suite needs; it also shows that the suite itself works,
 * whatever becomes of the simulator.
 */
import type { ServerResponse } from 'node:http';
import type { Json, JsonObject } from '../../model/json.ts';
import type { Change, EntityType } from '../kit/contract.ts';
import type { ConformanceFault, ConformanceHarness } from '../kit/conformance/harness.ts';
import { describeConnectorConformance } from '../kit/conformance/suite.ts';
import { tenableConnector } from './connector.ts';
import { startScriptedServer, type Asked, type ScriptedServer } from './scripted-server.test-support.ts';

const assetCount = 12;
const uuid = (n: number): string => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;

interface Remote {
  assets: { id: string; updated_at: string; hostnames: string[] }[];
  findings: JsonObject[];
  /** Asset uuid and tag value uuid of each assignment; a list, so that a doubled one shows. */
  assigned: { asset: string; tag: string }[];
  values: { uuid: string; category_name: string; value: string }[];
}

function seeded(): Remote {
  const numbers = Array.from({ length: assetCount }, (_, n) => n);
  return {
    assets: numbers.map((n) => ({
      id: uuid(n),
      updated_at: '2026-01-01T00:00:00Z',
      hostnames: [`host${n}`],
    })),
    findings: numbers.flatMap((n) =>
      [1, 2].map((plugin) => ({
        asset: { uuid: uuid(n) },
        plugin: { id: plugin },
        port: { port: 80, protocol: 'TCP' },
      })),
    ),
    assigned: [],
    values: [],
  };
}

const inThree = (records: JsonObject[]): JsonObject[][] =>
  [0, 1, 2].map((part) => records.filter((_record, index) => index % 3 === part));

/** Puts the remote's behaviour into the server, as it is without faults. */
function behave(server: ScriptedServer, remote: Remote): void {
  let exports = 0;
  server.onStart = (kind) => {
    exports += 1;
    const all = kind === 'assets' ? remote.assets : remote.findings;
    const chunks = Object.fromEntries(inThree(all).map((part, index) => [index + 1, JSON.stringify(part)]));
    server.jobs.set(`job${exports}`, { status: { status: 'FINISHED', chunks_available: [2, 1, 3] }, chunks });
    return { status: 200, body: { export_uuid: `job${exports}` } };
  };
  server.answers.set('GET /tags/values', () => ({
    status: 200,
    body: { values: remote.values.map((each) => ({ ...each })) },
  }));
  server.answers.set('POST /tags/values', ({ body }) => {
    const { category_name, value } = body as { category_name: string; value: string }; // As the connector sends it.
    if (remote.values.some((each) => each.value === value))
      return { status: 400, body: { error: 'duplicate' } };
    const made = { uuid: uuid(900 + remote.values.length), category_name, value };
    remote.values.push(made);
    return { status: 200, body: made };
  });
  server.answers.set('POST /tags/assets/assignments', ({ body }) => {
    const { assets, tags } = body as { assets: string[]; tags: string[] };
    for (const asset of assets)
      for (const tag of tags)
        if (!remote.assigned.some((each) => each.asset === asset && each.tag === tag))
          remote.assigned.push({ asset, tag });
    return { status: 202, body: { job_uuid: 'x' } };
  });
  for (const { id } of remote.assets)
    server.answers.set(`GET /tags/assets/${id}/assignments`, () => ({
      status: 200,
      body: {
        tags: remote.assigned.filter((each) => each.asset === id).map((each) => ({ value_uuid: each.tag })),
      },
    }));
}

function breakIt(server: ScriptedServer, fault: ConformanceFault): void {
  let left = fault === 'rate-limit' || fault === 'server-error' ? 3 : 1;
  const refuse =
    (status: number, headers: Record<string, string>) => (_asked: Asked, response: ServerResponse) => {
      left -= 1;
      if (left < 0) return false;
      response.writeHead(status, headers).end('<html>busy</html>');
      return true;
    };
  const isChunk = (asked: Asked): boolean => asked.path.includes('/chunks/');
  const rewrite = (change: (records: JsonObject[]) => JsonObject[]): void => {
    server.insteadOfAnswer = (asked, status, body, response) => {
      if (!isChunk(asked) || status !== 200 || typeof body !== 'string') return false;
      response.writeHead(200).end(JSON.stringify(change(JSON.parse(body) as JsonObject[])));
      return true;
    };
  };
  switch (fault) {
    case 'rate-limit':
      server.beforeAnswer = refuse(429, { 'retry-after': '0', 'content-type': 'text/html' });
      break;
    case 'server-error':
      server.beforeAnswer = refuse(503, { 'content-type': 'text/html' });
      break;
    case 'body-cut':
      server.insteadOfAnswer = (asked, status, body, response) => {
        if (!isChunk(asked) || status !== 200 || typeof body !== 'string' || left === 0) return false;
        left -= 1;
        response.writeHead(200, { 'content-length': String(body.length) });
        response.write(body.slice(0, body.length / 2), () => setTimeout(() => response.destroy(), 20));
        return true;
      };
      break;
    case 'commit-then-cut':
      server.insteadOfAnswer = (asked: Asked, _status: number, _body: Json | string, response) => {
        if (asked.method !== 'POST' || left === 0) return false;
        left -= 1;
        response.destroy();
        return true;
      };
      break;
    case 'duplicate-delivery':
      rewrite((records) => [...records, ...records]);
      break;
    case 'schema-drift':
      rewrite((records) =>
        records.map(({ hostnames: _gone, ...rest }, index) => ({
          ...rest,
          brand_new: { deep: [index] },
          updated_at: index,
        })),
      );
  }
}

const findingId = (finding: JsonObject): string => {
  const [asset, plugin] = [finding['asset'], finding['plugin']] as [{ uuid: string }, { id: number }]; // Seeded above.
  return `${asset.uuid}:${plugin.id}:80:tcp`;
};

async function start(): Promise<ConformanceHarness> {
  const server = await startScriptedServer();
  let remote = seeded();
  let samples = 0;
  const clearFaults = async (): Promise<void> => {
    server.beforeAnswer = () => false;
    server.insteadOfAnswer = () => false;
  };
  return {
    connect: () => server.connect(),
    async reset() {
      await clearFaults();
      remote = seeded();
      server.jobs.clear();
      behave(server, remote);
    },
    setFault: async (fault) => breakIt(server, fault),
    clearFaults,
    async remoteIds(entity: EntityType) {
      return entity === 'asset' ? remote.assets.map((each) => each.id) : remote.findings.map(findingId);
    },
    async remove(entity) {
      return entity === 'asset'
        ? (remote.assets.shift()?.id ?? '')
        : findingId(remote.findings.shift() ?? {});
    },
    touch: async () => undefined,
    async sampleCreate(): Promise<Change> {
      samples += 1;
      const fields = { category: 'Xacta System', value: `SYS-${samples}`, asset_uuids: [uuid(1), uuid(2)] };
      return { kind: 'create', idempotencyKey: `key${samples}`, fields };
    },
    findKey: () => ({ by: 'id', externalId: uuid(1) }),
    async effects(_entity, change) {
      const tags = remote.values
        .filter((each) => each.value === change.fields['value'])
        .map((each) => each.uuid);
      const assigned = remote.assigned.filter((each) => tags.includes(each.tag)).length;
      return assigned / 2;
    },
    stop: () => server.stop(),
  };
}

describeConnectorConformance({
  name: 'Tenable (scripted server)',
  declaration: tenableConnector.declaration,
  start,
});
