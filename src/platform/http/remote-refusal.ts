/** What a remote said when it refused, made fit for an error message: JSON texts only, short, never HTML or headers. */
import { shownText, TielineError } from '../errors/index.ts';
import { isJsonObject } from '../values/index.ts';
import type { HttpResponse } from './http-client.ts';

const limit = 200;

/**
 * The message in the text of a JSON error body (`message`, `error`, `detail`, …), at most 200 characters, escaped; '' if there is none.
 * @param masked takes out the secrets that were sent; before the text is cut, since half a secret is not recognised.
 */
export function messageInBody(text: string, masked: (text: string) => string): string {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    return '';
  }
  if (!isJsonObject(body)) return '';
  const parts = [
    body['error'],
    body['message'],
    body['detail'],
    body['error_msg'],
    body['failure_reason'],
    body['reason'],
  ].map((part) => (isJsonObject(part) ? part['message'] : part));
  const texts = parts.filter(
    (part): part is string => typeof part === 'string' && part !== '' && !/<\w+[\s>]/.test(part),
  );
  return saidShort([...new Set(texts)].join(': '), masked, limit);
}

/** What a remote said on one line, without secrets, escaped, at most `length` characters of it. */
export function saidShort(text: string, masked: (text: string) => string, length: number): string {
  return shownText(masked(text).replaceAll(/\s+/g, ' ').slice(0, length));
}

/** Reads the rest of a refused answer and returns its message; '' if it has none or the body cannot be read. */
export async function readRefusal(response: HttpResponse): Promise<string> {
  try {
    return messageInBody(await response.text(1024 * 1024), (text) => response.masked(text));
  } catch {
    return '';
  }
}

/**
 * Turns an answer that the caller did not expect into the error to throw: 401 REMOTE_UNAUTHORIZED, 403
 * REMOTE_FORBIDDEN, 5xx REMOTE_FAILED, any other REMOTE_UNEXPECTED. Reads the body to its end.
 */
export async function refusalError(
  request: { readonly method: string; readonly path: string },
  response: HttpResponse,
  remedy?: string,
): Promise<TielineError> {
  const said = await readRefusal(response);
  const message = `${request.method} ${request.path} was answered with ${response.status}${said === '' ? '' : `: ${said}`}`;
  const code =
    response.status === 401
      ? 'REMOTE_UNAUTHORIZED'
      : response.status === 403
        ? 'REMOTE_FORBIDDEN'
        : response.status >= 500
          ? 'REMOTE_FAILED'
          : 'REMOTE_UNEXPECTED';
  return new TielineError(code, message, remedy === undefined ? {} : { remedy });
}
