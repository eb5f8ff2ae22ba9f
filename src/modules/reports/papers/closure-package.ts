/**
 * The closure evidence package: a zip with the paper, the facts of each POA&M as JSON, the files of evidence, and a manifest of their hashes that
 * `sha256sum --check MANIFEST.sha256` holds against them without Tieline.
 */
import { createHash } from 'node:crypto';
import { messageOf, TielineError } from '../../../platform/errors/index.ts';
import { mediaTypes, type RenderedFile, type ReportNote, type ToRender } from '../rendered.ts';
import { fileNameOf } from '../shown-about.ts';
import type { Parts } from '../workbooks/package-parts.ts';
import { closurePaper, deviationsOf, type PackedFile } from './closure-paper.ts';
import { printDraft } from './draft.ts';
import { zipped } from './zip-stream.ts';

/** Files of evidence together: what is kept of a report is at most 2 GiB. What is beyond is named and left out. */
const mostEvidence = 1536 * 1024 * 1024;

const hashOf = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
const plainName = (name: string): string => name.replaceAll(/[^\w.-]+/g, '_').slice(-120);

interface Evidence {
  readonly byPoam: ReadonlyMap<string, readonly PackedFile[]>;
  /** Each once, in the order of the package. */
  readonly files: readonly (PackedFile & { readonly bytes: number })[];
  readonly notes: readonly ReportNote[];
}

/** Which files of the deviations come into the package. Each is compared with its hash now, and read when it is written. */
async function findEvidence({ snapshot, fileOf, signal }: ToRender): Promise<Evidence> {
  const files: (PackedFile & { readonly bytes: number })[] = [];
  const byPoam = new Map<string, PackedFile[]>();
  const notes: ReportNote[] = [];
  /** By hash; undefined: it could not be read, or did not fit. */
  const packed = new Map<string, PackedFile | undefined>();
  let total = 0;
  async function pack(name: string, sha256: string): Promise<PackedFile | undefined> {
    const missing = (detail: string): undefined =>
      void notes.push({ code: 'file_missing', subject: name, detail });
    try {
      const { bytes, stream } = await fileOf(sha256);
      stream.destroy();
      if (total + bytes > mostEvidence) return missing('the files together are larger than 1.5 GiB');
      total += bytes;
      const file = { path: `evidence/${sha256.slice(0, 12)}-${plainName(name)}`, sha256 };
      files.push({ ...file, bytes });
      return file;
    } catch (error) {
      return missing(error instanceof TielineError ? error.code : messageOf(error));
    }
  }
  for (const { poamId } of snapshot.closure)
    for (const { name, sha256 } of deviationsOf(snapshot, poamId).flatMap(({ files }) => files)) {
      signal.throwIfAborted();
      if (!packed.has(sha256)) packed.set(sha256, await pack(name, sha256));
      const file = packed.get(sha256);
      const its = byPoam.get(poamId) ?? [];
      if (file && !its.includes(file)) byPoam.set(poamId, [...its, file]);
    }
  return { byPoam, files, notes };
}

const encoder = new TextEncoder();
const jsonBytes = (value: unknown): Uint8Array => encoder.encode(`${JSON.stringify(value, null, 2)}\n`);

/** @throws the signal's reason. */
export async function closurePackage(what: ToRender): Promise<RenderedFile> {
  const { snapshot, snapshotId } = what;
  const parts: Parts = new Map();
  const { byPoam, files: evidence, notes } = await findEvidence(what);
  const draft = closurePaper(snapshot, (poamId) => byPoam.get(poamId) ?? []);
  const paper = await printDraft({ ...draft, notes: [...draft.notes, ...notes] }, what);
  parts.set('Closure-Evidence.pdf', paper.bytes);
  for (const closure of snapshot.closure) {
    const poam = snapshot.poams.find((each) => each.poamId === closure.poamId);
    const deviations = deviationsOf(snapshot, closure.poamId);
    parts.set(`poams/${plainName(closure.poamId)}.json`, jsonBytes({ poam, closure, deviations }));
  }
  const files = [
    ...evidence,
    ...[...parts].map(([path, bytes]) => ({ path, bytes: bytes.length, sha256: hashOf(bytes) })),
  ]
    .map(({ path, bytes, sha256 }) => ({ path, bytes, sha256 }))
    .toSorted((one, other) => (one.path < other.path ? -1 : 1));
  const { generator, marking, takenAt, period, boundary } = snapshot;
  parts.set(
    'manifest.json',
    jsonBytes({
      form: 1,
      report: 'closure-evidence',
      generator,
      marking,
      takenAt,
      period,
      boundary,
      snapshot: snapshotId,
      files,
      leftOut: paper.notes,
    }),
  );
  parts.set(
    'MANIFEST.sha256',
    encoder.encode(files.map(({ path, sha256 }) => `${sha256}  ${path}\n`).join('')),
  );
  return {
    bytes: zipped(
      [
        ...evidence.map(({ path, sha256 }) => ({
          path,
          open: async () => (await what.fileOf(sha256)).stream,
        })),
        ...[...parts].map(([path, bytes]) => ({ path, bytes })),
      ],
      what.signal,
    ),
    fileName: fileNameOf('Closure-Evidence', snapshot, 'zip'),
    mediaType: mediaTypes.zip,
    notes: paper.notes,
  };
}
