/** A package: a zip of documents and files of evidence, with a manifest of their hashes that `sha256sum --check MANIFEST.sha256` holds against them without Tieline. */
import { createHash } from 'node:crypto';
import { mediaTypes, type RenderedFile, type ReportNote, type ToRender } from '../rendered.ts';
import { fileNameOf } from '../shown-about.ts';
import type { PackedFile } from './evidence-files.ts';
import { zipped } from './zip-stream.ts';

const encoder = new TextEncoder();
export const jsonBytes = (value: unknown): Uint8Array =>
  encoder.encode(`${JSON.stringify(value, null, 2)}\n`);
const hashOf = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

export interface Contents {
  /** Of the kind of report, in the manifest. */
  readonly report: string;
  /** The beginning of the file's name. */
  readonly word: string;
  /** By path. */
  readonly documents: ReadonlyMap<string, Uint8Array>;
  readonly evidence: readonly PackedFile[];
  readonly notes: readonly ReportNote[];
}

/** @returns the zip, written as its evidence is read. */
export function packed(
  contents: Contents,
  { snapshot, snapshotId, evidence: store, signal }: ToRender,
): RenderedFile {
  const { report, word, documents, evidence, notes } = contents;
  const files = [
    ...evidence,
    ...[...documents].map(([path, bytes]) => ({ path, bytes: bytes.length, sha256: hashOf(bytes) })),
  ]
    .map(({ path, bytes, sha256 }) => ({ path, bytes, sha256 }))
    .toSorted((one, other) => (one.path < other.path ? -1 : 1));
  const { generator, marking, takenAt, period, boundary } = snapshot;
  const manifest = {
    form: 1,
    report,
    generator,
    marking,
    takenAt,
    period,
    boundary,
    snapshot: snapshotId,
    files,
    leftOut: notes,
  };
  const sums = files.map(({ path, sha256 }) => `${sha256}  ${path}\n`).join('');
  return {
    bytes: zipped(
      [
        ...evidence.map(({ path, sha256 }) => ({
          path,
          open: async () => (await store.read(sha256)).stream,
        })),
        ...[...documents].map(([path, bytes]) => ({ path, bytes })),
        { path: 'manifest.json', bytes: jsonBytes(manifest) },
        { path: 'MANIFEST.sha256', bytes: encoder.encode(sums) },
      ],
      signal,
    ),
    fileName: fileNameOf(word, snapshot, 'zip'),
    mediaType: mediaTypes.zip,
    notes,
  };
}
