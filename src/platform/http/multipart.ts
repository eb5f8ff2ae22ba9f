/**
 * A form with one file as the body of a request (multipart/form-data, RFC 7578): its length is known before the first byte, so that the file is
 * sent as it is read. Names are written as browsers write them: UTF-8 as it is, and what would end the name percent-encoded. `filename*` of
 * RFC 6266 may not be used here (RFC 7578, section 4.2).
 */
import { randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import type { HttpRequest } from './http-client.ts';

export interface FormFile {
  /** The name of its part. */
  readonly part: string;
  /** What people call it; without folders. */
  readonly name: string;
  readonly bytes: number;
  readonly open: () => Promise<Readable>;
}

const mediaTypes: Readonly<Record<string, string>> = {
  csv: 'text/csv',
  docx: 'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
  gif: 'image/gif',
  htm: 'text/html',
  html: 'text/html',
  jpeg: 'image/jpeg',
  jpg: 'image/jpeg',
  json: 'application/json',
  log: 'text/plain',
  md: 'text/markdown',
  pdf: 'application/pdf',
  png: 'image/png',
  pptx: 'application/vnd.openxmlformats-officedocument.presentationml.presentation',
  txt: 'text/plain',
  xlsm: 'application/vnd.ms-excel.sheet.macroEnabled.12',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  xml: 'application/xml',
  zip: 'application/zip',
};

/** By the ending of its name; what is not known is bytes. */
const mediaTypeOf = (name: string): string =>
  mediaTypes[/\.(\w+)$/.exec(name)?.[1]?.toLowerCase() ?? ''] ?? 'application/octet-stream';

const escapes: Readonly<Record<string, string>> = { '"': '%22', '\r': '%0D', '\n': '%0A' };
/** As the URL standard's "multipart/form-data" encoding does; a NUL and other control characters have no place in a header at all. */
const quoted = (name: string): string =>
  `"${name
    .replaceAll(/["\r\n]/g, (character) => escapes[character] ?? '')
    // oxlint-disable-next-line no-control-regex -- it is about those
    .replaceAll(/[\u0000-\u001f\u007f]/g, '_')}"`;

/** The last part of a path: what names folders is the sender's own business, and a server must not act on it (RFC 7578, section 4.2). */
const baseName = (name: string): string =>
  name.slice(Math.max(name.lastIndexOf('/'), name.lastIndexOf('\\')) + 1);

/**
 * The content of a request that sends fields and a file as a form; the file comes last, so that a server knows what it is for when it begins.
 * Line ends in fields are sent as CR LF, as every form does.
 */
export function formContent(
  fields: Readonly<Record<string, string>>,
  file: FormFile,
): NonNullable<HttpRequest['content']> {
  // Drawn for each form: what a file holds cannot have been made to end its part.
  const boundary = `tieline-${randomUUID()}`;
  const parts = Object.entries(fields).map(
    ([name, value]) =>
      `--${boundary}\r\ncontent-disposition: form-data; name=${quoted(name)}\r\n\r\n${value.replaceAll(/\r\n|\r|\n/g, '\r\n')}\r\n`,
  );
  const name = baseName(file.name);
  const head = Buffer.from(
    `${parts.join('')}--${boundary}\r\ncontent-disposition: form-data; name=${quoted(file.part)}; filename=${quoted(name)}\r\n` +
      `content-type: ${mediaTypeOf(name)}\r\n\r\n`,
  );
  const tail = Buffer.from(`\r\n--${boundary}--\r\n`);
  return {
    type: `multipart/form-data; boundary=${boundary}`,
    bytes: head.length + file.bytes + tail.length,
    open: async () => Readable.from(framed(head, await file.open(), tail), { objectMode: false }),
  };
}

async function* framed(head: Buffer, file: Readable, tail: Buffer): AsyncGenerator<Buffer> {
  yield head;
  for await (const piece of file) yield piece as Buffer; // a stream of bytes has no encoding
  yield tail;
}
