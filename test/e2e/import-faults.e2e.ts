/** What one file's failure, a misspelled source or an unclear time zone comes to. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { watchFolders } from '../../src/modules/scan-files/watch-folders.ts';
import { commandOver, type CommandOutcome } from '../support/command-over.ts';
import { startTwoSystems, type TwoSystems } from '../support/two-systems.ts';

let world: TwoSystems;
let folder = '';
beforeAll(async () => {
  world = await startTwoSystems([], {
    tenable: ['--machines', '1'],
    xacta: ['--systems', '1', '--records', '1'],
  });
  folder = await mkdtemp(join(tmpdir(), 'tieline-import-'));
});
afterAll(async () => {
  await world.stop();
  await rm(folder, { recursive: true, force: true });
});

interface Outcome {
  readonly outcome: string;
  readonly counts: { readonly failed: number };
  readonly problem?: string;
}
async function take(...args: string[]): Promise<CommandOutcome & { readonly files: Outcome[] }> {
  const outcome = await commandOver(world.app, ['import', ...args]);
  return { ...outcome, files: (outcome.json ?? []) as Outcome[] };
}
async function file(name: string, content: string): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, content);
  return path;
}

const scan = (hosts: string): string =>
  `<NessusClientData_v2><Report name="r">${hosts}</Report></NessusClientData_v2>`;
const host = (name: string, day: number, inside: string): string =>
  `<ReportHost name="${name}"><HostProperties><tag name="HOST_END_TIMESTAMP">${Date.UTC(2026, 0, day) / 1000}</tag></HostProperties>${inside}</ReportHost>`;
const item = (plugin: number): string =>
  `<ReportItem port="0" svc_name="general" protocol="tcp" severity="3" pluginID="${plugin}" pluginName="Plugin ${plugin}" pluginFamily="General"/>`;

describe('a file that fails for a reason that nobody foresaw', () => {
  const poison = scan(host('poison1', 3, item(90_001)));
  beforeAll(async () => {
    await world.rows(`
      create function refuse_poison() returns trigger language plpgsql as
        $$ begin if new.file_name like 'poison%' then raise exception 'poisoned'; end if; return new; end $$`);
    await world.rows(
      'create trigger refuse_poison before insert on imported_files for each row execute function refuse_poison()',
    );
  });
  afterAll(async () => {
    await world.rows('drop trigger refuse_poison on imported_files');
  });

  it('a file that fails unexpectedly is reported with its code, and the others are imported, whatever the length of their names', async () => {
    const long = 'Quarterly Production Network Scan of building 7, all floors, 2026 Q4 (x7f3a1).nessus';
    const inbox = join(folder, 'long');
    await mkdir(inbox);
    await writeFile(join(inbox, 'poison.nessus'), poison);
    await writeFile(join(inbox, long), scan(host('long1', 3, item(90_001))));
    const { code, files } = await take(inbox, '--system', 'long names');
    expect(code).toBe(1);
    expect(files.map(({ outcome, problem }) => [outcome, problem])).toEqual([
      ['imported', undefined],
      ['refused', 'poisoned (INTERNAL)'],
    ]);
    expect(
      await world.rows(
        `select f.file_name, b.metadata ->> 'file' as file from imported_files f
           join ingestion_batches b on b.batch_id = f.operation_id where f.file_name = $1`,
        long,
      ),
    ).toEqual([{ file_name: long, file: long }]);
  });

  it('a file that fails unexpectedly does not end a watch', async () => {
    const stop = new AbortController();
    const inbox = join(folder, 'poisoned');
    await mkdir(inbox);
    await writeFile(join(inbox, 'poison.nessus'), poison);
    const outcomes: string[] = [];
    const options = {
      source: 'poisoned',
      keepPartial: false,
      signal: stop.signal,
      report: () => undefined,
      everyMs: 20,
      warn: () => undefined,
      by: 'tester',
    };
    for await (const { file: name, outcome } of watchFolders(world.app, [inbox], options)) {
      outcomes.push(`${name} ${outcome}`);
      if (outcomes.length === 1)
        await writeFile(join(inbox, 'z.nessus'), scan(host('watched9', 3, item(90_001))));
      else stop.abort();
    }
    expect(outcomes).toEqual(['poison.nessus refused', 'z.nessus imported']);
  });
});

describe('a source', () => {
  it('a scan file source whose name is nearly that of another one is made only on request', async () => {
    const path = await file('source.nessus', scan(host('source1', 3, item(90_001))));
    expect(await take(path, '--system', 'enclave seven')).toMatchObject({ code: 0 });
    const typo = await take(path, '--system', 'enclave sevne');
    expect(typo).toMatchObject({ code: 2 });
    expect(typo.err).toContain('did you mean enclave seven?');
    // Two sources have the machine now, which a person is asked about.
    expect(await take(path, '--system', 'enclave sevne', '--new-source')).toMatchObject({ code: 3 });
    expect(await take(path, '--system', 'bad/name')).toMatchObject({ code: 2 });
    expect(
      await world.rows(
        `select system_name from external_systems where system_name in ('bad/name', 'enclave sevne')`,
      ),
    ).toEqual([{ system_name: 'enclave sevne' }]);
  });

  it('a scan file source keeps the zone of its times, and imports a file again whose times were unclear', async () => {
    const columns = 'Plugin,Plugin Name,Severity,IP Address,Protocol,Port,First Discovered,Last Observed\n';
    const path = await file(
      'zone.csv',
      `${columns}90001,P,High,192.0.2.77,TCP,1,"Feb 9, 2024 10:48:42 IST","Feb 9, 2024 10:48:42 IST"\n`,
    );
    const zone = async (...args: string[]) => await take(path, '--system', 'zoned', ...args);
    expect(await zone()).toMatchObject({ code: 3, files: [{ outcome: 'imported', counts: { failed: 1 } }] });
    expect((await zone('--zone', 'Nowhere/Atall')).code).not.toBe(0);
    expect(await zone('--zone', 'Asia/Kolkata')).toMatchObject({
      code: 0,
      files: [{ counts: { failed: 0 } }],
    });
    expect(await zone()).toMatchObject({ files: [{ outcome: 'already imported' }] });
    expect(
      await world.rows(
        `select v.last_found::text as at from ingestion_vulnerabilities v
           join asset_identifiers i on i.asset_uuid = v.asset_ref and i.value = '192.0.2.77'`,
      ),
    ).toEqual([{ at: '2024-02-09 05:18:42' }]);
  });
});
