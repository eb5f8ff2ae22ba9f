/** `tokens …`: by which programs use the API. */
import { X509Certificate } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { allPermissions } from '../../../canonical/access/index.ts';
import {
  findTokens,
  localOrigin,
  makeToken,
  revokeToken,
  type TokenRow,
} from '../../../operate/accounts/index.ts';
import { TielineError } from '../../../platform/errors/index.ts';
import { defined } from '../../../platform/values/index.ts';
import { accountName } from '../kit/account.ts';
import type { CommandContext, GlobalFlags } from '../kit/command-context.ts';
import { fittedTable } from '../kit/fitted-table.ts';
import { oneOf } from '../kit/flags.ts';
import { dayText, minuteText } from '../kit/instants.ts';
import { type PlaceFlags, scopeFrom } from './access-options.ts';
import { placeText } from './grants.view.ts';

interface MakeFlags extends GlobalFlags, PlaceFlags {
  readonly name: string;
  readonly permission?: readonly string[];
  readonly from?: readonly string[];
  readonly days: number;
  readonly certificate?: string;
}

export async function make(
  context: CommandContext,
  flags: MakeFlags,
  [owner]: readonly [string],
): Promise<void> {
  const { name, days, from: addresses } = flags;
  const permissions = flags.permission?.map(oneOf('permission', allPermissions));
  const certificate = flags.certificate === undefined ? undefined : fingerprintOf(flags.certificate);
  const asked = { name, days, scope: scopeFrom(flags), ...defined({ permissions, addresses, certificate }) };
  const made = await context.host.withApp(flags, (app) =>
    makeToken(app, owner, asked, localOrigin(accountName())),
  );
  if (flags.json) {
    context.printJson('tokenMade', made);
    return;
  }
  context.print(
    `Token ${made.row.id} of ${made.row.principal}, valid until ${dayText(made.row.expiresAt)}. It is shown only now:`,
  );
  context.printWhole(made.token);
  if (made.row.certificateSha256 !== null)
    context.print('It is refused where the program does not show that certificate.');
}

/** Of a PEM file; what is no file is taken for the fingerprint itself. */
function fingerprintOf(given: string): string {
  if (!existsSync(given)) return given;
  try {
    return new X509Certificate(readFileSync(given)).fingerprint256;
  } catch (cause) {
    throw new TielineError('CERTIFICATE_UNREADABLE', `${given} holds no certificate.`, { cause });
  }
}

const permissionsText = ({ permissions }: TokenRow): string =>
  permissions.length > 3
    ? `${permissions.slice(0, 3).join(', ')}, ${permissions.length - 3} more`
    : permissions.join(', ');

const fromText = ({ addresses, certificateSha256 }: TokenRow): string =>
  [
    ...addresses,
    ...(certificateSha256 === null ? [] : [`certificate ${certificateSha256.slice(0, 8)}…`]),
  ].join(', ');

const rowOf = (row: TokenRow): string[] => [
  row.id,
  row.principal,
  row.name,
  permissionsText(row),
  placeText(row),
  fromText(row),
  row.revokedAt === null ? dayText(row.expiresAt) : `revoked ${dayText(row.revokedAt)}`,
  minuteText(row.lastUsedAt),
];

export async function list(
  context: CommandContext,
  flags: GlobalFlags & { readonly all: boolean; readonly limit: number },
  [account]: readonly [string | undefined],
): Promise<void> {
  const filter = { all: flags.all, ...defined({ account }) };
  const rows = await context.host.withApp(flags, (app) => findTokens(app, filter, flags.limit + 1));
  const shown = rows.slice(0, flags.limit);
  if (flags.json) context.printJson('tokenList', shown);
  else if (shown.length === 0)
    context.print('No tokens in force. Make one: tieline tokens make NAME --name TEXT');
  else {
    const header = ['TOKEN', 'ACCOUNT', 'NAME', 'MAY', 'WHERE', 'FROM', 'UNTIL', 'LAST USED (UTC)'];
    context.print(fittedTable(header, shown.map(rowOf), context.width));
    if (rows.length > flags.limit) context.print(`… and more: --limit ${flags.limit * 10}`);
  }
}

export async function revoke(
  context: CommandContext,
  flags: GlobalFlags & { readonly reason?: string },
  [id]: readonly [string],
): Promise<void> {
  const how = defined({ reason: flags.reason });
  const row = await context.host.withApp(flags, (app) =>
    revokeToken(app, id, localOrigin(accountName()), how),
  );
  if (flags.json) context.printJson('tokenRevoked', row);
  else context.print(`Token ${row.id} (${row.name}) of ${row.principal} is revoked.`);
}
