/** Reads the authorities that are trusted, and their lists of revocations, from files. */
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { messageOf, TielineError } from '../../../platform/errors/index.ts';
import type { Authority } from './certificate-facts.ts';
import type { Trust } from './certificate-path.ts';
import { type ReadRevocationList, readRevocationList, type RevocationList } from './revocation-list.ts';

export interface TrustFiles {
  /** PEM with every authority from the card up to the root. */
  readonly caFile: string;
  /** Files, or directories of files, of lists in PEM or DER. */
  readonly crlPaths: readonly string[];
}

/** What was found and is not used. */
export interface TrustFault {
  readonly file: string;
  readonly says: string;
}

export interface LoadedTrust {
  readonly trust: Trust;
  readonly faults: readonly TrustFault[];
  /** As the TLS library takes them. */
  readonly caPem: string;
  /** Of the lists in use. */
  readonly crlPem: readonly string[];
}

/** @throws TielineError CERTIFICATE_UNREADABLE, SETTING_INVALID where the authorities cannot be read. */
export async function loadTrust(files: TrustFiles): Promise<LoadedTrust> {
  const { authoritiesOf, readCertificates } = await import('./client-certificate.ts');
  const caPem = await read(files.caFile, 'cac_ca_file');
  const authorities = authoritiesOf(readCertificates(caPem.toString('latin1'), files.caFile));
  const faults: TrustFault[] = authorities
    .filter((each) => !each.isAuthority)
    .map((each) => ({
      file: files.caFile,
      says: `${each.subject} in ${files.caFile} is no authority: it issues nobody.`,
    }));
  if (!authorities.some((each) => each.isRoot))
    faults.push({
      file: files.caFile,
      says: `${files.caFile} holds no root: no certificate can be trusted.`,
    });
  const found = await findLists(files.crlPaths);
  faults.push(...found.faults);
  const lists = new Map<string, RevocationList & { readonly pem: string }>();
  for (const { file, der } of found.lists) {
    const read = usableList(der, file, { authorities, caFile: files.caFile });
    if ('says' in read) faults.push(read);
    else
      for (const { fingerprint } of read.by) {
        const before = lists.get(fingerprint);
        if (before === undefined || before.thisUpdate < read.list.thisUpdate)
          lists.set(fingerprint, { ...read.list, pem: pemOf(der) });
      }
  }
  return {
    trust: { authorities, lists },
    faults,
    caPem: caPem.toString('latin1'),
    crlPem: [...new Set([...lists.values()].map(({ pem }) => pem))],
  };
}

/** @returns the list and the authorities whose signature it bears, or why it is not used. */
function usableList(
  der: Buffer,
  file: string,
  { authorities, caFile }: { readonly authorities: readonly Authority[]; readonly caFile: string },
): { readonly list: RevocationList; readonly by: readonly Authority[] } | TrustFault {
  try {
    const read = readRevocationList(der, file);
    const { list, unusable } = read;
    if (unusable !== undefined) return { file, says: `${file} is not used: ${unusable}.` };
    const by = authorities.filter((each) => each.subjectDer === list.issuerDer && isSigned(read, each));
    return by.length > 0 ? { list, by } : { file, says: `${file} is signed by no authority of ${caFile}.` };
  } catch (error) {
    return { file, says: messageOf(error) };
  }
}

/** A key of another kind than the signature is no signature of it. */
function isSigned(list: ReadRevocationList, by: Authority): boolean {
  try {
    return list.isSignedBy(by);
  } catch {
    return false;
  }
}

const begin = '-----BEGIN X509 CRL-----';
const end = '-----END X509 CRL-----';

const pemOf = (der: Buffer): string =>
  `${begin}\n${der.toString('base64').replaceAll(/.{64}(?=.)/g, '$&\n')}\n${end}\n`;

/** Each list of a file: one in DER, or any number in PEM. */
function listsIn(content: Buffer): Buffer[] {
  const text = content.subarray(0, 4096).includes('-----BEGIN') ? content.toString('latin1') : '';
  if (text === '') return [content];
  return [...text.matchAll(/-----BEGIN X509 CRL-----([^-]*)-----END X509 CRL-----/g)].map(([, base64 = '']) =>
    Buffer.from(base64, 'base64'),
  );
}

async function findLists(paths: readonly string[]): Promise<{
  readonly lists: readonly { readonly file: string; readonly der: Buffer }[];
  readonly faults: readonly TrustFault[];
}> {
  const faults: TrustFault[] = [];
  const lists: { file: string; der: Buffer }[] = [];
  for (const path of paths)
    try {
      for (const file of await filesOf(path)) {
        const inFile = listsIn(await readFile(file));
        if (inFile.length === 0)
          faults.push({ file, says: `${file} holds no list of revoked certificates (CRL).` });
        lists.push(...inFile.map((der) => ({ file, der })));
      }
    } catch (error) {
      faults.push({ file: path, says: `${path} could not be read: ${messageOf(error)}` });
    }
  return { lists, faults };
}

/** The files that a path stands for, by name. */
export async function filesOf(path: string): Promise<string[]> {
  if (!(await stat(path)).isDirectory()) return [path];
  const entries = await readdir(path, { withFileTypes: true });
  return entries
    .filter((entry) => !entry.isDirectory() && !entry.name.startsWith('.'))
    .map((entry) => join(path, entry.name))
    .toSorted();
}

async function read(file: string, setting: string): Promise<Buffer> {
  try {
    return await readFile(file);
  } catch (cause) {
    throw new TielineError('SETTING_INVALID', `${file} could not be read: ${messageOf(cause)}`, {
      cause,
      fields: [{ field: setting, message: 'must name a PEM file that this account may read' }],
    });
  }
}
