/** A real rsyslog on this machine, with a certificate of an authority that openssl makes. */
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../../../test/support/free-port.ts';

const program = '/usr/sbin/rsyslogd';
/** Why stories with rsyslog cannot be told here; undefined: they can. */
export const rsyslogIsMissing: string | undefined = !existsSync(program)
  ? 'rsyslog (apt-get install rsyslog)'
  : !['/usr/lib/x86_64-linux-gnu', '/usr/lib/aarch64-linux-gnu'].some((lib) =>
        existsSync(`${lib}/rsyslog/lmnsd_gtls.so`),
      )
    ? 'TLS for rsyslog (apt-get install rsyslog-gnutls)'
    : undefined;

const openssl = (folder: string, ...args: string[]): void => {
  execFileSync('openssl', args, { cwd: folder, stdio: 'ignore' });
};

/** An authority, and a certificate for localhost that it signed. @returns the PEM of the authority. */
export function makeAuthority(folder: string): string {
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  openssl(
    folder,
    'req',
    '-x509',
    ...key,
    '-days',
    '2',
    '-subj',
    '/CN=Log authority',
    '-keyout',
    'ca.key',
    '-out',
    'ca.pem',
  );
  openssl(folder, 'req', ...key, '-subj', '/CN=localhost', '-keyout', 'server.key', '-out', 'server.csr');
  writeFileSync(join(folder, 'names'), 'subjectAltName=DNS:localhost,IP:127.0.0.1\n');
  const signed = ['-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial', '-days', '2', '-extfile', 'names'];
  openssl(folder, 'x509', '-req', '-in', 'server.csr', ...signed, '-out', 'server.pem');
  return readFileSync(join(folder, 'ca.pem'), 'utf8');
}

const answers = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.end());
  });

async function until(holds: () => boolean | Promise<boolean>, what: string): Promise<void> {
  for (let tries = 0; tries < 400; tries += 1) {
    if (await holds()) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`waited in vain: ${what}`);
}

/** A message as rsyslog understood it. */
export interface Received {
  readonly id: string;
  readonly app: string;
  readonly kind: string;
  readonly facility: string;
  readonly text: string;
}

const tab = '\\t';
const configOf = (folder: string, port: number, transport: 'tcp' | 'tls'): string => `
global(workDirectory="${folder}" maxMessageSize="64k" ${transport === 'tls' ? `DefaultNetstreamDriver="gtls" DefaultNetstreamDriverCAFile="${folder}/ca.pem" DefaultNetstreamDriverCertFile="${folder}/server.pem" DefaultNetstreamDriverKeyFile="${folder}/server.key"` : ''})
module(load="imtcp" ${transport === 'tls' ? 'StreamDriver.Name="gtls" StreamDriver.Mode="1" StreamDriver.AuthMode="anon"' : ''})
template(name="read" type="string" string="%app-name%${tab}%msgid%${tab}%syslogfacility%${tab}%structured-data%${tab}%msg%\\n")
ruleset(name="keep") { action(type="omfile" file="${folder}/received" template="read" flushOnTXEnd="on") }
input(type="imtcp" port="${port}" address="127.0.0.1" ruleset="keep")
`;

export interface Rsyslog {
  readonly port: number;
  readonly folder: string;
  start(): Promise<void>;
  /** Ends it; what it has read it writes. */
  stop(): Promise<void>;
  received(): Received[];
  /** Waits until it has written so many. */
  untilReceived(count: number): Promise<Received[]>;
  [Symbol.asyncDispose](): Promise<void>;
}

export async function rsyslog(transport: 'tcp' | 'tls'): Promise<Rsyslog> {
  const folder = mkdtempSync(join(tmpdir(), 'tieline-rsyslog-'));
  if (transport === 'tls') makeAuthority(folder);
  const port = await freePort();
  writeFileSync(join(folder, 'conf'), configOf(folder, port, transport));
  let running: ReturnType<typeof spawn> | undefined;
  const received = (): Received[] => {
    const path = join(folder, 'received');
    if (!existsSync(path)) return [];
    return readFileSync(path, 'utf8')
      .split('\n')
      .filter(Boolean)
      .map((line) => {
        const [app = '', kind = '', facility = '', structured = '', text = ''] = line.split('\t');
        return { app, kind, facility, text: text.trim(), id: / id="([^"]+)"/.exec(structured)?.[1] ?? '' };
      });
  };
  const stop = async (): Promise<void> => {
    const child = running;
    if (!child) return;
    running = undefined;
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGTERM');
    await ended;
  };
  return {
    port,
    folder,
    received,
    stop,
    async start() {
      running = spawn(program, ['-n', '-f', join(folder, 'conf'), '-i', join(folder, 'pid')], {
        stdio: 'ignore',
      });
      await until(() => answers(port), `rsyslog on port ${port}`);
    },
    async untilReceived(count) {
      await until(
        () => received().length >= count,
        `${count} messages in rsyslog, of which ${received().length} came`,
      );
      return received();
    },
    async [Symbol.asyncDispose]() {
      await stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
