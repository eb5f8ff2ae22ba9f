import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { client, closeAfterEachTest, get, serve } from './loopback.test-support.ts';
import { formContent } from './multipart.ts';

closeAfterEachTest();

async function sent(fields: Record<string, string>, name: string, bytes: Buffer) {
  const content = formContent(fields, {
    part: 'file',
    name,
    bytes: bytes.length,
    open: () => Promise.resolve(Readable.from([bytes])),
  });
  const body = await buffer(await content.open());
  const request = new Request('http://server/', {
    method: 'POST',
    headers: { 'content-type': content.type },
    body: new Uint8Array(body),
  });
  return { content, body, form: await request.formData() };
}

const fileOf = (form: FormData): File => {
  const file = form.get('file');
  if (file === null || typeof file === 'string') throw new Error('the form has no file');
  return file;
};

describe('a form with a file', () => {
  it('any fields, name and bytes are read back as they were, and the length that is announced is that of the body', async () => {
    // Names of files in use: of any script, with quotes, percent signs and semicolons.
    const word = fc
      .string({ unit: 'grapheme', minLength: 1, maxLength: 40 })
      .filter((text) => !/[/\\\p{Cc}]/u.test(text));
    await fc.assert(
      fc.asyncProperty(
        fc.dictionary(
          fc.stringMatching(/^[a-z_]{1,12}$/).filter((field) => field !== 'file'),
          fc.string({ unit: 'grapheme' }),
          { maxKeys: 4 },
        ),
        word,
        fc.uint8Array({ maxLength: 2000 }),
        async (fields, name, array) => {
          const bytes = Buffer.from(array);
          const { content, body, form } = await sent({ ...fields }, name, bytes);
          expect(body.length).toBe(content.bytes);
          const file = fileOf(form);
          // What is percent-encoded for a header is decoded by who reads it, and so is what had that form before.
          const decoded = (text: string): string =>
            text.replaceAll(/%22/g, '"').replaceAll(/%0D/gi, '\r').replaceAll(/%0A/gi, '\n');
          expect(decoded(file.name)).toBe(decoded(name));
          expect(Buffer.from(await file.arrayBuffer())).toEqual(bytes);
          for (const [field, value] of Object.entries(fields))
            expect(form.get(field)).toBe(value.replaceAll(/\r\n|\r|\n/g, '\r\n'));
        },
      ),
      { numRuns: 200 },
    );
  });

  it('a name cannot add headers or name folders, and says what kind of file it is', async () => {
    const { body, form } = await sent({}, '../etc/a"\r\nx-evil: 1\u0000.PDF', Buffer.from('x'));
    const [head = ''] = body.toString('latin1').split('\r\n\r\n');
    expect(head.split('\r\n').filter((line) => line.startsWith('x-evil'))).toEqual([]);
    expect(body.toString('latin1')).toContain('filename="a%22%0D%0Ax-evil: 1_.PDF"');
    expect(fileOf(form)).toMatchObject({ type: 'application/pdf' });
    expect(fileOf((await sent({}, 'unknown', Buffer.from('x'))).form).type).toBe('application/octet-stream');
  });

  it('a file that holds the boundary of an earlier form does not end the next one', async () => {
    const first = await sent({}, 'a.txt', Buffer.from('first'));
    const { form } = await sent({}, 'b.txt', first.body);
    expect(Buffer.from(await fileOf(form).arrayBuffer())).toEqual(first.body);
  });

  it('is read no faster than the server takes it', async () => {
    const piece = Buffer.alloc(256 * 1024, 7);
    const pieces = 256;
    let given = 0;
    let givenWhileWaiting = 0;
    const { url } = await serve((request, response) => {
      setTimeout(() => {
        givenWhileWaiting = given;
        request.resume().once('end', () => response.writeHead(200).end('{}'));
      }, 400);
    });
    async function* bytes(): AsyncGenerator<Buffer> {
      for (; given < pieces; given += 1) yield await Promise.resolve(piece);
    }
    const content = formContent(
      {},
      {
        part: 'file',
        name: 'long.bin',
        bytes: pieces * piece.length,
        open: () => Promise.resolve(Readable.from(bytes())),
      },
    );
    const answer = await client(url).send(get('/', { method: 'POST', content, retry: 'never' }));
    expect(answer.status).toBe(200);
    expect(given).toBe(pieces);
    expect(givenWhileWaiting).toBeGreaterThan(0);
    expect(givenWhileWaiting).toBeLessThan(pieces / 2);
  });
});
