import { TielineError } from '../../../platform/errors/index.ts';
import type { FeedDocument, FeedFile } from '../feed-file.ts';

const longest = 64 * 1024 * 1024;

/** The text of a document that is read whole. @throws FEED_INVALID for one beyond 64 MiB, or that is no UTF-8. */
export async function textOf(document: FeedDocument): Promise<string> {
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  for await (const piece of document.bytes()) {
    bytes += piece.length;
    if (bytes > longest)
      throw new TielineError('FEED_INVALID', `${document.name} was not loaded: it is longer than 64 MiB.`);
    pieces.push(piece);
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(pieces));
  } catch (error) {
    throw new TielineError('FEED_INVALID', `${document.name} was not loaded: it is no UTF-8 text.`, {
      cause: error,
    });
  }
}

/** The one document of a file. @throws FEED_INVALID where there are several. */
export async function onlyDocument(file: FeedFile): Promise<FeedDocument> {
  let found: FeedDocument | undefined;
  for await (const document of file.documents()) {
    if (found)
      throw new TielineError('FEED_INVALID', `${file.name} was not loaded: it holds several files.`, {
        remedy: 'Name the one that is the feed.',
      });
    found = document;
  }
  if (!found) throw new TielineError('FEED_INVALID', `${file.name} was not loaded: it is empty.`);
  return found;
}

export const textOfOnly = async (file: FeedFile): Promise<string> => textOf(await onlyDocument(file));
