import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import addFormats from 'ajv-formats';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Json } from '../../platform/values/json.ts';
import { nothingStored, readOn } from '../kit/conformance/storing-reader.ts';
import { startScriptedServer, type Asked, type ScriptedServer } from './scripted-server.test-support.ts';

const folder = join(import.meta.dirname, '../../../../shared/data/specs');
const files = ['tenable-vm-openapi.json', 'tenable-platform-openapi.json'].map((name) => join(folder, name));

interface Operation {
  readonly parameters?: readonly { readonly name: string; readonly in: string }[];
  readonly requestBody?: { readonly content: Record<string, { readonly schema: object }> };
}
interface Spec {
  readonly paths: Record<string, Record<string, Operation>>;
}

describe.skipIf(!files.every((file) => existsSync(file)))(
  "the connector's requests (skipped where the vendor's OpenAPI documents are absent)",
  () => {
    let server: ScriptedServer;
    const asked: Asked[] = [];
    const checks: string[] = [];
    const signal = new AbortController().signal;

    beforeAll(async () => {
      server = await startScriptedServer();
      const asset = '2d520484-6b83-4c63-b3d0-bf094315cc0f';
      server.onStart = (_kind, nth) => {
        server.jobs.set(`j${nth}`, {
          status: { status: 'FINISHED', chunks_available: [1] },
          chunks: { 1: '[]' },
        });
        return { status: 200, body: { export_uuid: `j${nth}` } };
      };
      const say = (what: string, body: object): void =>
        void server.answers.set(what, { status: 200, body: { ...body } });
      say('GET /tags/values', { values: [] });
      say('POST /tags/values', {
        uuid: '173c3f3c-cb25-4f35-97e8-26b83f50c38d',
        category_name: 'Xacta System',
        value: 'ENT',
      });
      say('POST /tags/assets/assignments', {});
      say(`GET /tags/assets/${asset}/assignments`, {
        tags: [{ value_uuid: '173c3f3c-cb25-4f35-97e8-26b83f50c38d' }],
      });
      const connector = server.connect();
      for (const entity of ['asset', 'finding', 'compliance'] as const) {
        await readOn(connector, entity, nothingStored());
        await readOn(connector, entity, nothingStored(), { mark: '1700000000' });
      }
      const fields = { value: 'ENT', asset_uuids: [asset] };
      await connector.write('asset_tag', { kind: 'create', idempotencyKey: 'k', fields }, signal);
      const rule = '810207f8-a9de-4bc8-8b7c-3f149b12ec94';
      const stored = {
        rule_id: rule,
        resource_type: 'HOST',
        rule_value: { action: 'RECAST', severity: 'LOW', original_severity: 'HIGH' },
        filter: { and: [{ property: 'definition.id', operator: 'eq', value: '10114' }] },
        expires_at: '2030-01-01T00:00:00Z',
        created_at: '2026-01-01T00:00:00Z',
      };
      say('POST /v1/recast/rules/search', { rules: [stored] });
      say('POST /v1/recast/rules', stored);
      say(`GET /v1/recast/rules/${rule}`, stored);
      say(`PUT /v1/recast/rules/${rule}`, stored);
      await readOn(connector, 'acceptance', nothingStored());
      const wanted = {
        rule_name: 'accepted',
        expires_at: '2030-06-30T23:59:59.000Z',
        rule: { kind: 'recast', severity: 'Low', plugin_id: '10114', scope: `asset ${asset}`, port: 443 },
      };
      await connector.write('acceptance', { kind: 'create', idempotencyKey: 'k', fields: wanted }, signal);
      const withdrawn = { rule: { status: 'withdrawn', comment: 'over' } };
      await connector.write(
        'acceptance',
        { kind: 'update', externalId: rule, idempotencyKey: 'k', fields: withdrawn },
        signal,
      );
      say('GET /editor/remediation/templates', { templates: [{ uuid: 't1', name: 'advanced' }] });
      say('POST /scans/remediation', { scan: { id: 618 } });
      say('GET /scans/remediation', { scans: [], pagination: { total: 0 } });
      say('GET /scans/618/latest-status', { status: 'empty' });
      say('GET /scans/618/history', { history: [] });
      say('POST /scans/618/launch', { scan_uuid: 'u' });
      for (const settings of [
        {},
        {
          scan_template: 't1',
          scan_scanner: 'AUTO-ROUTED',
          scan_policy: 7,
          scan_credentials: `Host/Windows/${rule}`,
        },
      ]) {
        const { scans } = server.connect(settings);
        const asked = { name: 'n', description: 'd', targets: ['192.0.2.1'], pluginIds: ['10114'] };
        await scans?.create({ ...asked, idempotencyKey: 'k' }, signal);
        await scans?.find('k', signal);
        await scans?.status('618', signal);
        await scans?.launch('618', signal);
      }
      for await (const result of connector.check(signal)) checks.push(result.check);
      await writeContext(server, asset);
      // GET /session is recorded in real traffic and absent from the documents.
      asked.push(...server.asked.filter((each) => each.path !== '/session'));
    });
    afterAll(async () => {
      await server?.stop();
    });

    it('requests name paths and methods that exist, with bodies that satisfy their schemas', () => {
      // The vendor's documents. For a rule's filter they demand exactly one of two forms, neither of which requires anything: no
      // filter at all would pass, their own examples included.
      const specs = files.map(
        (file) =>
          JSON.parse(readFileSync(file, 'utf8'), (key, value: unknown) =>
            key === 'recast-rules_recastFilter' ? { anyOf: (value as { oneOf: unknown }).oneOf } : value,
          ) as Spec,
      );
      const ajv = new Ajv({ strict: false, allErrors: true });
      addFormats.default(ajv);
      for (const [index, spec] of specs.entries()) ajv.addSchema({ $id: `spec${index}`, ...spec });
      let bodies = 0;
      for (const request of asked) {
        const what = `${request.method} ${request.path}`;
        const found = specs.flatMap((spec, index) =>
          Object.keys(spec.paths)
            .filter((path) => new RegExp(`^${path.replaceAll(/\{[^}]+\}/g, '[^/]+')}$`).test(request.path))
            .filter((path) => spec.paths[path]?.[request.method.toLowerCase()] !== undefined)
            .map((path) => ({ index, path })),
        )[0];
        if (!found) throw new Error(`${what} is in no document`);
        if (request.body === undefined) continue;
        const pointer = [
          found.path,
          request.method.toLowerCase(),
          'requestBody',
          'content',
          'application/json',
          'schema',
        ]
          .map((part) => encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1')))
          .join('/');
        const validate = ajv.compile({ $ref: `spec${found.index}#/paths/${pointer}` });
        const isValid = validate(request.body);
        expect(isValid, `${what}: ${ajv.errorsText(validate.errors)}`).toBe(true);
        const schema =
          specs[found.index]?.paths[found.path]?.[request.method.toLowerCase()]?.requestBody?.content[
            'application/json'
          ]?.schema;
        expect(unknownFields(schema, request.body), `${what}: fields that the documents do not know`).toEqual(
          [],
        );
        bodies += 1;
      }
      expect(checks).toContain('tags');
      expect(asked.length).toBeGreaterThan(20);
      expect(bodies).toBe(21);
    });
  },
);

/** An attribute that is not defined yet, one that is taken off, and a rating. */
async function writeContext(server: ScriptedServer, asset: string): Promise<void> {
  const defined = [{ id: 'a1', name: 'Owner' }];
  const values = new Map([['a1', 'Rob']]);
  const answer = (what: string, act: () => Json): void =>
    void server.answers.set(what, () => ({ status: 200, body: act() }));
  answer('GET /api/v3/assets/attributes', () => ({ attributes: defined }));
  answer('POST /api/v3/assets/attributes', () => {
    defined.push({ id: 'a2', name: 'Xacta System' });
    return {};
  });
  answer(`GET /api/v3/assets/${asset}/attributes`, () => ({
    attributes: [...values].map(([id, value]) => ({ id, value })),
  }));
  answer(`PUT /api/v3/assets/${asset}/attributes/a2`, () => {
    values.set('a2', 'SYS-1');
    return {};
  });
  answer(`DELETE /api/v3/assets/${asset}/attributes/a1`, () => {
    values.delete('a1');
    return {};
  });
  answer('POST /api/v2/assets/bulk-jobs/acr', () => ({}));
  answer(`GET /assets/${asset}`, () => ({ id: asset, acr_score: 9 }));
  answer(`GET /tags/assets/${asset}/assignments`, () => ({ tags: [] }));
  const result = await server.connect().write(
    'asset_context',
    {
      kind: 'update',
      externalId: asset,
      idempotencyKey: 'k',
      fields: { attributes: { Owner: null, 'Xacta System': 'SYS-1' }, acr: { score: 9 } },
      before: { attributes: { Owner: 'Rob' } },
    },
    new AbortController().signal,
  );
  expect(result.outcome).toBe('confirmed');
}

/** Fields of the value that the schema does not name: additional ones pass a schema and are ignored by the vendor. */
function unknownFields(schema: unknown, value: unknown, at = ''): string[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [];
  const known = (schema as { properties?: Record<string, unknown> } | undefined)?.properties; // A part of the document.
  if (!known) return [];
  return Object.entries(value).flatMap(([name, inner]) =>
    name in known ? unknownFields(known[name], inner, `${at}${name}.`) : [`${at}${name}`],
  );
}
