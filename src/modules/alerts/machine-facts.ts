/** What this machine knows and the database does not: how full its disks are, and when certificates end. */
import { X509Certificate } from 'node:crypto';
import { readFile, statfs } from 'node:fs/promises';
import { hostname } from 'node:os';
import { connect } from 'node:tls';
import { type Kysely, sql } from 'kysely';
import type { WatchedMachine } from '../../engine/run/index.ts';
import { listSystems } from '../../ledger/external-systems/index.ts';
import type { Database } from '../../platform/postgres/index.ts';
import type { Candidate } from './conditions.sql.ts';

interface Looking {
  readonly db: Kysely<Database>;
  readonly now: Date;
  readonly machine: WatchedMachine | undefined;
}

const dayMs = 86_400_000;
const here = hostname();

/** @returns a row for each that could be read, whatever its value: a directory that is not there cannot fill. */
export async function listDisks({ db, machine }: Looking): Promise<Candidate[]> {
  if (!machine) return [];
  const found = await Promise.all(
    machine.directories.map(async ({ what, path }): Promise<Candidate[]> => {
      const disk = await statfs(path).catch(() => undefined);
      if (!disk || disk.blocks === 0) return [];
      const value = (100 * (disk.blocks - disk.bfree)) / (disk.blocks - disk.bfree + disk.bavail);
      return [
        {
          subject: `${here}:${path}`,
          systemId: null,
          entityType: 'disk',
          entityId: path.slice(0, 255),
          value,
          facts: { what: `The disk of ${what} on ${here}`, path, freeBytes: disk.bavail * disk.bsize },
        },
      ];
    }),
  );
  return [...found.flat(), ...(await databaseSize(db, machine))];
}

async function databaseSize(db: Kysely<Database>, machine: WatchedMachine): Promise<Candidate[]> {
  const { databaseCapacityBytes: capacity } = machine;
  if (capacity === undefined) return [];
  const { rows } = await sql<{ bytes: number }>`
    select pg_database_size(current_database()) as bytes`.execute(db);
  const bytes = rows[0]?.bytes ?? 0;
  return [
    {
      subject: 'database',
      systemId: null,
      entityType: 'database',
      entityId: 'database',
      value: (100 * bytes) / capacity,
      facts: { what: 'The capacity that is set for the database', bytes, capacity },
    },
  ];
}

const ending = (of: string, subject: string, validTo: Date, now: Date): Candidate => ({
  subject,
  systemId: null,
  entityType: 'certificate',
  entityId: of.slice(0, 255),
  value: Math.floor((validTo.getTime() - now.getTime()) / dayMs),
  facts: { of, on: validTo.toISOString().slice(0, 10) },
});

export async function listCertificates({ db, now, machine }: Looking): Promise<Candidate[]> {
  if (!machine) return [];
  const own = machine.certificates.map(async ({ of, path }): Promise<Candidate[]> => {
    try {
      const { validTo } = new X509Certificate(await readFile(path));
      return [ending(of, `${here}:${path}`, new Date(validTo), now)];
    } catch {
      return [];
    }
  });
  const remote = (await listSystems(db))
    .filter(
      ({ sync_enabled: isEnabled, api_base_url: url }) => isEnabled !== false && url.startsWith('https://'),
    )
    .map(async ({ system_name: name, api_base_url: url }): Promise<Candidate[]> => {
      const subject = `connection ${name}`;
      const validTo = machine.readsRemoteCertificates ? await peerEnds(new URL(url)) : undefined;
      return validTo ? [ending(subject, subject, validTo, now)] : [];
    });
  return (await Promise.all([...own, ...remote])).flat();
}

const answerMs = 5_000;

/** Only the day is read, and nothing is sent: whether the certificate is trusted is what the connection's own check says. */
function peerEnds({ hostname: host, port }: URL): Promise<Date | undefined> {
  return new Promise((resolve) => {
    const name = host.replaceAll(/^\[|\]$/g, '');
    const socket = connect({
      host: name,
      port: port === '' ? 443 : Number(port),
      rejectUnauthorized: false,
      timeout: answerMs,
      // An address is no name of a server (RFC 6066).
      ...(/^[\d.]+$|:/.test(name) ? {} : { servername: name }),
    });
    const end = (found: Date | undefined): void => {
      socket.destroy();
      resolve(found);
    };
    socket.once('secureConnect', () => {
      const validTo = new Date(socket.getPeerCertificate().valid_to);
      end(Number.isNaN(validTo.getTime()) ? undefined : validTo);
    });
    socket.once('timeout', () => end(undefined)).once('error', () => end(undefined));
  });
}
