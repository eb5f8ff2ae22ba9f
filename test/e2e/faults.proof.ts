/**
 * Each fault in turn during a sync: it ends right, or with a clear error and goes on later; in the end the database and
 * both simulators are as after an undisturbed run.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TielineError } from '../../src/platform/errors/tieline-error.ts';
import { endStateOf, type EndState } from '../support/end-state.ts';
import { startTwoSystems, type SimulatorName, type TwoSystems } from '../support/two-systems.ts';

let world: TwoSystems;
let undisturbed: EndState;
beforeAll(async () => {
  world = await startTwoSystems([], { tenable: ['--machines', '6'], xacta: ['--systems', '1'] });
  await world.sync();
  undisturbed = await endStateOf(world);
});
afterAll(async () => {
  await world.stop();
});

interface Disturbance {
  readonly name: string;
  readonly at: SimulatorName;
  readonly faults?: readonly object[];
  /** An edit of the simulator that brings the mishap about. */
  readonly edit?: object;
}

const chunk = { path: '/chunks/' };
const post = { method: 'POST', path: '/poams$' };

const disturbances: readonly Disturbance[] = [
  { name: 'slow answers of Tenable', at: 'tenable', faults: [{ kind: 'delay', ms: 40 }] },
  { name: 'slow answers of Xacta', at: 'xacta', faults: [{ kind: 'delay', ms: 15 }] },
  {
    name: 'a storm of 429 at Tenable',
    at: 'tenable',
    faults: [{ kind: 'rate-limit', retryAfterSeconds: 0, probability: 0.5, seed: 1 }],
  },
  {
    name: 'a storm of 429 at Xacta',
    at: 'xacta',
    faults: [{ kind: 'rate-limit', retryAfterSeconds: 0, probability: 0.3, seed: 1 }],
  },
  { name: 'nothing but 429 at Xacta', at: 'xacta', faults: [{ kind: 'rate-limit', retryAfterSeconds: 0 }] },
  {
    name: 'server errors at Tenable now and then',
    at: 'tenable',
    faults: [{ kind: 'server-error', status: 503, probability: 0.4, seed: 2 }],
  },
  {
    name: 'server errors at Xacta now and then',
    at: 'xacta',
    faults: [{ kind: 'server-error', status: 502, probability: 0.2, seed: 2 }],
  },
  {
    name: 'nothing but server errors at Tenable',
    at: 'tenable',
    faults: [{ kind: 'server-error', status: 500 }],
  },
  {
    name: 'a chunk of findings cut in the middle',
    at: 'tenable',
    faults: [{ kind: 'cut-body', afterBytes: 50_000, times: 2, match: { path: '/vulns/.*/chunks/' } }],
  },
  {
    name: 'chunks that are always cut',
    at: 'tenable',
    faults: [{ kind: 'cut-body', afterBytes: 9000, match: chunk }],
  },
  {
    name: 'pages of Xacta cut in the middle',
    at: 'xacta',
    faults: [{ kind: 'cut-body', afterBytes: 300, probability: 0.3, seed: 3, match: { method: 'GET' } }],
  },
  {
    name: 'connections cut before Xacta looks at the request',
    at: 'xacta',
    faults: [{ kind: 'cut-before', probability: 0.2, seed: 4 }],
  },
  {
    name: 'POA&Ms that Xacta takes and does not answer',
    at: 'xacta',
    faults: [{ kind: 'commit-cut', probability: 0.3, seed: 5, match: post }],
  },
  {
    name: 'POA&Ms that Xacta takes and never answers',
    at: 'xacta',
    faults: [{ kind: 'commit-cut', times: 30, match: post }],
  },
  {
    name: 'POA&Ms whose answer is cut',
    at: 'xacta',
    faults: [{ kind: 'cut-body', afterBytes: 40, times: 10, match: post }],
  },
  {
    name: 'tags that Tenable sets and does not answer',
    at: 'tenable',
    faults: [{ kind: 'commit-cut', times: 4, match: { method: 'POST', path: '^/tags/' } }],
  },
  {
    name: 'a start of an export that is not answered',
    at: 'tenable',
    faults: [{ kind: 'commit-cut', times: 2, match: { method: 'POST', path: '/export$' } }],
  },
  { name: 'chunks delivered twice', at: 'tenable', faults: [{ kind: 'duplicate' }] },
  { name: 'pages delivered twice', at: 'xacta', faults: [{ kind: 'duplicate' }] },
  {
    name: 'a clock of Tenable that is an hour ahead',
    at: 'tenable',
    faults: [{ kind: 'clock-skew', seconds: 3600 }],
  },
  {
    name: 'a clock of Xacta that is an hour behind',
    at: 'xacta',
    faults: [{ kind: 'clock-skew', seconds: -3600 }],
  },
  { name: 'an export that fails', at: 'tenable', edit: { nextExport: 'error' } },
  { name: 'an export that somebody cancels', at: 'tenable', edit: { nextExport: 'cancelled' } },
  {
    name: 'an export that finishes without one of its chunks',
    at: 'tenable',
    edit: { nextExport: 'chunk-failed', kind: 'vulns' },
  },
  {
    name: 'an export of assets that fails in a chunk',
    at: 'tenable',
    edit: { nextExport: 'chunk-failed', kind: 'assets' },
  },
  { name: 'an export whose chunks expire', at: 'tenable', edit: { nextExport: 'expired' } },
];

/** Syncs until it ends well, as a person (or a schedule) would; an error on the way must be one of the registry's. */
async function syncThrough(): Promise<TielineError[]> {
  const errors: TielineError[] = [];
  for (let attempt = 1; attempt <= 3; attempt += 1) {
    try {
      await world.sync();
      return errors;
    } catch (error) {
      if (!(error instanceof TielineError)) throw error;
      errors.push(error);
      await world.control('tenable', 'DELETE', '/faults');
      await world.control('xacta', 'DELETE', '/faults');
    }
  }
  throw errors.at(-1) ?? new Error('no error');
}

describe('a sync through', () => {
  it.each(disturbances)('a sync through $name ends like an undisturbed one', async ({ at, faults, edit }) => {
    await world.beginAgain();
    if (faults) await world.control(at, 'PUT', '/faults', faults);
    if (edit) await world.control(at, 'POST', '/edit', edit);
    const errors = await syncThrough();
    expect(errors.every((error) => error.entry.retryable)).toBe(true);
    await world.control(at, 'DELETE', '/faults');
    expect(await endStateOf(world)).toEqual(undisturbed);
  });

  it('a second sync after a fault finds nothing to write', async () => {
    expect(await world.sync()).toMatchObject({ written: 0, recordsHeld: 0, recordsFailed: 0 });
  });
});

describe('a change of the schema', () => {
  const drift = (entity: string, field: string, mode: string) => ({
    kind: 'schema-drift',
    entity,
    field,
    mode,
  });
  it.each([
    {
      at: 'tenable',
      what: 'an asset field that is missing',
      faults: [drift('asset', 'has_agent', 'missing')],
      held: 'none',
    },
    {
      at: 'tenable',
      what: 'a finding without its port',
      faults: [drift('finding', 'port', 'missing')],
      held: 'findings',
    },
    {
      at: 'tenable',
      what: 'a state of the wrong type',
      faults: [drift('finding', 'state', 'wrong-type')],
      held: 'findings',
    },
    {
      at: 'tenable',
      what: 'a new field of findings',
      faults: [drift('finding', 'quantum_score', 'extra')],
      held: 'none',
    },
    {
      at: 'xacta',
      what: 'a system whose name is of the wrong type',
      faults: [drift('system', 'name', 'wrong-type')],
      held: 'systems',
    },
    {
      at: 'xacta',
      what: 'a POA&M without its status',
      faults: [drift('poam', 'status', 'missing')],
      held: 'read POA&Ms',
    },
    {
      at: 'xacta',
      what: 'a new field of components',
      faults: [drift('component', 'colour', 'extra')],
      held: 'none',
    },
  ] as const)(
    '($what) loses nothing: what cannot be taken in is held, and comes in when the schema is right again',
    async ({ at, faults, held }) => {
      const rowsOf = (name: string): readonly { poam_id?: string }[] =>
        undisturbed[name] as { poam_id?: string }[]; // of the end state's queries
      const least = {
        none: 0,
        findings: rowsOf('findings').length,
        systems: rowsOf('systems').length,
        'read POA&Ms': rowsOf('poams').filter((row) => !row.poam_id?.startsWith('TL-')).length,
      };
      await world.beginAgain();
      await world.control(at, 'PUT', '/faults', faults);
      const drifted = await world.sync();
      expect(drifted.recordsFailed).toBeGreaterThanOrEqual(least[held]);
      const [reasons] = await world.rows(
        `select count(*)::int as n, count(error_message)::int as explained, count(raw_data)::int as kept from ingestion_errors where error_type <> 'waits'`,
      );
      expect(reasons).toEqual({
        n: drifted.recordsFailed,
        explained: drifted.recordsFailed,
        kept: drifted.recordsFailed,
      });
      await world.control(at, 'DELETE', '/faults');
      await world.sync({ full: true });
      const { plugins: _drifted, findings, ...state } = await endStateOf(world);
      const { plugins: _plain, findings: plainFindings, ...plain } = undisturbed;
      expect({ ...state, findings }).toEqual({ ...plain, findings: plainFindings });
    },
  );
});
