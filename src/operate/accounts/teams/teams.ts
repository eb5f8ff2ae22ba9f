/** Teams: people who look after some boundaries together. A team gives no right; work and tasks are given to it by name. */
import type { Kysely } from 'kysely';
import { byPerson } from '../../../canonical/vocabulary/index.ts';
import { recordChanges, withDecision } from '../../../ledger/operations/index.ts';
import { type FieldFault, TielineError } from '../../../platform/errors/index.ts';
import type { Database } from '../../../platform/postgres/index.ts';
import type { JsonObject } from '../../../platform/values/index.ts';
import type { AccountsApp } from '../accounts-app.ts';
import {
  countGiven,
  deleteTeam,
  findPeople,
  findSystems,
  findTeamId,
  insertTeam,
  isNameTaken,
  listTeams,
  type Team,
  type TeamRow,
  updateTeam,
} from './teams.sql.ts';

export interface TeamWish {
  readonly name: string;
  readonly mail: string | null;
  readonly systemIds: readonly string[];
  /** Names of accounts. */
  readonly members: readonly string[];
}

const unknownTeam = (wanted: string): TielineError =>
  new TielineError('RECORD_UNKNOWN', `There is no team ${wanted}.`);

const mailPattern = /^[^\s@]+@[^\s@]+$/;

/** @throws TielineError USAGE with a fault for each field. */
async function rowOf(db: Kysely<Database>, id: string | null, wish: TeamWish): Promise<TeamRow> {
  const faults: FieldFault[] = [];
  const name = wish.name.trim();
  if (!/^[\p{L}\p{N}][\p{L}\p{N} ._&-]{1,99}$/u.test(name))
    faults.push({ field: 'name', message: 'has from 2 to 100 letters, digits, spaces and . _ & -' });
  else if (await isNameTaken(db, name, id))
    faults.push({ field: 'name', message: `there is an account or a team ${name} already` });
  const mail = wish.mail?.trim() ?? '';
  if (mail !== '' && (mail.length > 255 || !mailPattern.test(mail)))
    faults.push({ field: 'mail', message: `"${mail}" is no mail address` });
  const people = await findPeople(db, wish.members);
  for (const member of wish.members)
    if (!people.has(member.toLowerCase()))
      faults.push({ field: 'members', message: `there is no person ${member}` });
  const known = await findSystems(db, wish.systemIds);
  for (const systemId of wish.systemIds)
    if (!known.has(systemId)) faults.push({ field: 'systemIds', message: `there is no system ${systemId}` });
  if (faults.length > 0) throw new TielineError('USAGE', 'The team was not saved.', { fields: faults });
  return {
    name,
    mail: mail === '' ? null : mail,
    systemIds: [...new Set(wish.systemIds)],
    memberIds: [...new Set(people.values())],
  };
}

const valueOf = ({ name, mail, systemIds, members }: Team): JsonObject => ({
  name,
  mail,
  systems: [...systemIds],
  members: members.map((each) => each.name),
});

async function journal(
  db: Kysely<Database>,
  operationId: string,
  change: { readonly before: Team | undefined; readonly after: Team | undefined; readonly by: string },
): Promise<void> {
  const { before, after, by } = change;
  await recordChanges(db, { systemId: null, operationId }, [
    {
      entity: 'team',
      entityId: (after ?? before)?.id ?? '',
      field: 'team',
      before: before ? valueOf(before) : null,
      after: after ? valueOf(after) : null,
      direction: 'internal',
      decidedBy: byPerson(by),
    },
  ]);
}

/** @param wanted name or id. @throws TielineError RECORD_UNKNOWN. */
export async function fetchTeam({ db }: Pick<AccountsApp, 'db'>, wanted: string): Promise<Team> {
  const id = await findTeamId(db, wanted);
  const team = id === undefined ? undefined : (await listTeams(db, id))[0];
  if (!team) throw unknownTeam(wanted);
  return team;
}

/** @throws TielineError USAGE. */
export async function addTeam(
  { store, now }: Pick<AccountsApp, 'store' | 'now'>,
  wish: TeamWish,
  by: { readonly name: string },
): Promise<Team> {
  return store.transaction(async ({ db }) => {
    const row = await rowOf(db, null, wish);
    return withDecision(db, { system: 'tieline', step: 'add a team' }, async (operationId) => {
      const id = await insertTeam(db, row, { name: by.name, at: now() });
      const after = await fetchTeam({ db }, id);
      await journal(db, operationId, { before: undefined, after, by: by.name });
      return after;
    });
  });
}

/** What is absent stays. @param wanted name or id. @throws TielineError RECORD_UNKNOWN, USAGE. */
export async function changeTeam(
  { store }: Pick<AccountsApp, 'store'>,
  wanted: string,
  change: Partial<TeamWish>,
  by: { readonly name: string },
): Promise<Team> {
  return store.transaction(async ({ db }) => {
    const before = await fetchTeam({ db }, wanted);
    const row = await rowOf(db, before.id, {
      name: change.name ?? before.name,
      mail: change.mail === undefined ? before.mail : change.mail,
      systemIds: change.systemIds ?? before.systemIds,
      members: change.members ?? before.members.map((each) => each.name),
    });
    return withDecision(db, { system: 'tieline', step: 'change a team' }, async (operationId) => {
      await updateTeam(db, before.id, row);
      const after = await fetchTeam({ db }, before.id);
      await journal(db, operationId, { before, after, by: by.name });
      return after;
    });
  });
}

/** A team to which work was ever given stays, for the history of that work. @throws TielineError RECORD_UNKNOWN, USAGE. */
export async function removeTeam(
  { store }: Pick<AccountsApp, 'store'>,
  wanted: string,
  by: { readonly name: string },
): Promise<Team> {
  return store.transaction(async ({ db }) => {
    const team = await fetchTeam({ db }, wanted);
    const given = await countGiven(db, team.id);
    if (given > 0)
      throw new TielineError('USAGE', `The team ${team.name} was not removed.`, {
        fields: [{ field: 'team', message: `${given} findings and tasks were given to it` }],
        remedy:
          'Give its open work to another, and take its members out: nobody can be given work through it then.',
      });
    return withDecision(db, { system: 'tieline', step: 'remove a team' }, async (operationId) => {
      await deleteTeam(db, team.id);
      await journal(db, operationId, { before: team, after: undefined, by: by.name });
      return team;
    });
  });
}
