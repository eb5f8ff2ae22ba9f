/**
 * XML of a workbook's part, as it comes. Prefixes of names are left out (writers use different ones). A document type is refused: with it
 * entities come, and nothing of a workbook needs them; saxes itself expands the five predefined ones alone and fetches nothing.
 */
import { SaxesParser } from 'saxes';
import { messageOf, TielineError } from '../errors/index.ts';
import { workbookFault, type WorkbookLimits } from './workbook-fault.ts';

export interface XmlHandlers {
  readonly open: (name: string, attributes: Readonly<Record<string, string>>) => void;
  readonly close: (name: string) => void;
  readonly text?: (text: string) => void;
}

const localName = (name: string): string => name.slice(name.indexOf(':') + 1);

/** Feeds a part to handlers; yields after each piece of it, so that what was read can be handed on. */
export async function* parseXml(
  place: string,
  bytes: AsyncIterable<Uint8Array>,
  handlers: XmlHandlers,
  limits: WorkbookLimits,
): AsyncGenerator<void> {
  const parser = new SaxesParser();
  let depth = 0;
  parser.on('doctype', () => {
    throw workbookFault(
      place,
      'it declares a document type, which no workbook needs: the file is taken for an attack',
    );
  });
  parser.on('opentag', ({ name, attributes }) => {
    depth += 1;
    if (depth > limits.depth) throw workbookFault(place, `elements are nested deeper than ${limits.depth}`);
    handlers.open(localName(name), attributes);
  });
  parser.on('closetag', ({ name }) => {
    depth -= 1;
    handlers.close(localName(name));
  });
  const { text } = handlers;
  if (text) {
    parser.on('text', text);
    parser.on('cdata', text);
  }
  parser.on('error', (error) => {
    throw error;
  });
  const decoder = new TextDecoder('utf-8', { fatal: false });
  try {
    for await (const piece of bytes) {
      parser.write(decoder.decode(piece, { stream: true }));
      yield;
    }
    parser.write(decoder.decode()).close();
  } catch (error) {
    if (error instanceof TielineError) throw error;
    throw workbookFault(place, `the XML is broken: ${messageOf(error)}`, error);
  }
  yield;
}

/** Reads a part to its end. */
export async function readXml(...given: Parameters<typeof parseXml>): Promise<void> {
  const pieces = parseXml(...given);
  while (!(await pieces.next()).done);
}
