/** Plays a story of daily life over the real engine, and holds what comes out against what must hold whatever happens. */
import { decide, findApprovals } from '../../../src/engine/approvals/approvals.ts';
import { everywhere } from '../../../src/canonical/access/actor.ts';
import { fetchConflict } from '../../../src/review/conflicts/fetch-conflict.ts';
import { findConflicts, resolveConflicts } from '../../../src/review/conflicts/resolve-conflicts.ts';
import { pauseSending } from '../../../src/review/outbox/outbox.ts';
import { editPolicies } from '../../../src/engine/policies/policies.ts';
import { recordedUuid } from '../../support/recording.ts';
import { boundaries, machines, plugins, spellings, type Event, type Grc, type Story } from './events.ts';
import { BrokenPromise, checkAtRest, checkConsent, modesOf } from './promises.ts';
import type { EverydayWorld, ServerName } from './world.ts';

export interface RemotePoam {
  readonly id: string;
  readonly system_id: string;
  readonly source: string;
  readonly status: string;
  readonly comments: string | null;
  readonly external_uid: string | null;
  readonly weakness_description: string;
}
export interface RemoteState {
  readonly poams: readonly RemotePoam[];
  readonly components: readonly {
    readonly id: string;
    readonly hostname: string | null;
    readonly system_id: string;
  }[];
}

const serverOf = { 'scanner-one': 'one', 'scanner-two': 'two' } as const;
export const stateOf = (world: EverydayWorld, at: Grc): Promise<RemoteState> =>
  world.control<RemoteState>(at, 'GET', '/state');

/** Syncs until nothing is left to do; more than so often is a sync that never comes to rest. */
const restsWithin = 4;

/** @throws BrokenPromise that says what does not hold. */
export async function playStory(world: EverydayWorld, story: Story): Promise<void> {
  await world.begin();
  await world.sync(false);
  for (const { events, full } of story) {
    for (const each of events) await carryOut(world, each);
    const before = await modesOf(world);
    await world.sync(full);
    await checkConsent(world, before);
  }
  for (let attempt = 1; ; attempt += 1) {
    await world.sync(true);
    const before = await modesOf(world);
    await world.sync(false);
    const moved = await checkAtRest(world, before);
    if (moved === undefined) return;
    if (attempt >= restsWithin) throw new BrokenPromise(moved);
  }
}

const pick = <T>(list: readonly T[], n: number): T | undefined => list[n % Math.max(1, list.length)];
const instant = (): string => new Date().toISOString();
const inDays = (n: number): string => new Date(Date.now() + n * 86_400_000).toISOString().slice(0, 10);
const severityWords = { 2: 'medium', 3: 'high', 4: 'critical' } as const;

/** What cannot be done as things are (no such record) is not done. */
async function carryOut(world: EverydayWorld, event: Event): Promise<void> {
  const edit = (at: ServerName, body: object): Promise<unknown> =>
    world.control(at, 'POST', '/edit', body).catch((error: unknown) => {
      if (!(error instanceof Error && /there is no|no asset|was deleted/.test(error.message))) throw error;
    });
  switch (event.kind) {
    case 'finding': {
      const asset = recordedUuid(serverOf[event.at], machines[event.machine] ?? '');
      const state = { open: 'OPEN', fixed: 'FIXED', 'found again': 'REOPENED' }[event.is];
      const severity = { severity: severityWords[event.severity], severity_id: event.severity };
      const times = {
        open: {},
        fixed: { last_fixed: instant() },
        'found again': { last_found: instant(), resurfaced_date: instant() },
      }[event.is];
      await edit(event.at, {
        asset,
        plugin: plugins[event.plugin],
        fields: { state, ...severity, ...times },
      });
      return;
    }
    case 'renamed': {
      const name = machines[event.machine] ?? '';
      await edit(event.at, {
        asset: recordedUuid(serverOf[event.at], name),
        fields: { hostnames: [`new-${name}`], fqdns: [`new-${name}.enterprise.example`] },
      });
      return;
    }
    case 'takes the name of': {
      const [name, other] = [machines[event.machine] ?? '', machines[event.other] ?? ''];
      await edit(event.at, {
        asset: recordedUuid(serverOf[event.at], name),
        fields: {
          hostnames: [other],
          fqdns: [`${other}.enterprise.example`],
          ipv4s: [`10.9.0.${10 + event.other}`],
        },
      });
      return;
    }
    case 'terminated':
      await edit(event.at, {
        asset: recordedUuid(serverOf[event.at], machines[event.machine] ?? ''),
        fields: { terminated_at: event.back ? null : instant() },
      });
      return;
    case 'component moves': {
      const { components } = await stateOf(world, event.at);
      const name = machines[event.machine] ?? '';
      const component = components.find((each) => each.hostname?.startsWith(name) === true);
      if (component)
        await edit(event.at, {
          entity: 'component',
          id: component.id,
          fields: { system_id: boundaries[event.boundary] },
        });
      return;
    }
    case 'removed': {
      const state = await stateOf(world, event.at);
      const record = event.what === 'poam' ? pick(state.poams, event.n) : pick(state.components, event.n);
      if (record) await edit(event.at, { entity: event.what, id: record.id, delete: true });
      return;
    }
    case 'returns':
      for (const n of [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12])
        await edit(event.at, {
          entity: event.what,
          id:
            event.what === 'poam'
              ? `POAM-2026-${String(n).padStart(4, '0')}`
              : `CMP-${String(n).padStart(4, '0')}`,
          restore: true,
        });
      return;
    case 'POA&M moves': {
      const poam = pick((await stateOf(world, event.at)).poams, event.n);
      if (poam)
        await edit(event.at, {
          entity: 'poam',
          id: poam.id,
          fields: { system_id: boundaries[event.boundary] },
        });
      return;
    }
    case 'POA&M by hand': {
      const source = spellings[event.spelled]?.(plugins[event.plugin] ?? 0) ?? '';
      await world.post(event.at, `/api/systems/${boundaries[event.boundary]}/poams`, {
        weakness_description: 'by hand',
        source,
        status: 'ongoing',
        poc: 'me',
        resources: 'r',
        scheduled_completion: inDays(20),
        milestones: [{ description: 'm', target_date: inDays(10) }],
      });
      return;
    }
    case 'POA&M status': {
      const poam = pick((await stateOf(world, event.at)).poams, event.n);
      const ended =
        event.status === 'completed' ? { actual_completion: inDays(0) } : { actual_completion: null };
      if (poam)
        await edit(event.at, { entity: 'poam', id: poam.id, fields: { status: event.status, ...ended } });
      return;
    }
    case 'edited here': {
      const rows = await world.rows<{ poam_id: string }>(
        'select poam_id from ingestion_poams order by poam_id',
      );
      const row = pick(rows, event.n);
      if (row)
        await world.rows(
          'update ingestion_poams set comments = $2, updated_at = now() where poam_id = $1',
          row.poam_id,
          event.text,
        );
      return;
    }
    case 'policy': {
      const [system] = await world.rows<{ id: number }>(
        'select id from external_systems where system_name = $1',
        event.at,
      );
      const change = {
        'approval always': { approval: {} },
        'approval never': { approval: null },
        inbound: { direction: 'inbound' as const },
        bidirectional: { direction: 'bidirectional' as const },
      }[event.says];
      await editPolicies(
        world.app.store,
        { id: system?.id ?? 0, name: event.at },
        { do: 'change', change: { entity: '*', ...change } },
        { way: 'none' },
      );
      return;
    }
    case 'paused':
    case 'resumed':
      await pauseSending(
        world.app,
        event.at,
        event.kind === 'paused' ? { by: 'soak', reason: 'soak' } : undefined,
      );
      return;
    case 'approved':
    case 'rejected': {
      const asked = (await findApprovals(world.app, { all: false }, 10)).find(
        (each) => each.system === event.at,
      );
      const [first] = asked?.content ?? [];
      if (!asked || !first) return;
      await decide(world.app, asked.approvalId, {
        approved: event.kind === 'approved',
        by: 'soak',
        reason: undefined,
        ...(event.all ? {} : { records: [first.record] }),
      });
      return;
    }
    case 'conflict settled':
      await settleOne(world, event.n, event.choice);
  }
}

async function settleOne(world: EverydayWorld, n: number, choice: number): Promise<void> {
  const conflict = pick(await findConflicts(world.app, {}, 50), n);
  if (!conflict) return;
  const { choices } = await fetchConflict(world.app, everywhere, conflict.id);
  const chosen = pick(choices, choice);
  if (!chosen || chosen.choice === 'value') return;
  await resolveConflicts(
    world.app,
    { ids: [conflict.id] },
    { choice: { keep: chosen.choice }, by: 'soak', reason: undefined, approves: everywhere },
  );
}
