import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Ajv } from 'ajv';
import addFormats from 'ajv-formats';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startSimulatorProcess, type SimulatorProcess } from '../kit/simulator-process.test-support.ts';

const folder = join(import.meta.dirname, '../../../shared/data/specs');
const files = ['tenable-vm-openapi.json', 'tenable-platform-openapi.json'].map((name) => join(folder, name));
const headers = {
  'X-ApiKeys': 'accessKey=simulator-access;secretKey=simulator-secret',
  'content-type': 'application/json',
};

interface Spec {
  readonly paths: Record<
    string,
    | Record<
        string,
        | {
            readonly responses: Record<
              string,
              { readonly content?: Record<string, { readonly schema?: object }> }
            >;
          }
        | undefined
      >
    | undefined
  >;
}

/**
 * Where the schema and recorded reality differ, reality is simulated (decision 0020): these
 * places of an answer are not held to the schema.
 */
const differsFromReality = [
  /\/indexed$/, // an integer in the schema, an ISO text in recorded traffic
  /\/xrefs(\/|$)/, // texts in the schema, {type, id} in recorded traffic
  /\/system_types?$/, // one word of a list in the schema, lists (with router, switch) in recorded traffic and the vendor's own example
  /\/exports\/\d+\/filters$/, // an object in the schema, JSON text in its own example
  /^$/, // the list of templates: a list in the schema, an object around it in its own example
];

/** Assets of version 1 come with nulls where the schema knows no null; and then no branch of its `oneOf` fits. */
const isNull = (answer: unknown, pointer: string): boolean =>
  pointer
    .split('/')
    .slice(1)
    .reduce<unknown>(
      (at, key) => (typeof at === 'object' && at !== null ? (at as Record<string, unknown>)[key] : undefined),
      answer,
    ) === null;

const asset = async (simulator: SimulatorProcess): Promise<string> => {
  const started = (await (
    await fetch(`${simulator.url}/assets/export`, { method: 'POST', headers, body: '{"chunk_size":100}' })
  ).json()) as { export_uuid: string };
  await delay(300);
  const chunk = (await (
    await fetch(`${simulator.url}/assets/export/${started.export_uuid}/chunks/1`, { headers })
  ).json()) as { id: string }[];
  return chunk[0]?.id ?? '';
};

describe.skipIf(!files.every((file) => existsSync(file)))(
  "the simulator's answers (skipped where the vendor's OpenAPI documents are absent)",
  () => {
    let simulator: SimulatorProcess;
    beforeAll(async () => {
      simulator = await startSimulatorProcess('tenable');
    });
    afterAll(async () => {
      await simulator.stop();
    });

    it('satisfy the schemas of the documents, but for what recorded traffic contradicts', async () => {
      const specs = files.map((file) => JSON.parse(readFileSync(file, 'utf8')) as Spec); // the vendor's documents
      const ajv = new Ajv({ strict: false, allErrors: true });
      addFormats.default(ajv);
      for (const [index, spec] of specs.entries()) ajv.addSchema({ $id: `spec${index}`, ...spec });
      const faults: string[] = [];
      let held = 0;

      /** Calls an endpoint and holds the answer to the schema of its status. */
      async function call<T>(
        method: string,
        template: string,
        names: Readonly<Record<string, string | number>> = {},
        body?: unknown,
      ): Promise<T> {
        const path = template.replaceAll(/\{(\w+)\}/g, (_all, name: string) => String(names[name]));
        const response = await fetch(`${simulator.url}${path}`, {
          method,
          headers,
          ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        });
        const answer = (await response.json()) as T;
        for (const [index, spec] of specs.entries()) {
          const answers = spec.paths[template]?.[method.toLowerCase()]?.responses;
          // A success may be documented as 200 where 202 comes, or the other way round.
          const status = [String(response.status), '200', '202'].find((each) => answers?.[each]?.content);
          const [type] = Object.keys((status === undefined ? undefined : answers?.[status]?.content) ?? {});
          if (
            status === undefined ||
            type === undefined ||
            answers?.[status]?.content?.[type]?.schema === undefined
          )
            continue;
          const pointer = [
            'paths',
            template,
            method.toLowerCase(),
            'responses',
            status,
            'content',
            type,
            'schema',
          ].map((part) => encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1')));
          const validate = ajv.getSchema(`spec${index}#/${pointer.join('/')}`);
          held += 1;
          if (validate?.(answer) === false)
            for (const error of validate.errors ?? [])
              if (
                error.keyword !== 'oneOf' &&
                !isNull(answer, error.instancePath) &&
                !differsFromReality.some((place) => place.test(error.instancePath))
              )
                faults.push(
                  `${method} ${template} ${error.instancePath.replaceAll(/\/\d+/g, '/*')}: ${error.message ?? ''}`,
                );
        }
        return answer;
      }

      const uuid = await asset(simulator);
      for (const [kind, body] of [
        [
          'vulns',
          { num_assets: 50, filters: { since: 1_000_000_019, state: ['OPEN', 'REOPENED', 'FIXED'] } },
        ],
        ['assets', { chunk_size: 1000 }],
        ['compliance', { num_findings: 50, filters: { since: 1_000_000_019 } }],
      ] as const) {
        const { export_uuid } = await call<{ export_uuid: string }>('POST', `/${kind}/export`, {}, body);
        await delay(300);
        const names = { export_uuid, chunk_id: 1 };
        await call('GET', `/${kind}/export/{export_uuid}/status`, names);
        await call('GET', `/${kind}/export/status`);
        await call('GET', `/${kind}/export/{export_uuid}/chunks/{chunk_id}`, names);
        await call('POST', `/${kind}/export/{export_uuid}/cancel`, names);
      }
      await call('GET', '/server/status');
      await call('GET', '/server/properties');
      const { uuid: value } = await call<{ uuid: string }>(
        'POST',
        '/tags/values',
        {},
        { category_name: 'Xacta System', value: 'SYS-1' },
      );
      await call('GET', '/tags/values');
      await call('GET', '/tags/categories');
      await call('POST', '/tags/assets/assignments', {}, { action: 'add', assets: [uuid], tags: [value] });
      await delay(50);
      await call('GET', '/tags/assets/{asset_uuid}/assignments', { asset_uuid: uuid });
      const type = { type: 'remediation' };
      const { templates } = await call<{ templates: { uuid: string }[] }>(
        'GET',
        '/editor/{type}/templates',
        type,
      );
      const settings = { name: 'again', description: 'd', text_targets: '192.0.2.1' };
      const { scan } = await call<{ scan: { id: number } }>(
        'POST',
        '/scans/remediation',
        {},
        { uuid: templates[0]?.uuid, settings, enabled_plugins: ['10114'] },
      );
      const scan_id = { scan_id: scan.id };
      await call('GET', '/scans/remediation');
      await call('GET', '/scans/{scan_id}/latest-status', scan_id);
      await call('POST', '/scans/{scan_id}/launch', scan_id, {});
      await call('GET', '/scans/{scan_id}/latest-status', scan_id);

      await call('POST', '/api/v3/assets/attributes', {}, { attributes: [{ name: 'Owner' }] });
      const { attributes } = await call<{ attributes: { id: string }[] }>('GET', '/api/v3/assets/attributes');
      const names = { asset_id: uuid, attribute_id: attributes[0]?.id ?? '' };
      const ofAsset = '/api/v3/assets/{asset_id}/attributes';
      await call('PUT', `${ofAsset}/{attribute_id}`, names, { value: 'Rob' });
      expect(await call('GET', ofAsset, names)).toMatchObject({ attributes: [{ value: 'Rob' }] });
      expect(await call('GET', '/assets/{asset_uuid}', { asset_uuid: uuid })).toMatchObject({ id: uuid });

      expect([...new Set(faults)]).toEqual([]);
      expect(held).toBeGreaterThanOrEqual(20);
    });
  },
);
