/** Carries one event of a life out: at the scanner, in the GRC system, or as a person here. What cannot be done as things are is not done. */
import { Readable } from 'node:stream';
import { type Actor, everywhere, type Role } from '../../../src/canonical/access/index.ts';
import {
  keepEvidence,
  readRequest,
  requestDeviation,
  withdrawDeviation,
} from '../../../src/modules/deviations/index.ts';
import { decideRequest } from '../../../src/modules/requests/index.ts';
import { TielineError } from '../../../src/platform/errors/index.ts';
import { undoOperation } from '../../../src/review/operations/index.ts';
import { fetchConflict } from '../../../src/review/conflicts/fetch-conflict.ts';
import { findConflicts, resolveConflicts } from '../../../src/review/conflicts/resolve-conflicts.ts';
import {
  completePoam,
  extendPoam,
  moveMilestone,
  reopenPoam,
  setLifeSettings,
} from '../../../src/review/records/index.ts';
import { recordedUuid } from '../../support/recording.ts';
import { boundaries, machines, plugins, type Event } from './events.ts';
import type { LifeWorld, Server } from './world.ts';

export interface RemoteMilestone {
  readonly id: string;
  readonly description: string;
  readonly target_date: string | null;
  readonly status: string | null;
  readonly comments: string | null;
}
export interface RemotePoam {
  readonly id: string;
  readonly system_id: string;
  readonly source: string;
  readonly status: string;
  readonly comments: string | null;
  readonly external_uid: string | null;
  readonly scheduled_completion: string | null;
  readonly completion_date: string | null;
  readonly risk_rating: string | null;
  readonly deviation_rationale: string | null;
  readonly milestones: readonly RemoteMilestone[];
}
export interface RemoteState {
  readonly poams: readonly RemotePoam[];
  readonly components: readonly {
    readonly id: string;
    readonly hostname: string | null;
    readonly system_id: string;
  }[];
}

const acting = (name: string, ...roles: readonly Role[]): Actor => ({
  principalId: name,
  name,
  kind: 'person',
  grants: roles.map((role) => ({ gives: { role }, scope: everywhere })),
});
/** Ann asks, Dee decides. */
const ann = acting('Ann', 'analyst', 'isso');
const dee = acting('Dee', 'isso', 'issm', 'ao');

const dayMs = 86_400_000;
export const pick = <T>(list: readonly T[], n: number): T | undefined => list[n % Math.max(1, list.length)];
const dayOf = (world: LifeWorld, days: number): string =>
  new Date(world.app.now().getTime() + days * dayMs).toISOString().slice(0, 10);
const assetAt = (machine: number): string => recordedUuid('one', machines[machine] ?? '');
const severityWords = { 2: 'medium', 3: 'high', 4: 'critical' } as const;

/** What a person is refused is refused for a reason; anything else that is thrown is a fault. */
const refusals = new Set([
  'EDIT_REFUSED',
  'DEVIATION_INCOMPLETE',
  'DEVIATION_OVER',
  'RECORD_UNKNOWN',
  'NOT_ALLOWED',
  'APPROVAL_MOVED',
  'APPROVAL_OWN',
  'APPROVAL_ROLE',
  'APPROVAL_UNKNOWN',
]);
export async function unlessRefused(work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof TielineError && refusals.has(error.code))) throw error;
  }
}

export const stateAt = (world: LifeWorld): Promise<RemoteState> =>
  world.control<RemoteState>('grc', 'GET', '/state');

async function edit(world: LifeWorld, at: Server, body: object): Promise<void> {
  await world.control(at, 'POST', '/edit', body).catch((error: unknown) => {
    if (!(error instanceof Error && /there is no|no asset|was deleted/.test(error.message))) throw error;
  });
}

/** A scan of a machine: what its scanner then says of it. */
async function scan(world: LifeWorld, machine: number, credentials: boolean): Promise<string> {
  const at = world.app.now().toISOString();
  await edit(world, 'scanner', {
    asset: assetAt(machine),
    fields: {
      last_seen: at,
      last_scan_time: at,
      ...(credentials ? { last_authenticated_scan_date: at } : {}),
    },
  });
  return at;
}

/** The POA&Ms that Tieline made, in an order that does not depend on the clock. */
async function ours(world: LifeWorld, n: number): Promise<string | undefined> {
  const rows = await world.rows<{ poam_id: string }>(
    `select poam_id from ingestion_poams where ingestion_source = 'tieline' order by poam_id`,
  );
  return pick(rows, n)?.poam_id;
}
const theirs = async (world: LifeWorld, n: number): Promise<RemotePoam | undefined> =>
  pick(
    (await stateAt(world)).poams.filter(({ external_uid }) => external_uid !== null),
    n,
  );

type Of<K extends Event['kind']> = Extract<Event, { readonly kind: K }>;

async function atScanner(
  world: LifeWorld,
  event: Of<'fixed' | 'found again' | 'seen again' | 'severity' | 'scanned' | 'machine'>,
): Promise<void> {
  const asset = assetAt(event.machine);
  switch (event.kind) {
    case 'scanned':
      await scan(world, event.machine, event.credentials);
      return;
    case 'machine': {
      const at = event.is === 'back' ? null : world.app.now().toISOString();
      const fields =
        event.is === 'deleted'
          ? { deleted_at: at }
          : { terminated_at: at, ...(at ? {} : { deleted_at: null }) };
      await edit(world, 'scanner', { asset, fields });
      return;
    }
    case 'severity': {
      const fields = { severity: severityWords[event.severity], severity_id: event.severity };
      await edit(world, 'scanner', { asset, plugin: plugins[event.plugin], fields });
      return;
    }
    case 'fixed':
    case 'found again':
    case 'seen again': {
      const at = await scan(world, event.machine, event.credentials);
      const fields = {
        fixed: { state: 'FIXED', last_fixed: at },
        'found again': { state: 'REOPENED', last_found: at, resurfaced_date: at },
        'seen again': { state: 'OPEN', last_found: at },
      }[event.kind];
      await edit(world, 'scanner', { asset, plugin: plugins[event.plugin], fields });
    }
  }
}

async function atGrc(
  world: LifeWorld,
  event: Of<'component moves' | 'component' | 'status there' | 'date there' | 'milestone there'>,
): Promise<void> {
  switch (event.kind) {
    case 'component moves': {
      const { components } = await stateAt(world);
      const name = machines[event.machine] ?? '';
      const component = components.find(({ hostname }) => hostname?.startsWith(name) === true);
      const fields = { system_id: boundaries[event.boundary] };
      if (component) await edit(world, 'grc', { entity: 'component', id: component.id, fields });
      return;
    }
    case 'component': {
      const { components } = await stateAt(world);
      const component = components.find(({ hostname }) =>
        hostname?.startsWith(machines[event.machine] ?? ''),
      );
      if (event.is === 'removed') {
        if (component) await edit(world, 'grc', { entity: 'component', id: component.id, delete: true });
      } else
        for (const n of [1, 2, 3, 4, 5, 6, 7, 8])
          await edit(world, 'grc', {
            entity: 'component',
            id: `CMP-${String(n).padStart(4, '0')}`,
            restore: true,
          });
      return;
    }
    case 'status there': {
      const poam = await theirs(world, event.n);
      const actual = event.status === 'completed' ? dayOf(world, 0) : null;
      const fields = { status: event.status, completion_date: actual };
      if (poam) await edit(world, 'grc', { entity: 'poam', id: poam.id, fields });
      return;
    }
    case 'date there': {
      const poam = await theirs(world, event.n);
      const fields = { scheduled_completion: dayOf(world, event.days) };
      if (poam) await edit(world, 'grc', { entity: 'poam', id: poam.id, fields });
      return;
    }
    case 'milestone there': {
      const milestone = (await theirs(world, event.n))?.milestones[0];
      const fields = event.done
        ? { status: 'completed', completion_date: dayOf(world, 0) }
        : { target_date: dayOf(world, event.days) };
      if (milestone) await edit(world, 'grc', { entity: 'milestone', id: milestone.id, fields });
    }
  }
}

async function deviate(world: LifeWorld, event: Of<'deviation asked'>): Promise<void> {
  const poam = await ours(world, event.n);
  if (poam === undefined) return;
  const assets = await world.rows<{ asset: string }>(
    'select asset_uuid::text as asset from ingestion_poam_assets where poam_id = $1 order by 1 limit 1',
    poam,
  );
  const until = dayOf(world, event.days);
  const file = await keepEvidence(world.app, ann, Readable.from([Buffer.from(`proof of ${poam}`)]));
  const details = {
    risk_acceptance: { conditions: 'stays behind the firewall' },
    false_positive: { proof: 'the package is patched' },
    risk_adjustment: {
      vectorBefore: 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H',
      vectorAfter: 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H/MAV:A',
      explanations: { MAV: 'no way in from outside' },
      mitigation: 'a firewall',
    },
    vendor_dependency: { product: 'p', vendor: 'v', contact: 'c', checkedIn: dayOf(world, 0) },
    operational_requirement: { impact: 'stops the plant', acceptedBecause: 'no other way' },
  }[event.of];
  await unlessRefused(async () =>
    requestDeviation(
      world.app,
      ann,
      everywhere,
      readRequest({
        kind: event.of,
        poam,
        ...(event.wholePoam ? {} : { assets: assets.map(({ asset }) => asset) }),
        rationale: 'replaced soon',
        details,
        ...(event.of === 'vendor_dependency' ? {} : { until }),
        ...(event.of === 'risk_adjustment' ? { adjustedSeverity: 'Medium' } : {}),
        ...(event.of === 'operational_requirement'
          ? { compensatingControls: 'a guard', reviewOn: until }
          : {}),
        ...(event.of === 'false_positive' ? { evidence: [{ sha256: file.sha256, name: 'proof.txt' }] } : {}),
      }),
    ),
  );
}

async function decide(world: LifeWorld, event: Of<'request'>): Promise<void> {
  const open = await world.rows<{ id: string }>(
    `select approval_id::text as id from approvals where status = 'pending' and subject_kind is not null order by requested_at, requested_action, approval_id`,
  );
  const asked = pick(open, event.n);
  if (!asked) return;
  const approved = event.is === 'approved';
  // Several levels may have to agree.
  for (let level = 0; level < 3; level += 1)
    await unlessRefused(() =>
      decideRequest(world.app, dee, everywhere, {
        id: asked.id,
        approved,
        reason: approved ? undefined : 'no',
      }),
    );
}

async function settle(world: LifeWorld, { n, choice }: Of<'conflict settled'>): Promise<void> {
  const conflict = pick(await findConflicts(world.app, {}, 50), n);
  if (!conflict) return;
  const { choices } = await fetchConflict(world.app, everywhere, conflict.id);
  const chosen = pick(choices, choice);
  if (!chosen || chosen.choice === 'value') return;
  await resolveConflicts(
    world.app,
    { ids: [conflict.id] },
    { choice: { keep: chosen.choice }, by: 'Dee', reason: undefined, approves: everywhere },
  );
}

async function byPerson(
  world: LifeWorld,
  event: Of<'completed here' | 'reopened here' | 'extended here' | 'milestone moved here'>,
): Promise<void> {
  const { app } = world;
  const poamId = await ours(world, event.n);
  if (poamId === undefined) return;
  switch (event.kind) {
    case 'completed here':
      await unlessRefused(() => completePoam(app, dee, everywhere, { poamId, reason: 'it is done' }));
      return;
    case 'reopened here':
      await unlessRefused(() => reopenPoam(app, dee, everywhere, { poamId, reason: 'it is not done' }));
      return;
    case 'extended here': {
      const to = dayOf(world, event.days);
      await unlessRefused(() => extendPoam(app, ann, everywhere, { poamId, reason: 'more time', to }));
      return;
    }
    case 'milestone moved here': {
      const [milestone] = await world.rows<{ id: string }>(
        'select id::text as id from ingestion_poam_milestones where poam_id = $1 order by id limit 1',
        poamId,
      );
      const due = dayOf(world, event.days);
      if (milestone)
        await unlessRefused(() =>
          moveMilestone(app, dee, everywhere, { id: milestone.id, due, reason: 'later' }),
        );
    }
  }
}

export async function carryOut(world: LifeWorld, event: Event): Promise<void> {
  switch (event.kind) {
    case 'days pass':
      return world.pass(event.days);
    case 'fixed':
    case 'found again':
    case 'seen again':
    case 'severity':
    case 'scanned':
    case 'machine':
      return atScanner(world, event);
    case 'fixed everywhere':
    case 'found everywhere': {
      const { plugin, credentials } = event;
      const kind = event.kind === 'fixed everywhere' ? 'fixed' : 'found again';
      for (const machine of machines.keys()) await atScanner(world, { kind, machine, plugin, credentials });
      return;
    }
    case 'component moves':
    case 'component':
    case 'status there':
    case 'date there':
    case 'milestone there':
      return atGrc(world, event);
    case 'completed here':
    case 'reopened here':
    case 'extended here':
    case 'milestone moved here':
      return byPerson(world, event);
    case 'deviation asked':
      return deviate(world, event);
    case 'request':
      return decide(world, event);
    case 'conflict settled':
      return settle(world, event);
    case 'comment': {
      if (event.side === 'there') {
        const poam = await theirs(world, event.n);
        if (poam) await edit(world, 'grc', { entity: 'poam', id: poam.id, fields: { comments: event.text } });
        return;
      }
      const poam = await ours(world, event.n);
      await world.rows(
        'update ingestion_poams set comments = $2, updated_at = tieline_now() where poam_id = $1',
        poam,
        event.text,
      );
      return;
    }
    case 'deviation withdrawn': {
      const living = await world.rows<{ id: number }>(
        `select id from deviations where state in ('requested', 'approved') order by id`,
      );
      const id = pick(living, event.n)?.id;
      if (id !== undefined)
        await unlessRefused(() =>
          withdrawDeviation(world.app, { actor: ann, scope: everywhere }, { id, reason: 'not needed' }),
        );
      return;
    }
    case 'undone': {
      const [latest] = await world.rows<{ id: string }>(
        `select batch_id::text as id from ingestion_batches
          where operation_type = $1 and parent_operation_id is null and status <> 'in_progress' order by id desc limit 1`,
        event.what,
      );
      if (latest)
        await undoOperation(world.app, latest.id, { by: 'Dee', reason: 'a mistake', planOnly: false });
      return;
    }
    case 'settings': {
      const { closeAfter, reopenDays, contradiction } = event;
      const acceptUntil = contradiction === 'accept' ? dayOf(world, 30) : null;
      await unlessRefused(() =>
        setLifeSettings(world.app, dee, everywhere, {
          boundary: boundaries[event.boundary] ?? '',
          set: { closeAfter, closeDays: 5, reopenDays, contradiction, acceptUntil },
        }),
      );
    }
  }
}
