import { TielineError } from '../../../platform/errors/index.ts';
import type { FeedDocument } from '../feed-file.ts';

const longestLine = 16 * 1024 * 1024;

/** The lines of a document, without their ends, as its bytes arrive. @throws FEED_INVALID for what is no UTF-8, or a line beyond 16 MiB. */
export async function* linesOf(document: FeedDocument): AsyncGenerator<string, void, undefined> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  const decode = (piece?: Uint8Array): string => {
    try {
      return piece ? decoder.decode(piece, { stream: true }) : decoder.decode();
    } catch (error) {
      throw new TielineError('FEED_INVALID', `${document.name} was not loaded: it is no UTF-8 text.`, {
        cause: error,
      });
    }
  };
  const cut = (line: string): string => (line.endsWith('\r') ? line.slice(0, -1) : line);
  let rest = '';
  for await (const piece of document.bytes()) {
    const text = rest + decode(piece);
    const lines = text.split('\n');
    rest = lines.pop() ?? '';
    if (rest.length > longestLine)
      throw new TielineError(
        'FEED_INVALID',
        `${document.name} was not loaded: a line is longer than 16 MiB.`,
      );
    for (const line of lines) yield cut(line);
  }
  rest += decode();
  if (rest !== '') yield cut(rest);
}
