/** Real receivers on this machine: a mail server with TLS, a web server, a syslog server. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SMTPServer } from 'smtp-server';

/** A certificate for 127.0.0.1 that signs itself, made afresh so that no key is in the repository. */
export function makeCertificate(): { readonly cert: string; readonly key: string } {
  const folder = mkdtempSync(join(tmpdir(), 'tieline-mail-'));
  try {
    const [cert, key] = [join(folder, 'cert.pem'), join(folder, 'key.pem')];
    const how = [
      'req',
      '-x509',
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:prime256v1',
      '-nodes',
      '-days',
      '2',
    ];
    const what = [
      '-subj',
      '/CN=127.0.0.1',
      '-addext',
      'subjectAltName=IP:127.0.0.1',
      '-keyout',
      key,
      '-out',
      cert,
    ];
    execFileSync('openssl', [...how, ...what], { stdio: 'ignore' });
    return { cert: readFileSync(cert, 'utf8'), key: readFileSync(key, 'utf8') };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

export interface ReceivedMail {
  readonly to: readonly string[];
  readonly text: string;
  readonly secure: boolean;
  readonly user: unknown;
}

/** A mail server that asks for TLS and a password, and refuses addresses that begin with `gone`. */
export async function mailServer(tls: { readonly cert: string; readonly key: string }, port = 0) {
  const mails: ReceivedMail[] = [];
  const server = new SMTPServer({
    ...tls,
    authMethods: ['PLAIN'],
    onAuth: ({ username, password }, _session, done) =>
      password === 'correct horse' ? done(null, { user: username }) : done(new Error('wrong password')),
    onRcptTo: ({ address }, _session, done) =>
      address.startsWith('gone')
        ? done(Object.assign(new Error('no such mailbox'), { responseCode: 550 }))
        : done(),
    onData(stream, session, done) {
      const pieces: Buffer[] = [];
      stream.on('data', (piece: Buffer) => pieces.push(piece));
      stream.on('end', () => {
        mails.push({
          to: session.envelope.rcptTo.map(({ address }) => address),
          text: Buffer.concat(pieces).toString(),
          secure: session.secure,
          user: session.user,
        });
        done();
      });
    },
  });
  server.on('error', () => undefined);
  await new Promise<void>((done) => {
    server.listen(port, '127.0.0.1', done);
  });
  const address = server.server.address() as AddressInfo; // it listens on a port
  return {
    mails,
    port: address.port,
    close: () =>
      new Promise<void>((done) => {
        server.close(() => done());
      }),
  };
}

export interface ReceivedCall {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** A web server that answers with the next status of `answers`, then with 204. */
export async function webServer(port = 0) {
  const calls: ReceivedCall[] = [];
  const answers: number[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (piece: Buffer) => (body += piece.toString()));
    request.on('end', () => {
      calls.push({ path: request.url ?? '', headers: request.headers, body });
      const status = answers.shift() ?? 204;
      response.writeHead(status, status === 302 ? { location: 'http://127.0.0.1:1/elsewhere' } : {}).end();
    });
  });
  await new Promise<void>((done) => {
    server.listen(port, '127.0.0.1', done);
  });
  const address = server.address() as AddressInfo; // it listens on a port
  return {
    calls,
    answers,
    port: address.port,
    close: () =>
      new Promise<void>((done) => {
        server.closeAllConnections();
        server.close(() => done());
      }),
  };
}

export async function syslogServer() {
  const received: string[] = [];
  const server = createTcpServer((socket) => {
    socket.on('data', (piece) => received.push(piece.toString()));
    socket.on('error', () => undefined);
  });
  await new Promise<void>((done) => {
    server.listen(0, '127.0.0.1', done);
  });
  const address = server.address() as AddressInfo; // it listens on a port
  return {
    received,
    port: address.port,
    close: () =>
      new Promise<void>((done) => {
        server.close(() => done());
      }),
  };
}
