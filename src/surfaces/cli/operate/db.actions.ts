/** `db check|migrate|checksum|grants|remove`. */
import { shownText } from '../../../platform/errors/index.ts';
import {
  checkDatabase,
  checksumDatabase,
  listGrants,
  migrateDatabase,
  removeFromDatabase,
  showMigration,
} from '../../../operate/database/index.ts';
import { defined } from '../../../platform/values/index.ts';
import type { CommandContext, GlobalFlags } from '../kit/command-context.ts';
import { fittedTable } from '../kit/fitted-table.ts';
import { checkLines, migrationLines, removalLines } from './db.view.ts';
import { lockPatienceMs } from './lock-patience.ts';

interface CheckFlags extends GlobalFlags {
  readonly schema?: string;
  readonly quick: boolean;
  readonly countLimit: number;
}

export async function check(context: CommandContext, flags: CheckFlags): Promise<void> {
  const options = {
    ...defined({ schema: flags.schema }),
    countRows: !flags.quick,
    countLimitMs: flags.countLimit * 1000,
  };
  const found = await context.host.withDatabase(flags, (access) => checkDatabase(access, options));
  if (flags.json) context.printJson('databaseCheck', found);
  else for (const line of checkLines(found, context.width)) context.print(line);
  if (!found.canMigrate) context.result.exitCode = 1;
}

interface MigrateFlags extends GlobalFlags {
  readonly dryRun: boolean;
  readonly schema?: string;
  readonly accept: string[];
  readonly verify: boolean;
  readonly patience: number;
}

export async function migrate(context: CommandContext, flags: MigrateFlags): Promise<void> {
  if (flags.dryRun) {
    const sql = await context.host.withDatabase(flags, (access) => showMigration(access, flags.schema));
    if (flags.json) context.printJson('migrationSql', { sql });
    else context.printWhole(sql);
    return;
  }
  const options = {
    ...defined({ schema: flags.schema }),
    accept: flags.accept,
    verify: flags.verify,
    lockTimeoutMs: flags.patience * 1000,
    log: (line: string) => void context.host.terminal.err.write(`${shownText(line)}\n`),
  };
  const result = await context.host.withDatabase(flags, (access) => migrateDatabase(access, options));
  if (flags.json) context.printJson('databaseMigration', result);
  else for (const line of migrationLines(result, context.width)) context.print(line);
}

export async function checksum(context: CommandContext, flags: GlobalFlags): Promise<void> {
  const sums = await context.host.withDatabase(flags, (access) => checksumDatabase(access));
  if (flags.json) context.printJson('tableChecksums', sums);
  else
    context.print(
      fittedTable(
        ['TABLE', 'ROWS', 'CHECKSUM'],
        sums.map((sum) => [`${sum.schema}.${sum.table}`, sum.rows.toLocaleString('en-US'), sum.checksum]),
        context.width,
      ),
    );
}

export async function grants(
  context: CommandContext,
  flags: GlobalFlags & { readonly role: string; readonly reader?: string },
): Promise<void> {
  const roles = { service: flags.role, ...defined({ reader: flags.reader }) };
  const lines = await context.host.withDatabase(flags, (access) => listGrants(access, roles));
  if (flags.json) context.printJson('databaseGrants', { statements: lines });
  else for (const line of lines) context.printWhole(line);
}

export async function remove(
  context: CommandContext,
  flags: GlobalFlags & { readonly confirm?: string },
): Promise<void> {
  const options = { ...defined({ confirm: flags.confirm }), patienceMs: lockPatienceMs };
  const removal = await context.host.withDatabase(flags, (access) => removeFromDatabase(access, options));
  const { removed, plan, database } = removal;
  if (flags.json)
    context.printJson('databaseRemoval', {
      removed,
      database,
      statements: plan.statements,
      dependents: plan.dependents,
    });
  else for (const line of removalLines(removal)) context.print(line);
}
