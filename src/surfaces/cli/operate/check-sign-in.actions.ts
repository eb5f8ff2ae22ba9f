/** `serve check-oidc|check-cac|check-proxy`: a line for each thing that is looked at, with the remedy below what is not right. */
import { readFile } from 'node:fs/promises';
import { checkCards, checkOidc, checkProxy, type SignInCheck } from '../../../operate/accounts/index.ts';
import { messageOf, TielineError } from '../../../platform/errors/index.ts';
import type { CommandContext, GlobalFlags } from '../kit/command-context.ts';
import { printCheck } from '../connections/print-check.ts';

export async function checkIdentityProvider(context: CommandContext, flags: GlobalFlags): Promise<void> {
  show(context, flags, await context.host.withApp(flags, checkOidc));
}

export async function checkSmartCards(
  context: CommandContext,
  flags: GlobalFlags & { readonly card?: string },
): Promise<void> {
  const card = flags.card === undefined ? undefined : await pemOf(flags.card);
  show(context, flags, await context.host.withApp(flags, (app) => checkCards(app, card)));
}

export async function checkForgedHeaders(
  context: CommandContext,
  flags: GlobalFlags,
  [url]: readonly [string],
): Promise<void> {
  if (!/^https?:\/\/./.test(url))
    throw new TielineError(
      'USAGE',
      `"${url}" is no address: expected https://… as browsers reach the console.`,
    );
  show(context, flags, await context.host.withApp(flags, (app) => checkProxy(app, url)));
}

function show(context: CommandContext, flags: GlobalFlags, checks: readonly SignInCheck[]): void {
  if (flags.json) context.printJson('signInChecks', [...checks]);
  else for (const check of checks) printCheck(context, check);
  if (checks.some(({ status }) => status === 'failed')) context.result.exitCode = 1;
}

async function pemOf(file: string): Promise<string> {
  try {
    return await readFile(file, 'latin1');
  } catch (cause) {
    throw new TielineError('CERTIFICATE_UNREADABLE', `${file} could not be read: ${messageOf(cause)}`, {
      cause,
    });
  }
}
