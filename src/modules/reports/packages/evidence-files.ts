/** Which files of evidence come into a package. */
import { messageOf, TielineError } from '../../../platform/errors/index.ts';
import type { ReportNote, ToRender } from '../rendered.ts';
import type { DeviationFacts } from '../snapshot/snapshot.ts';

/** A file of evidence that lies in the package. */
export interface PackedFile {
  readonly path: string;
  readonly sha256: string;
  readonly bytes: number;
}

export interface Evidence {
  /** By the hash of what was attached; a file that could not be read, or did not fit, is missing. */
  readonly byHash: ReadonlyMap<string, PackedFile>;
  /** Each once, in the order in which they were found. */
  readonly files: readonly PackedFile[];
  readonly notes: readonly ReportNote[];
}

/** Files of evidence together: what is kept of a report is at most 2 GiB. What is beyond is named and left out. */
const mostEvidence = 1536 * 1024 * 1024;

/** A name that every system can unpack. */
export const plainName = (name: string): string => name.replaceAll(/[^\w.-]+/g, '_').slice(-120);

/** Each file is looked up now, and read and compared with its hash when it is written. @throws the signal's reason. */
export async function findEvidence(
  attached: Iterable<DeviationFacts['files'][number]>,
  { evidence, signal }: Pick<ToRender, 'evidence' | 'signal'>,
): Promise<Evidence> {
  const found = new Map<string, PackedFile | undefined>();
  const notes: ReportNote[] = [];
  let total = 0;
  const missing = (subject: string, detail: string): undefined =>
    void notes.push({ code: 'file_missing', subject, detail });
  async function pack(name: string, sha256: string): Promise<PackedFile | undefined> {
    try {
      const { bytes } = await evidence.find(sha256);
      if (total + bytes > mostEvidence) return missing(name, 'the files together are larger than 1.5 GiB');
      total += bytes;
      return { path: `evidence/${sha256.slice(0, 12)}-${plainName(name)}`, sha256, bytes };
    } catch (error) {
      return missing(name, error instanceof TielineError ? error.code : messageOf(error));
    }
  }
  for (const { name, sha256 } of attached) {
    signal.throwIfAborted();
    if (!found.has(sha256)) found.set(sha256, await pack(name, sha256));
  }
  const byHash = new Map([...found].filter((entry): entry is [string, PackedFile] => entry[1] !== undefined));
  return { byHash, files: [...byHash.values()], notes };
}
