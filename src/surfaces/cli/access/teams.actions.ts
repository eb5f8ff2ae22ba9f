/** `teams list|add|change|remove`. */
import { addTeam, changeTeam, listTeams, removeTeam, type Team } from '../../../operate/accounts/index.ts';
import { shownText } from '../../../platform/errors/index.ts';
import { defined } from '../../../platform/values/index.ts';
import { decider } from '../kit/account.ts';
import type { CommandContext, GlobalFlags } from '../kit/command-context.ts';
import { fittedTable } from '../kit/fitted-table.ts';
import type { DecisionFlags } from '../kit/flags.ts';

export async function list(context: CommandContext, flags: GlobalFlags): Promise<void> {
  const teams = await context.host.withApp(flags, ({ db }) => listTeams(db));
  if (flags.json) context.printJson('teams', teams);
  else if (teams.length === 0) context.print('No team yet. Add one: tieline teams add NAME --member ACCOUNT');
  else
    context.print(
      fittedTable(
        ['TEAM', 'MEMBERS', 'SYSTEMS', 'MAIL', 'OPEN WORK'],
        teams.map(({ name, members, systemIds, mail, work }) => [
          shownText(name),
          members.map((each) => shownText(each.name)).join(', ') || 'nobody',
          systemIds.join(', ') || '–',
          shownText(mail ?? '–'),
          `${work.findings} findings, ${work.tasks} tasks`,
        ]),
        context.width,
      ),
    );
}

interface TeamFlags extends DecisionFlags {
  readonly name?: string;
  readonly mail?: string;
  readonly system?: string[];
  readonly member?: string[];
}

const changeIn = ({ name, mail, system, member }: TeamFlags) =>
  defined({
    name,
    mail: mail === undefined ? undefined : mail === 'none' ? null : mail,
    systemIds: system,
    members: member,
  });

function say(context: CommandContext, flags: GlobalFlags, team: Team, what: string): void {
  if (flags.json) context.printJson('team', team);
  else context.print(`The team ${shownText(team.name)} ${what}.`);
}

export async function add(
  context: CommandContext,
  flags: TeamFlags,
  [name]: readonly [string],
): Promise<void> {
  const wish = { mail: null, systemIds: [], members: [], ...changeIn(flags), name };
  const team = await context.host.withApp(flags, (app) => addTeam(app, wish, { name: decider(flags).by }));
  say(context, flags, team, 'was added');
}

export async function change(
  context: CommandContext,
  flags: TeamFlags,
  [wanted]: readonly [string],
): Promise<void> {
  const team = await context.host.withApp(flags, (app) =>
    changeTeam(app, wanted, changeIn(flags), { name: decider(flags).by }),
  );
  say(context, flags, team, 'was changed');
}

export async function remove(
  context: CommandContext,
  flags: DecisionFlags,
  [wanted]: readonly [string],
): Promise<void> {
  const team = await context.host.withApp(flags, (app) =>
    removeTeam(app, wanted, { name: decider(flags).by }),
  );
  say(context, flags, team, 'was removed');
}
