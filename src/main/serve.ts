/**
 * `tieline serve`: API and console over the database, until it is stopped. It reads with a limit on how long a statement may run, and leaves
 * long work to the queue; with `--worker` the same process does that work, over connections of its own.
 */
import { userInfo } from 'node:os';
import { readFile } from 'node:fs/promises';
import { createServer, isIP } from 'node:net';
import { type Terminal, type ServeFlags } from '../surfaces/cli/index.ts';
import { localOrigin, makeFirstAdministratorLink } from '../operate/accounts/index.ts';
import { forgetRegularly, runWorker, watchSecurityLogRegularly } from '../operate/worker/index.ts';
import type { SettingsByName } from '../platform/config/index.ts';
import { messageOf, shownOutput, TielineError } from '../platform/errors/index.ts';
import { type CardListener, openServer, type ServerTls } from '../surfaces/http/index.ts';
import { readAuthorities } from './authorities.ts';
import { collectGarbage } from './collect-garbage.ts';
import { cardWaysOf, takeCards } from './serve-cards.ts';
import { settingsFor } from './command-settings.ts';
import { builtConsole } from './console.ts';
import { createLogger } from './logger.ts';
import { readVersion } from './project.ts';
import { openWorkspace, type Workspace } from './workspace.ts';

const statementMs = 5_000;

const isLoopback = (host: string): boolean =>
  host === 'localhost' || host === '::1' || host.startsWith('127.');

/**
 * Passwords and sessions do not cross a network in the clear.
 * @throws TielineError SETTING_INVALID where `serve` would listen beyond this machine without TLS, and no trusted proxy has it.
 */
function refuseClearText(settings: SettingsByName): void {
  const { host, tlsCertificateFile, tlsKeyFile, trustedProxies } = settings;
  if ((tlsCertificateFile === undefined) !== (tlsKeyFile === undefined))
    throw new TielineError(
      'SETTING_INVALID',
      'A certificate and its key belong together, and only one is set.',
      {
        fields: [{ field: '--tls-cert, --tls-key', message: 'name both, or neither' }],
      },
    );
  if (isLoopback(host) || tlsCertificateFile !== undefined || trustedProxies !== undefined) return;
  throw new TielineError(
    'SETTING_INVALID',
    `Serving on ${host} without TLS would send passwords over the network in the clear.`,
    {
      fields: [
        {
          field: '--host',
          message: 'beyond this machine needs --tls-cert and --tls-key, or TIELINE_TRUSTED_PROXIES',
        },
      ],
      remedy:
        'Name a certificate and its key, or the proxy in front of it that has them; nothing was started.',
    },
  );
}

async function readPem(path: string, setting: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    throw new TielineError('SETTING_INVALID', `${path} could not be read: ${messageOf(cause)}`, {
      cause,
      fields: [{ field: setting, message: 'must name a PEM file that this account may read' }],
    });
  }
}

async function tlsOf({
  tlsCertificateFile,
  tlsKeyFile,
  clientCaFile,
}: SettingsByName): Promise<ServerTls | undefined> {
  if (tlsCertificateFile === undefined || tlsKeyFile === undefined) return undefined;
  const [certificate, key, clientAuthorities] = await Promise.all([
    readPem(tlsCertificateFile, '--tls-cert'),
    readPem(tlsKeyFile, '--tls-key'),
    clientCaFile === undefined ? undefined : readAuthorities(clientCaFile, 'client_ca_file'),
  ]);
  return { certificate, key, clientAuthorities };
}

export interface Served {
  /** As a browser reaches it on this machine. */
  readonly url: string;
  close(): Promise<void>;
}

/** The port of the settings, or any where something listens on it already: a newcomer's demo is not to end on that. */
async function freePort({ host, port }: SettingsByName): Promise<number> {
  const probe = createServer();
  try {
    await new Promise<void>((resolve, reject) => {
      probe.once('error', reject).listen({ host, port }, resolve);
    });
    return port;
  } catch {
    return 0;
  } finally {
    probe.close();
  }
}

/** Starts serving over an open workspace. @param isDemo whether one click enters as any role: only the demo's own process says so. */
export async function startServing(
  workspace: Workspace,
  { isDemo }: { readonly isDemo: boolean },
): Promise<Served> {
  const { app, settings } = workspace;
  refuseClearText(settings);
  await app.files?.store.confirm();
  const tls = await tlsOf(settings);
  const cards = await cardWaysOf(settings);
  const directory = await builtConsole();
  const server = await openServer(app, {
    version: readVersion(),
    tls,
    trustedProxies: settings.trustedProxies,
    classification: settings.classification,
    consoleDirectory: directory,
    isDemo,
    cards,
  });
  let cardPort: Pick<CardListener, 'close'> | undefined;
  try {
    await server.listen({ host: settings.host, port: isDemo ? await freePort(settings) : settings.port });
    cardPort = cards && (await takeCards(app, settings, { cards, tls }));
  } catch (cause) {
    await server.close();
    if (cause instanceof TielineError) throw cause;
    throw new TielineError(
      'SETTING_INVALID',
      `Nothing can listen on ${settings.host}:${settings.port}: ${messageOf(cause)}`,
      {
        cause,
        fields: [{ field: '--port', message: 'must be free, and above 1023 for an ordinary account' }],
      },
    );
  }
  const closing = new AbortController();
  // A server may be the only process of Tieline that stays: nobody else clears away what is kept for a time only.
  const forgetting = forgetRegularly(app, closing.signal);
  const watching = watchSecurityLogRegularly(app, closing.signal);
  collectGarbage();
  const address = server.server.address();
  const host = isIP(settings.host) === 6 ? `[${settings.host}]` : settings.host;
  return {
    url: `${tls ? 'https' : 'http'}://${host}:${typeof address === 'object' ? (address?.port ?? settings.port) : settings.port}`,
    async close() {
      closing.abort();
      await Promise.all([forgetting, watching]);
      await Promise.all([server.close(), cardPort?.close()]);
    },
  };
}

/** Resolves when the signal ends it and everything is closed. @throws TielineError SETTING_INVALID, and as opening the database does. */
export async function serve(
  flags: ServeFlags,
  { terminal, signal }: { readonly terminal: Terminal; readonly signal: AbortSignal },
): Promise<void> {
  const settings = settingsFor(flags);
  refuseClearText(settings);
  const logger = createLogger(settings.logLevel);
  const workspace = await openWorkspace(settings, logger, { signal, waitsForDatabase: true, statementMs });
  try {
    const served = await startServing(workspace, { isDemo: false });
    try {
      const first = await firstAdministratorLines(workspace, served.url);
      terminal.err.write(
        `${shownOutput([`Tieline is at ${served.url}`, ...first, 'Ctrl-C ends it.'].join('\n'))}\n`,
      );
      await Promise.all([aborted(signal), ...(flags.worker ? [workBeside(settings, signal)] : [])]);
    } finally {
      await served.close();
    }
  } finally {
    await workspace.close();
  }
}

/** Where nobody can administer accounts yet: the link by which the first administrator comes in. */
async function firstAdministratorLines({ app }: Workspace, url: string): Promise<string[]> {
  const link = await makeFirstAdministratorLink(app, localOrigin(userInfo().username));
  if (!link) return [];
  return [
    `Nobody can administer it yet. Whoever opens this link sets the password of "${link.account}":`,
    `  ${url}${link.path}`,
    `Once, and until ${link.expiresAt.toISOString().slice(11, 16)} UTC; the next start makes another.`,
  ];
}

/** The worker's part, with connections that know no limit on statements. */
export async function workBeside(settings: SettingsByName, signal: AbortSignal): Promise<void> {
  const workspace = await openWorkspace(settings, createLogger(settings.logLevel), {
    signal,
    waitsForDatabase: true,
  });
  try {
    await runWorker(workspace.app, { signal, report: () => undefined, once: false, version: readVersion() });
  } finally {
    await workspace.close();
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((done) => {
    if (signal.aborted) done();
    signal.addEventListener('abort', () => done());
  });
}
