/** The position of a read by exports: small JSON that another process can continue from. */
import { z } from 'zod';
import type { Json } from '../../../../platform/values/index.ts';

const part = z.object({
  /** The job whose chunks are taken; absent before it was started. */
  uuid: z.string().optional(),
  /** The job was running before this read asked for it: it may be another client's. */
  isAdopted: z.boolean().optional(),
  /** Chunks stored already, as ranges: "1-12,15". */
  done: z.string().default(''),
  /** All chunks of this part are stored. */
  isFinished: z.boolean().default(false),
});

const exportPosition = z.object({
  v: z.literal(1),
  kind: z.enum(['assets', 'vulns', 'compliance']),
  /** The mark that the read began from; null: a read of all. */
  mark: z.string().nullable(),
  /** The server's clock when the read began, epoch seconds. The next mark comes from it. */
  startedAt: z.number().int(),
  parts: z.array(part),
  /** Exports replaced so far. */
  restarts: z.number().int().default(0),
  /** How many of them because the export before stood still. */
  stalls: z.number().int().default(0),
  /** Jobs that were given up as they stood still: never adopted again. */
  abandoned: z.array(z.object({ uuid: z.string(), isOurs: z.boolean() })).default([]),
});
export type ExportPosition = z.output<typeof exportPosition>;

/** A stored position, if it is one of this very read; else undefined, and the read begins again. */
export function parsePosition(
  stored: Json | undefined,
  read: { readonly kind: string; readonly mark: string | undefined; readonly parts: number },
): ExportPosition | undefined {
  const parsed = exportPosition.safeParse(stored);
  if (!parsed.success) return undefined;
  const { kind, mark, parts } = parsed.data;
  return kind === read.kind && mark === (read.mark ?? null) && parts.length === read.parts
    ? parsed.data
    : undefined;
}

/** Writes a set of whole numbers as ranges: 1, 2, 3, 7 → "1-3,7". */
export function toRanges(ids: Iterable<number>): string {
  const ranges: string[] = [];
  let from: number | undefined;
  let to = 0;
  const close = (): void => {
    if (from !== undefined) ranges.push(from === to ? String(from) : `${from}-${to}`);
  };
  for (const id of [...ids].toSorted((a, b) => a - b)) {
    if (from !== undefined && id === to + 1) to = id;
    else {
      close();
      from = id;
      to = id;
    }
  }
  close();
  return ranges.join(',');
}

/** Reads what `toRanges` wrote. */
export function fromRanges(text: string): Set<number> {
  const ids = new Set<number>();
  for (const range of text === '' ? [] : text.split(',')) {
    const [from = 0, to = from] = range.split('-').map(Number);
    for (let id = from; id <= to; id += 1) ids.add(id);
  }
  return ids;
}
