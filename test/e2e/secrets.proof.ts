import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connectorModules } from '../../src/main/connectors.ts';
import { tieline, type CommandOutcome } from '../support/command.ts';
import { startTwoSystems, type TwoSystems } from '../support/two-systems.ts';

let world: TwoSystems;
const outcomes: CommandOutcome[] = [];

beforeAll(async () => {
  world = await startTwoSystems([], {
    tenable: ['--machines', '12'],
    xacta: ['--systems', '3'],
  });
  const run = async (...args: string[]): Promise<void> => {
    outcomes.push(
      await tieline([...args, '--log-level', 'trace'], {
        ...world.environment(),
        TIELINE_REQUEST_ATTEMPTS: '2',
      }),
    );
  };
  await run('sync', 'run');
  await run('systems', 'list', '--json');
  await run('systems', 'check', 'tenable');
  await run('systems', 'check', 'xacta', '--json');
  await run('sync', 'status');
  await run('ops', 'list', '--json');
  // And when it goes wrong: refused keys, a server that fails, a database that refuses.
  await world.rows(
    `update external_systems set api_base_url = replace(api_base_url, '127.0.0.1', 'localhost')`,
  );
  await world.control('xacta', 'PUT', '/faults', [{ kind: 'server-error', status: 500 }]);
  await run('sync', 'run');
  await run('systems', 'check', 'xacta');
  await world.control('xacta', 'DELETE', '/faults');
  const wrong = new URL(world.environment()['DATABASE_URL'] ?? '');
  wrong.port = '1';
  outcomes.push(await tieline(['sync', 'status'], { ...world.environment(), DATABASE_URL: wrong.href }));
});
afterAll(async () => {
  await world.stop();
});

describe('no secret', () => {
  it('no secret is printed or logged by the commands, also when they fail', () => {
    const printed = outcomes.map((outcome) => outcome.out + outcome.err).join('\n');
    expect(outcomes.some((outcome) => outcome.code === 1)).toBe(true);
    expect(printed.length).toBeGreaterThan(1000);
    for (const [name, secret] of Object.entries(world.secrets()))
      expect(printed.includes(secret), name).toBe(false);
    expect(printed).not.toMatch(/Bearer |accessKey=/);
  });

  it('no secret is in any table of the database', async () => {
    const tables = await world.rows(
      `select quote_ident(table_name) as name from information_schema.tables where table_schema = 'public' and table_type = 'BASE TABLE'`,
    );
    expect(tables.length).toBeGreaterThan(50);
    for (const { name } of tables)
      for (const [what, secret] of Object.entries(world.secrets())) {
        const [hit] = await world.rows(
          `select count(*)::int as n from ${String(name)} t where position($1 in to_jsonb(t)::text) > 0`,
          secret,
        );
        expect(hit, `${what} in ${String(name)}`).toEqual({ n: 0 });
      }
  });

  it('no secret is needed to read what api_call_logs keeps: path without query, status and time of every call', async () => {
    const [row] = await world.rows(
      `select count(*)::int as calls, count(*) filter (where endpoint like '%?%')::int as queries, count(operation_id)::int as tied from api_call_logs`,
    );
    expect(row).toMatchObject({ queries: 0 });
    expect(Number(row?.['calls'])).toBeGreaterThan(100);
    expect(Number(row?.['tied'])).toBeGreaterThan(100);
  });

  it('no secret is stored in the clear: every secret setting of every connector is sealed', async () => {
    const systems = await world.rows('select system_type, connection_config from external_systems');
    for (const { system_type, connection_config } of systems)
      for (const { name } of connectorModules.get(String(system_type))?.declaration.secrets ?? []) {
        const stored = (connection_config as Record<string, unknown>)[name];
        expect(
          stored === undefined || (typeof stored === 'object' && stored !== null && '$secret' in stored),
          name,
        ).toBe(true);
      }
  });

  it('no secret is lost when the master key is rotated', async () => {
    const next = Buffer.alloc(32, 7).toString('base64');
    const rotated = await tieline(['secrets', 'rotate', '--json'], {
      ...world.environment(),
      TIELINE_NEW_MASTER_KEY: next,
    });
    expect(rotated).toMatchObject({ code: 0 });
    expect(JSON.parse(rotated.out)).toMatchObject({ secrets: 3 });
    expect(
      await world.rows(
        `select outcome from security_events_extended where object_id = 'secrets rotate' order by id`,
      ),
    ).toEqual([{ outcome: 'attempted' }, { outcome: 'success' }]);
    expect((await tieline(['systems', 'check', 'tenable'], world.environment())).code).toBe(2);
    expect(
      (await tieline(['systems', 'check', 'tenable'], { ...world.environment(), TIELINE_MASTER_KEY: next }))
        .code,
    ).toBe(0);
  });
});
