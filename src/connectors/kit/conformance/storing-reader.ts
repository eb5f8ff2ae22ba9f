/** A reader as the sync has one: stores a page's records and its position together, or neither. */
import { TielineError } from '../../../platform/errors/tieline-error.ts';
import type { Json } from '../../../platform/values/json.ts';
import type { Connector, EntityType, ExternalRecord } from '../contract.ts';

/** What would be in the database: survives the crash of a reader. */
export interface Stored {
  readonly records: ExternalRecord[];
  position: Json | undefined;
  events: number;
  mark: string | undefined;
}

export function nothingStored(): Stored {
  return { records: [], position: undefined, events: 0, mark: undefined };
}

/**
 * Reads on from what is stored until the end, or abandons at the event with index `abandonAt` (of this run): half of
 * a page's records are read and thrown away, as a killed process would.
 */
export async function readOn(
  connector: Connector,
  entity: EntityType,
  stored: Stored,
  options: { readonly mark?: string; readonly abandonAt?: number } = {},
): Promise<void> {
  const cancel = new AbortController();
  const position = stored.position === undefined ? {} : { position: structuredClone(stored.position) };
  const mark = options.mark === undefined ? {} : { mark: options.mark };
  let index = 0;
  for await (const event of connector.read(entity, { ...position, ...mark, signal: cancel.signal })) {
    const abandons = index === options.abandonAt;
    index += 1;
    if (event.type === 'end') {
      if (abandons) return;
      stored.mark = event.mark;
      stored.events += 1;
      continue;
    }
    const page: ExternalRecord[] = [];
    if (event.type === 'page')
      for await (const record of event.records) {
        page.push(record);
        if (abandons && page.length >= 2) break;
      }
    if (abandons) {
      cancel.abort(new TielineError('INTERNAL', 'the reader was abandoned'));
      return;
    }
    stored.records.push(...page);
    // Through text, as a database keeps it.
    stored.position = JSON.parse(JSON.stringify(event.position)) as Json;
    stored.events += 1;
  }
}

/** Reads to the end, continuing from the stored position after errors that say they may go away by themselves. */
export async function readThroughErrors(
  connect: () => Connector,
  entity: EntityType,
  stored: Stored,
  options: { readonly mark?: string } = {},
): Promise<number> {
  for (let errors = 0; ; errors += 1)
    try {
      await readOn(connect(), entity, stored, options);
      return errors;
    } catch (error) {
      if (!(error instanceof TielineError) || !error.entry.retryable || errors >= 20) throw error;
    }
}
