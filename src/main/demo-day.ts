/**
 * What a day leaves behind in the demo: edits of both sides that disagree, changes that wait for approval in two systems, one that Xacta
 * refuses, a connection whose keys have expired, schedules, and a scan file from a network without a connection. All of it is done as
 * people do it, by the product's own use cases; the other side is edited as another user of it would.
 */
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { randomUUID } from 'node:crypto';
import { type Actor, everywhere, localOperator } from '../canonical/access/index.ts';
import { poamList } from '../canonical/lists/index.ts';
import { addSystem, fetchSystem } from '../engine/connections/index.ts';
import { editPolicies } from '../engine/policies/index.ts';
import type { App } from '../engine/run/index.ts';
import { evaluateAlerts } from '../modules/alerts/index.ts';
import { takeDueMetrics } from '../modules/metrics/index.ts';
import { askForReport, makeReport } from '../modules/reports/index.ts';
import { decideRequest } from '../modules/requests/index.ts';
import { planPoamFile } from '../modules/poam-files/index.ts';
import { importFiles } from '../modules/scan-files/index.ts';
import { actorOf, addAccount, giveGrant } from '../operate/accounts/index.ts';
import { keepCommandImport } from '../operate/imports/index.ts';
import { setSchedule } from '../operate/worker/index.ts';
import { TielineError } from '../platform/errors/index.ts';
import { parseFilter } from '../platform/lists/index.ts';
import { type JsonObject, Secret } from '../platform/values/index.ts';
import { listPoams, type PoamRow } from '../record/poams/index.ts';
import { keepNewPlan } from '../review/plans/index.ts';
import { editRecord, extendPoam } from '../review/records/index.ts';
import { syncWhatCanBe } from '../runs/sync/index.ts';
import { demoPoamFile, writeDemoScanFile } from './demo-files.ts';

export interface DemoDay {
  readonly tenableUrl: string;
  readonly xactaUrl: string;
  readonly signal: AbortSignal;
}

const dayMs = 86_400_000;
const moved = (day: string | null, days: number): string =>
  new Date(Date.parse(day ?? new Date().toISOString()) + days * dayMs).toISOString().slice(0, 10);

const owners = ['Martin Okafor', 'Grace Lindholm', 'Daniel Reyes', 'Priya Raman', 'Tomas Brandt'];

/** Gives each system of the simulated Xacta its own security officer, who owns its POA&Ms: before the first sync. */
export async function nameOwners(xactaUrl: string): Promise<void> {
  const state = await fetch(`${xactaUrl}/__control/state`);
  const { systems = [] } = (await state.json()) as { systems?: readonly { readonly id: string }[] }; // our own simulator's
  for (const [index, { id }] of systems.entries())
    await editThere(xactaUrl, {
      entity: 'system',
      id,
      fields: { information_system_security_officer: owners[index % owners.length] ?? '' },
    });
}

const editThere = (xactaUrl: string, edit: JsonObject, signal?: AbortSignal): Promise<unknown> =>
  fetch(`${xactaUrl}/__control/edit`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(edit),
    ...(signal ? { signal } : {}),
  });

/** Open POA&Ms of Xacta, by the system, the ones due last first: these leave room to move a date. */
async function openPoams(app: App): Promise<Map<string, PoamRow[]>> {
  const now = app.now();
  const { items } = await listPoams(app.db, everywhere, {
    filter: parseFilter(poamList.filters, [['open', 'yes']], now),
    sort: { by: 'due', descending: true },
    limit: 500,
    now,
  });
  return Map.groupBy(
    items.filter(({ remoteId, systemId }) => remoteId !== null && systemId !== null),
    ({ systemId }) => systemId ?? '',
  );
}

async function personOf(app: App, name: string): Promise<Actor> {
  const actor = await actorOf(app, name);
  if (!actor) throw new TielineError('INTERNAL', `The demo has no person ${name}.`);
  return actor;
}

const sync = async (app: App, { signal }: DemoDay): Promise<unknown> =>
  syncWhatCanBe(app, { systems: ['xacta'], entities: [], full: false }, { signal, report: () => undefined });

interface Editing {
  readonly here: (poam: PoamRow, changes: JsonObject, reason: string) => Promise<unknown>;
  readonly there: (poam: PoamRow, fields: JsonObject) => Promise<unknown>;
  /** Puts a date off by so many days: asked for, and agreed to by those who decide. */
  readonly putOff: (poam: PoamRow, days: number, reason: string) => Promise<unknown>;
  /** The same, and nobody has agreed yet. */
  readonly askToPutOff: (poam: PoamRow, days: number, reason: string) => Promise<string | null>;
}

/** Who agrees to extensions beside the authorizing official: nobody agrees to what they asked for. */
async function makeDeputy(app: App): Promise<Actor> {
  const name = 'l.brandt';
  const origin = { way: 'local', actor: localOperator('demo') } as const;
  const deputy = { kind: 'person', name, displayName: 'Lena Brandt' } as const;
  await addAccount(app, deputy, origin);
  await giveGrant(app, name, { gives: { role: 'isso' }, scope: everywhere }, origin);
  return personOf(app, name);
}

async function editing(app: App, { xactaUrl, signal }: DemoDay): Promise<Editing> {
  const isso = await personOf(app, 'm.okafor');
  const deciders = [await makeDeputy(app), await personOf(app, 'r.whitfield')];
  const askToPutOff: Editing['askToPutOff'] = async ({ poamId, due }, days, reason) => {
    const move = { poamId, to: moved(due, days), reason };
    return (await extendPoam(app, isso, everywhere, move)).approvalId;
  };
  return {
    askToPutOff,
    putOff: async (poam, days, reason) => {
      const id = await askToPutOff(poam, days, reason);
      if (id === null) return;
      for (const decider of deciders)
        await decideRequest(app, decider, everywhere, { id, approved: true, reason: 'Agreed.' });
    },
    here: (poam, changes, reason) =>
      editRecord(app, isso, everywhere, {
        entity: 'poam',
        id: poam.poamId,
        changes,
        reason,
      }),
    there: (poam, fields) => editThere(xactaUrl, { entity: 'poam', id: poam.remoteId, fields }, signal),
  };
}

/** Three that both sides edited, and one that Xacta does not take: its date comes before its last milestone. */
async function disagree({ here, there, putOff }: Editing, poams: readonly PoamRow[]): Promise<void> {
  const [date, owner, comment, early] = poams;
  if (date) {
    await putOff(date, 30, 'The maintenance window was moved.');
    await there(date, { scheduled_completion: moved(date.due, 45) });
  }
  if (owner) {
    await here(owner, { poc: 'Grace Lindholm' }, 'Handed over to the platform team.');
    await there(owner, { poc: 'Daniel Reyes' });
  }
  if (comment) {
    await here(comment, { comments: 'Patch tested in the lab; rollout begins on Monday.' }, 'Weekly review.');
    await there(comment, { comments: 'Waiting for the vendor to confirm the fixed version.' });
  }
  if (early)
    await here(early, { scheduled_completion: moved(early.due, -10) }, 'The owner promised an earlier date.');
}

/** Dates that are put off wait for an approver, in each of two systems. */
async function waitForApproval(
  app: App,
  edit: Editing,
  systems: readonly (readonly PoamRow[])[],
): Promise<void> {
  const { id } = await fetchSystem(app, 'xacta');
  await editPolicies(
    app.store,
    { id, name: 'xacta' },
    { do: 'change', change: { entity: 'poam', approval: { fields: ['scheduled_completion', 'status'] } } },
    { way: 'local', actor: localOperator('demo') },
  );
  for (const poams of systems)
    for (const poam of poams.slice(0, 3)) await edit.putOff(poam, 60, 'The vendor’s fix comes later.');
}

/** Two POA&Ms with a new owner, and a plan that says what the next sync would do with them. */
async function keepAPlan(
  app: App,
  edit: Editing,
  { signal }: DemoDay,
  poams: readonly PoamRow[],
): Promise<void> {
  for (const poam of poams.slice(0, 2))
    await edit.here(poam, { poc: 'Grace Lindholm' }, 'Handed over to the platform team.');
  const only = { systems: ['xacta'], entities: [], full: false };
  await keepNewPlan(app, await personOf(app, 'm.okafor'), only, { signal, report: () => undefined });
}

/** A scanner whose keys were revoked: its card says so, and what to do. */
async function expiredConnection(app: App, { tenableUrl, signal }: DemoDay): Promise<void> {
  await addSystem(app, {
    type: 'tenable',
    name: 'tenable-lab',
    url: tenableUrl,
    settings: {},
    secrets: { access_key: new Secret(randomUUID()), secret_key: new Secret(randomUUID()) },
  });
  const only = { systems: ['tenable-lab'], entities: [], full: false };
  await syncWhatCanBe(app, only, { signal, report: () => undefined }).catch((error: unknown) => {
    if (!(error instanceof TielineError) || error.code !== 'REMOTE_UNAUTHORIZED') throw error;
  });
}

async function schedule(app: App): Promise<void> {
  const usual = { entities: [], full: false, jitterSeconds: 60, enabled: true };
  await setSchedule(app, { ...usual, system: 'xacta', name: 'xacta-hourly', cron: '15 * * * *' });
  await setSchedule(app, { ...usual, system: 'tenable', name: 'tenable-nightly', cron: '30 2 * * *' });
}

async function carriedOver(app: App, { signal }: DemoDay): Promise<void> {
  const file = join(tmpdir(), `plant-network-weekly-${randomUUID().slice(0, 4)}.nessus`);
  await writeDemoScanFile(file, new Date(app.now().getTime() - 2 * dayMs));
  try {
    const outcomes = await importFiles(app, [file], {
      source: 'plant-network',
      newSource: true,
      keepPartial: false,
      signal,
      report: () => undefined,
    });
    const by = { by: 'a.lindqvist', source: 'plant-network' };
    for (const outcome of outcomes)
      await keepCommandImport(app, by, { ...outcome, file: basename(outcome.file) });
  } finally {
    await rm(file, { force: true });
  }
}

/** A plan of the plant's POA&Ms, in the boundary with the fewest of them: shown, and not yet approved; one row of it is held. */
async function bringPoams(app: App, boundary: string): Promise<void> {
  const brought = {
    name: 'plant-network-poam.json',
    bytes: demoPoamFile(new Date(app.now().getTime() - dayMs)),
    boundary,
    newBoundary: undefined,
    source: undefined,
    acceptMissing: false,
    way: 'command',
  } as const;
  await planPoamFile(app, brought, { name: 'a.lindqvist', scope: everywhere });
}

/** The metrics of the day with their history, and a POA&M workbook and a monthly summary of the system with the most to do. */
async function numbersAndAReport(
  app: App,
  { signal }: DemoDay,
  boundary: string | null | undefined,
): Promise<void> {
  await takeDueMetrics(app, signal);
  if (boundary === null || boundary === undefined) return;
  const actor = await personOf(app, 's.haddad');
  for (const template of ['fedramp-poam', 'executive-summary']) {
    const { id } = await askForReport(
      app,
      { actor, scope: everywhere },
      { template, parameters: { boundary } },
    );
    await makeReport(app, id, { signal, note: () => undefined });
  }
}

/** Leaves something to do on each page. @returns what, in a line for each. */
export async function liveADay(app: App, day: DemoDay): Promise<string[]> {
  const edit = await editing(app, day);
  const bySystem = [...(await openPoams(app)).values()].toSorted((a, b) => b.length - a.length);
  const [first = [], second = []] = bySystem;
  await disagree(edit, first);
  await sync(app, day);
  await waitForApproval(app, edit, [first.slice(4), second]);
  const [asked] = second.slice(3);
  if (asked) await edit.askToPutOff(asked, 30, 'The spare part arrives in a month.');
  await sync(app, day);
  await carriedOver(app, day);
  const smallest = bySystem.at(-1)?.[0]?.systemId;
  if (smallest) await bringPoams(app, smallest);
  await keepAPlan(app, edit, day, first.slice(7));
  await schedule(app);
  await expiredConnection(app, day);
  await evaluateAlerts(app, { heavy: true }); // the worker's first evaluation would come a minute after the pages
  await numbersAndAReport(app, day, first[0]?.systemId);
  return [
    'a conflict of a date, of an owner and of a comment, and a change that Xacta refused',
    'later dates that wait for approval, in two systems',
    'a plan of the next sync, to read and to apply',
    'machines that may be one, and machines in no system',
    'a scan file from a network without a connection, and a file of its POA&Ms that waits for approval',
    'a connection whose keys have expired (tenable-lab), and schedules for the others',
    'alerts about what passed a threshold',
    'metrics with a year of history, a FedRAMP POA&M workbook, and a monthly summary on paper',
  ];
}
