/** Certificate authorities for tests, made by openssl: cards of people, certificates of servers and programs, and lists of what was revoked. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

export interface Issued {
  readonly certificate: string;
  readonly key: string;
  readonly certificateFile: string;
  readonly keyFile: string;
}

export interface CardRequest {
  /** As openssl writes it: `/CN=DOE.JANE.1234567890`. */
  readonly subject?: string;
  readonly upn?: string | readonly string[];
  readonly email?: string;
  /** Names and addresses of a server: `DNS:localhost`. */
  readonly alternativeNames?: readonly string[];
  /** Names or numbers, as openssl takes them. Default: clientAuth and smart-card logon. */
  readonly purposes?: readonly string[];
  readonly keyUsage?: string;
  readonly policies?: readonly string[];
  readonly from?: Date;
  readonly until?: Date;
  /** Further lines of the extensions section. */
  readonly extensions?: readonly string[];
}

export interface TestAuthority extends Issued {
  /** SHA-256 of its certificate, as openssl prints it. */
  readonly fingerprint: string;
  authority(name: string, more?: AuthorityRequest): TestAuthority;
  issue(request?: CardRequest): Issued;
  revoke(issued: Issued): void;
  /** The list of what it revoked, as PEM in a file. */
  list(options?: { readonly from?: Date; readonly until?: Date; readonly name?: string }): string;
}

interface AuthorityRequest {
  readonly subject?: string;
  readonly until?: Date;
  /** Replace the identifier of its key. */
  readonly extensions?: readonly string[];
  readonly pathLength?: number;
}

const day = 86_400_000;
const days = (n: number): Date => new Date(Date.now() + n * day);
const stamp = (at: Date): string => `${at.toISOString().replaceAll(/[-:T]/g, '').slice(0, 14)}Z`;

const settings = (directory: string): string => `
[ca]
default_ca = here
[here]
database = ${directory}/index.txt
serial = ${directory}/serial
crlnumber = ${directory}/crlnumber
new_certs_dir = ${directory}
default_md = sha256
default_crl_days = 7
unique_subject = no
copy_extensions = none
preserve = yes
policy = any
[any]
countryName = optional
organizationName = optional
organizationalUnitName = optional
commonName = optional
emailAddress = optional
[req]
distinguished_name = name
[name]
`;

function extensionsOf(it: CardRequest): string {
  const upns = it.upn === undefined ? [] : [it.upn].flat();
  const names = [
    ...upns.map((upn) => `otherName:1.3.6.1.4.1.311.20.2.3;UTF8:${upn}`),
    ...(it.email === undefined ? [] : [`email:${it.email}`]),
    ...(it.alternativeNames ?? []),
  ];
  const purposes = it.purposes ?? ['clientAuth', '1.3.6.1.4.1.311.20.2.2'];
  return [
    'basicConstraints = CA:FALSE',
    `keyUsage = critical, ${it.keyUsage ?? 'digitalSignature'}`,
    ...(purposes.length > 0 ? [`extendedKeyUsage = ${purposes.join(', ')}`] : []),
    ...(names.length > 0 ? [`subjectAltName = @names`] : []),
    ...(it.policies ? [`certificatePolicies = ${it.policies.join(', ')}`] : []),
    ...(it.extensions ?? []),
    '[names]',
    ...names.map(
      (name) => `${name.split(':')[0]}.${names.indexOf(name)} = ${name.slice(name.indexOf(':') + 1)}`,
    ),
  ].join('\n');
}

const openssl = (...args: readonly (string | readonly string[])[]): string =>
  execFileSync('openssl', args.flat(), { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });

/** Authorities below a directory of their own, which goes with `using`. */
export function testAuthorities(): {
  readonly directory: string;
  root(name: string, more?: AuthorityRequest): TestAuthority;
  /** What a card signs that is no authority. */
  signedBy(card: Issued, request: CardRequest): Issued;
  /** Writes a file, below the directory where the name has no place of its own. @returns its path. */
  write(name: string, content: string | Buffer): string;
  /** A new, empty directory. */
  place(): string;
  [Symbol.dispose](): void;
} {
  const directory = mkdtempSync(join(tmpdir(), 'tieline-cards-'));
  let made = 0;
  const place = (): string => join(directory, String((made += 1)));
  return {
    directory,
    root: (name, more = {}) => authorityOf(name, place, more, undefined),
    signedBy: (card, request) =>
      issuedBy(newHome(place), place, ['-keyfile', card.keyFile, '-cert', card.certificateFile], request),
    write(name, content) {
      const path = resolve(directory, name);
      writeFileSync(path, content);
      return path;
    },
    place() {
      const path = place();
      mkdirSync(path);
      return path;
    },
    [Symbol.dispose]: () => rmSync(directory, { recursive: true, force: true }),
  };
}

type Place = () => string;

function keyAndRequest(at: string, subject: string, config: string): { key: string; request: string } {
  const key = `${at}.key`;
  const request = `${at}.csr`;
  openssl(
    ['req', '-new', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-utf8'],
    ['-config', config, '-keyout', key, '-out', request, '-subj', subject],
  );
  return { key, request };
}

const issuedAt = (certificateFile: string, keyFile: string): Issued => ({
  certificateFile,
  keyFile,
  certificate: readFileSync(certificateFile, 'utf8'),
  key: readFileSync(keyFile, 'utf8'),
});

/** Has the authority of that directory sign a request. */
function sign(
  home: string,
  by: readonly string[],
  { request, extensions, from, until }: { request: string; extensions: string; from: Date; until: Date },
): string {
  const out = request.replace(/csr$/, 'pem');
  writeFileSync(`${request}.ext`, extensions);
  openssl(
    ['ca', '-batch', '-notext', '-config', join(home, 'ca.cnf'), ...by, '-in', request, '-out', out],
    ['-extfile', `${request}.ext`, '-startdate', stamp(from), '-enddate', stamp(until)],
  );
  return out;
}

/** The books of one authority. */
function newHome(place: Place): string {
  const home = place();
  mkdirSync(home);
  writeFileSync(join(home, 'ca.cnf'), settings(home));
  writeFileSync(join(home, 'index.txt'), '');
  writeFileSync(join(home, 'serial'), '1000\n');
  writeFileSync(join(home, 'crlnumber'), '01\n');
  return home;
}

function issuedBy(home: string, place: Place, by: readonly string[], it: CardRequest): Issued {
  const leaf = keyAndRequest(place(), it.subject ?? '/C=US/CN=DOE.JANE.1234567890', join(home, 'ca.cnf'));
  const validity = { from: it.from ?? days(-1), until: it.until ?? days(30) };
  return issuedAt(
    sign(home, by, { request: leaf.request, extensions: extensionsOf(it), ...validity }),
    leaf.key,
  );
}

function authorityOf(
  name: string,
  place: Place,
  more: AuthorityRequest,
  above: { readonly home: string; readonly by: readonly string[] } | undefined,
): TestAuthority {
  const home = newHome(place);
  const config = join(home, 'ca.cnf');
  const subject = more.subject ?? `/C=US/O=U.S. Government/OU=PKI/CN=${name}`;
  const { key, request } = keyAndRequest(join(home, 'ca'), subject, config);
  const certificateFile = sign(above?.home ?? home, above?.by ?? ['-selfsign', '-keyfile', key], {
    request,
    extensions: [
      `basicConstraints = critical, CA:TRUE${more.pathLength === undefined ? '' : `, pathlen:${more.pathLength}`}`,
      'keyUsage = critical, keyCertSign, cRLSign',
      ...(more.extensions ?? ['subjectKeyIdentifier = hash']),
    ].join('\n'),
    from: days(-30),
    until: more.until ?? days(365),
  });
  const by = ['-keyfile', key, '-cert', certificateFile];
  const fingerprint = openssl('x509', '-in', certificateFile, '-noout', '-fingerprint', '-sha256');
  return {
    ...issuedAt(certificateFile, key),
    fingerprint: fingerprint.trim().split('=')[1] ?? '',
    authority: (below, wanted = {}) => authorityOf(below, place, wanted, { home, by }),
    issue: (it = {}) => issuedBy(home, place, by, it),
    revoke: (issued) => void openssl('ca', '-config', config, ...by, '-revoke', issued.certificateFile),
    list({ from = days(-1), until = days(6), name: file = 'list.pem' } = {}) {
      const out = join(home, file);
      openssl(
        ['ca', '-gencrl', '-config', config, ...by, '-out', out],
        ['-crl_lastupdate', stamp(from), '-crl_nextupdate', stamp(until)],
      );
      return out;
    },
  };
}
