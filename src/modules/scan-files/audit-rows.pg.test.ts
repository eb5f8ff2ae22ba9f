/** Rows of Security Center with audit results among them: what is stored. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cloneDatabase, type ClonedDatabase } from '../../../test/support/database.ts';
import { tenableScConnector } from '../../connectors/tenable-sc/connector.ts';
import { analysisRecord } from '../../connectors/tenable-sc/rows.ts';
import type { JsonObject } from '../../platform/values/json.ts';
import { insertSystem } from '../../ledger/external-systems/external-systems.sql.ts';
import { beginOperation } from '../../ledger/operations/operations.sql.ts';
import {
  SeenPlugins,
  openComplianceSink,
  openFindingSink,
  withResultsAmong,
} from '../scanner-records/bulk-sinks.ts';
import { mapperFrom } from '../../engine/inbound/mapper.ts';

const mapperOf = mapperFrom(tenableScConnector.declaration.mappings);
let database: ClonedDatabase;
let source: { systemId: number; operationId: string };
beforeAll(async () => {
  database = await cloneDatabase();
  const system = await insertSystem(database.db, {
    name: 'sc',
    type: 'tenable_sc',
    url: 'https://sc.example',
    config: {},
  });
  source = {
    systemId: system?.id ?? 0,
    operationId: await beginOperation(database.db, { type: 'import', system: 'sc', step: 'finding' }),
  };
});
afterAll(async () => {
  await database[Symbol.asyncDispose]();
});

const row = (more: JsonObject): JsonObject => ({
  ip: '10.0.0.5',
  repository: { id: '1' },
  port: '0',
  protocol: 'TCP',
  severity: { id: '3', name: 'High' },
  family: { id: '1', name: 'General', type: 'active' },
  firstSeen: '1740900000',
  lastSeen: '1740996000',
  ...more,
});
const audit = { id: '0', name: 'N/A', type: 'compliance' };

describe('a page of Security Center', () => {
  it('a page of Security Center turns audit checks into results, from their text, elements or severity, and not into findings', async () => {
    const rows = [
      row({ pluginID: '12345', pluginName: 'A weakness' }),
      row({
        pluginID: '1001234',
        pluginName: 'SRG-OS-000023 - The banner must be displayed',
        family: audit,
        pluginText: '<plugin_output>"SRG-OS-000023" : [FAILED]\n\nActual Value: none\n</plugin_output>',
        xref: 'CCI #CCI-000048,800-53 #AC-8,CAT #II',
        solution: 'Set the banner.',
      }),
      row({
        pluginID: '1001235',
        pluginName: '1.1 First',
        pluginText:
          '<cm:compliance-check-name>1.1 First</cm:compliance-check-name><cm:compliance-result>PASSED</cm:compliance-result><cm:compliance-audit-file>a.audit</cm:compliance-audit-file><cm:compliance-actual-value>a &lt; b</cm:compliance-actual-value>',
      }),
      // Without a number that says so, and without a text.
      row({
        pluginID: '21156',
        pluginName: '1.2 Second',
        family: audit,
        severity: { id: '0', name: 'Info' },
      }),
    ];
    const { counts, held } = await database.store.transaction(async (tx) => {
      const known = { seenPlugins: new SeenPlugins(), assetAliases: new Map<string, string>() };
      const sink = withResultsAmong(
        await openFindingSink(tx, { ...source, verifies: true }, mapperOf, known),
        () => openComplianceSink(tx, source, mapperOf, known.assetAliases),
      );
      for (const each of rows) await sink.add(analysisRecord(each, 'cumulative', undefined));
      return sink.finish();
    });
    expect(held).toEqual([]);
    expect(counts).toMatchObject({ read: 4, created: 4, failed: 0 });
    const { rows: findings } = await database.pool.query(
      'select plugin_id::text from ingestion_vulnerabilities',
    );
    expect(findings).toEqual([{ plugin_id: '12345' }]);
    const { rows: results } = await database.pool.query(
      'select audit_file, check_name, status, actual_value, control_references, solution from compliance_results order by plugin_id',
    );
    expect(results).toEqual([
      expect.objectContaining({
        check_name: 'SRG-OS-000023 - The banner must be displayed',
        status: 'failed',
        actual_value: 'none',
        control_references: ['CCI|CCI-000048', '800-53|AC-8', 'CAT|II'],
        solution: 'Set the banner.',
      }),
      expect.objectContaining({ audit_file: 'a.audit', status: 'passed', actual_value: 'a < b' }),
      expect.objectContaining({ check_name: '1.2 Second', status: 'passed' }),
    ]);
  });
});
