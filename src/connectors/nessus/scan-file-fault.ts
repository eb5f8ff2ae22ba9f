import { TielineError } from '../../platform/errors/index.ts';

/** Where in a file something is. */
export interface FilePlace {
  readonly line: number;
  /** From the start of the uncompressed file. */
  readonly byte: number;
}

/** The file cannot be read on from here; what came before was reported. */
export function scanFileFault(
  file: string,
  place: FilePlace,
  message: string,
  cause?: unknown,
): TielineError {
  return new TielineError(
    'SCAN_FILE_INVALID',
    `${file}: line ${place.line}, byte ${place.byte}: ${message}`,
    {
      fields: [{ field: `line ${place.line}, byte ${place.byte}`, message }],
      ...(cause === undefined ? {} : { cause }),
    },
  );
}

export interface ScanFileLimits {
  /** Deepest nesting of elements. */
  readonly depth: number;
  /** Longest text or tag, in bytes; real outputs reach 1 MB. */
  readonly textBytes: number;
}
export const usualLimits: ScanFileLimits = { depth: 32, textBytes: 64 * 1024 * 1024 };
