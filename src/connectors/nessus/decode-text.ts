import { scanFileFault } from './scan-file-fault.ts';

type Decoder = InstanceType<typeof TextDecoder>;

/** The encoding that the first bytes show: a byte order mark, or what the XML declaration says. */
function encodingOf(start: Uint8Array): string {
  const [a, b] = start;
  if ((a === 0xff && b === 0xfe) || (b === 0 && a !== 0)) return 'utf-16le';
  if ((a === 0xfe && b === 0xff) || (a === 0 && b !== 0)) return 'utf-16be';
  const head = Buffer.from(start.subarray(0, 200)).toString('latin1');
  const declared = /^[^<]{0,3}<\?xml[^>]*encoding=["']([A-Za-z0-9._-]+)["']/.exec(head)?.[1]?.toLowerCase();
  return declared === undefined || declared === 'us-ascii' ? 'utf-8' : declared;
}

const known = new Set([
  'utf-8',
  'utf8',
  'iso-8859-1',
  'latin1',
  'windows-1252',
  'utf-16',
  'utf-16le',
  'utf-16be',
]);

/**
 * A file's text piece by piece, with the byte at which each piece begins. Line ends stay as they are.
 * @throws TielineError SCAN_FILE_INVALID with line and byte where the bytes are not text of the file's encoding.
 */
export async function* decodeText(
  name: string,
  bytes: AsyncIterable<Uint8Array>,
): AsyncGenerator<{ readonly text: string; readonly byte: number }, void, undefined> {
  let decoder: Decoder | undefined;
  let byte = 0;
  let line = 1;
  let first: Uint8Array = new Uint8Array();
  for await (let piece of bytes) {
    if (!decoder) {
      // The declaration may come in several pieces.
      first = first.length === 0 ? piece : Buffer.concat([first, piece]);
      if (first.length < 200 && !Buffer.from(first).includes('>')) continue;
      piece = first;
      decoder = decoderFor(name, piece);
    }
    const text = decode(decoder, piece, { name, line, byte });
    yield { text, byte };
    byte += piece.length;
    line += linesIn(piece);
  }
  if (!decoder) {
    decoder = decoderFor(name, first);
    yield { text: decode(decoder, first, { name, line, byte }), byte };
    byte += first.length;
  }
  try {
    yield { text: decoder.decode(), byte };
  } catch (error) {
    throw scanFileFault(name, { line, byte }, 'the file ends within a character: it was cut off', error);
  }
}

function linesIn(piece: Uint8Array): number {
  const buffer = Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength);
  let lines = 0;
  for (let at = buffer.indexOf(0x0a); at >= 0; at = buffer.indexOf(0x0a, at + 1)) lines += 1;
  return lines;
}

function decoderFor(name: string, start: Uint8Array): Decoder {
  const encoding = encodingOf(start);
  if (!known.has(encoding))
    throw scanFileFault(
      name,
      { line: 1, byte: 0 },
      `the encoding ${encoding} is not known; convert the file to UTF-8`,
    );
  return new TextDecoder(encoding, { fatal: true });
}

function decode(
  decoder: Decoder,
  piece: Uint8Array,
  at: { readonly name: string; readonly line: number; readonly byte: number },
): string {
  try {
    return decoder.decode(piece, { stream: true });
  } catch (error) {
    const fault = firstFault(decoder.encoding, piece);
    const place = { line: at.line + linesIn(piece.subarray(0, fault)), byte: at.byte + fault };
    throw scanFileFault(at.name, place, `the bytes here are no ${decoder.encoding.toUpperCase()}`, error);
  }
}

/** Where in a piece the first byte is that cannot be decoded, found by halves. */
function firstFault(encoding: string, piece: Uint8Array): number {
  let good = 0;
  let bad = piece.length;
  while (bad - good > 1) {
    const middle = Math.floor((good + bad) / 2);
    try {
      new TextDecoder(encoding, { fatal: true }).decode(piece.subarray(0, middle), { stream: true });
      good = middle;
    } catch {
      bad = middle;
    }
  }
  return good;
}
