/** As much of a browser as signing in over several servers needs: cookies by server, links that lead on, and forms. */
export interface Shown {
  readonly url: URL;
  readonly status: number;
  readonly body: string;
}

const usual = { 'sec-fetch-site': 'same-origin', accept: 'text/html' };
const mostSteps = 20;

export class SmallBrowser {
  readonly #cookies = new Map<string, Map<string, string>>();

  cookie(origin: string, name: string): string | undefined {
    return this.#cookies.get(origin)?.get(name);
  }

  setCookie(origin: string, name: string, value: string): void {
    const jar = this.#cookies.get(origin) ?? new Map<string, string>();
    this.#cookies.set(origin, jar.set(name, value));
  }

  /** One request; nothing is followed. */
  async ask(address: string | URL, init: RequestInit = {}): Promise<Response> {
    const url = new URL(address);
    const jar = this.#cookies.get(url.origin);
    const cookie = [...(jar ?? [])].map(([name, value]) => `${name}=${value}`).join('; ');
    const headers = {
      ...usual,
      ...(cookie === '' ? {} : { cookie }),
      ...(init.headers as Record<string, string>),
    }; // plain ones
    const response = await fetch(url, { redirect: 'manual', ...init, headers });
    for (const line of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (value === '' || /expires=Thu, 01 Jan 1970/i.test(line)) this.#cookies.get(url.origin)?.delete(name);
      else this.setCookie(url.origin, name, value);
    }
    return response;
  }

  /** Goes there, is led on, fills forms in, until `until` says that it has arrived. */
  async visit(
    address: string | URL,
    {
      fields,
      until,
    }: { readonly fields: Readonly<Record<string, string>>; readonly until: (url: URL) => boolean },
  ): Promise<Shown> {
    let url = new URL(address);
    let init: RequestInit = {};
    for (let step = 0; step < mostSteps; step += 1) {
      if (step > 0 && until(url)) return { url, status: 0, body: '' };
      const response = await this.ask(url, init);
      const location = response.headers.get('location');
      if (location !== null) {
        [url, init] = [new URL(location, url), {}];
        continue;
      }
      const body = await response.text();
      const form = formOf(body, fields);
      if (!form) return { url, status: response.status, body };
      url = new URL(form.action, url);
      init = { method: 'POST', body: form.values };
    }
    throw new Error(`It was led on too often, last to ${url.href}`);
  }
}

const unescaped = (text: string): string => text.replaceAll('&amp;', '&').replaceAll('&#34;', '"');

/** The first form of a page, filled in. */
function formOf(
  html: string,
  fields: Readonly<Record<string, string>>,
): { readonly action: string; readonly values: URLSearchParams } | undefined {
  const form = /<form[^>]*action="([^"]*)"[^>]*>([\s\S]*?)<\/form>/i.exec(html);
  if (!form) return undefined;
  const values = new URLSearchParams();
  for (const [tag] of (form[2] ?? '').matchAll(/<(?:input|button)[^>]*>/gi)) {
    const name = /name="([^"]*)"/.exec(tag)?.[1];
    const value = fields[name ?? ''] ?? /value="([^"]*)"/.exec(tag)?.[1];
    if (name !== undefined && value !== undefined) values.set(name, unescaped(value));
  }
  // A button may stand outside of the form that it sends.
  for (const [tag] of html.matchAll(/<button[^>]* form="[^>]*>/gi)) {
    const name = /name="([^"]*)"/.exec(tag)?.[1];
    if (name !== undefined && fields[name] !== undefined) values.set(name, fields[name]);
  }
  return { action: unescaped(form[1] ?? ''), values };
}
