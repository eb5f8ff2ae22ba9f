/**
 * One load in a process of its own, so that its memory is its own. BENCH: JSON of {databaseUrl, kind, files, systemId}. Prints
 * seconds, seconds of CPU and the peak resident set as JSON.
 */
import { randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import type { App } from '../src/engine/run/app.ts';
import { SeenPlugins, openAssetSink, openFindingSink } from '../src/modules/scanner-records/bulk-sinks.ts';
import { importFiles } from '../src/modules/scan-files/import-files.ts';
import { mapperFrom } from '../src/engine/inbound/mapper.ts';
import { PagesInOrder } from '../src/engine/inbound/pages-in-order.ts';
import type { Sink } from '../src/record/entities/sink.ts';
import { recordsOfJsonArray } from '../src/platform/http/json-array.ts';
import { RepeatedObjects } from '../src/platform/http/repeated-objects.ts';
import { openScanFiles } from '../src/connectors/nessus/open-scan-files.ts';
import { scanFileReader } from '../src/connectors/nessus/reader.ts';
import { tenableConnector } from '../src/connectors/tenable/connector.ts';
import { scalarText } from '../src/platform/values/json.ts';
import { Secret } from '../src/platform/values/secret.ts';
import { openDatabase } from '../src/platform/postgres/database.ts';
import { beginOperation } from '../src/ledger/operations/operations.sql.ts';
import type { Tx } from '../src/platform/postgres/store.ts';

interface Work {
  readonly databaseUrl: string;
  readonly kind: 'assets' | 'findings' | 'nessus' | 'parse';
  readonly files: readonly string[];
  readonly systemId: number;
}

const work = JSON.parse(process.env['BENCH'] ?? '{}') as Work;
const database = await openDatabase(new Secret(work.databaseUrl));
const mapperOf = mapperFrom(tenableConnector.declaration.mappings);
const operationId = await beginOperation(database.db, {
  type: 'import',
  system: 'tenable',
  step: randomUUID(),
});
const source = { systemId: work.systemId, operationId };
const seenPlugins = new SeenPlugins();

const pages = new PagesInOrder();
const plugins = new RepeatedObjects('plugin');
/** As the import of an entity does: while a chunk is merged the next one is staged. */
async function loadChunk(file: string, open: (tx: Tx) => Promise<Sink>): Promise<void> {
  await pages.begin((turn) =>
    database.store.transaction(async (tx) => {
      const sink = await open(tx);
      const bytes = createReadStream(file, { highWaterMark: 256 * 1024 });
      for await (const raw of recordsOfJsonArray(bytes, { repeated: plugins }))
        await sink.add({ externalId: scalarText(raw['id'] ?? ''), raw });
      await sink.stage?.();
      await turn();
      await sink.finish();
    }),
  );
}

const started = performance.now();
let items = 0;
switch (work.kind) {
  case 'assets':
    for (const file of work.files)
      await loadChunk(file, (tx) =>
        openAssetSink(
          tx,
          { ...source, policies: [], echo: undefined, systemType: 'tenable', ownsIdentity: true },
          mapperOf,
        ),
      );
    break;
  case 'findings':
    for (const file of work.files)
      await loadChunk(file, (tx) =>
        openFindingSink(tx, { ...source, verifies: false }, mapperOf, {
          seenPlugins,
          assetAliases: new Map(),
        }),
      );
    break;
  case 'nessus': {
    // What the import asks of the product: its database and the reader.
    const app = {
      db: database.db,
      store: database.store,
      scanFiles: scanFileReader,
      now: () => new Date(),
    } as unknown as App;
    const outcomes = await importFiles(app, work.files, {
      source: 'scan files',
      keepPartial: false,
      signal: new AbortController().signal,
      report: () => undefined,
    });
    items = outcomes.reduce((sum, each) => sum + each.items, 0);
    break;
  }
  case 'parse':
    for (const path of work.files)
      for await (const file of openScanFiles(path))
        for await (const event of file.events()) if (event.type === 'item') items += 1;
}
await pages.settle();
const seconds = (performance.now() - started) / 1000;
await database.close();
const { user, system } = process.cpuUsage();
console.log(
  JSON.stringify({
    seconds,
    items,
    peakMegabytes: Math.round(process.resourceUsage().maxRSS / 1024),
    cpuSeconds: (user + system) / 1e6,
  }),
);
