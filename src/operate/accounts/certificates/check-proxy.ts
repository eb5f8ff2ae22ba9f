/**
 * Whether forged headers get through: sends them as an attacker would, and looks at what comes of it. A header that was believed leads to a
 * refusal of the certificate in it; one that was dropped, to a sign-in without a card.
 */
import { request as plainRequest } from 'node:http';
import { request as tlsRequest } from 'node:https';
import { usualAccessSettings } from '../../../platform/config/index.ts';
import { messageOf } from '../../../platform/errors/index.ts';
import type { App } from '../../../engine/run/index.ts';
import { trustedAuthorities } from '../../../platform/http/index.ts';
import type { AccountsApp } from '../accounts-app.ts';
import type { SignInCheck } from '../sign-in-check.ts';

type Headers = Readonly<Record<string, string | readonly string[]>>;

interface Came {
  readonly status: number;
  /** Why the sign-in page says that nobody is signed in; undefined: it was led elsewhere. */
  readonly refused: string | undefined;
}

const timeoutMs = 10_000;

function ask(base: string, headers: Headers, ca: readonly string[] | undefined): Promise<Came> {
  const url = new URL('/api/v1/session/cac?next=%2F&banner=acknowledged', base);
  return new Promise((resolve, reject) => {
    const send = url.protocol === 'https:' ? tlsRequest : plainRequest;
    const options = {
      headers: headers as Record<string, string | string[]>,
      timeout: timeoutMs,
      ...(ca === undefined ? {} : { ca: [...ca] }),
    };
    const sent = send(url, options, (answer) => {
      answer.resume();
      const location = new URL(answer.headers.location ?? '/', url);
      resolve({ status: answer.statusCode ?? 0, refused: location.searchParams.get('refused') ?? undefined });
    });
    sent.on('timeout', () => sent.destroy(new Error(`no answer within ${timeoutMs / 1000} seconds`)));
    sent.on('error', reject).end();
  });
}

/** No certificate: whoever believes the header fails to read it, and says so. */
const forgedPem = encodeURIComponent('-----BEGIN CERTIFICATE-----\nAQID\n-----END CERTIFICATE-----\n');

interface Trial {
  readonly check: string;
  readonly headers: Headers;
  /** Whether it was held off. */
  readonly held: (came: Came) => boolean;
  readonly whenHeld: string;
  readonly believed: string;
  readonly remedy: string;
}

const isDropped = ({ status, refused }: Came): boolean =>
  status === 303 && (refused === undefined || !refused.startsWith('card_'));
const isHeld = (came: Came): boolean => came.status === 400 || isDropped(came);

function trialsOf({
  header,
  verifyHeader,
  secretHeader,
}: Readonly<Record<'header' | 'verifyHeader' | 'secretHeader', string>>): Trial[] {
  const forged = { [header]: header === 'client-cert' ? ':AQID:' : forgedPem, [verifyHeader]: 'SUCCESS' };
  const setIt =
    'The proxy must set the header itself, whatever a client sends (nginx: proxy_set_header); and nobody else may reach this port.';
  return [
    { check: 'forged certificate', headers: forged, held: isDropped, whenHeld: 'A certificate in a header was dropped.', believed: 'A certificate in a header was believed.', remedy: setIt },
    { check: 'header twice', headers: { ...forged, [header]: [String(forged[header]), String(forged[header])] }, held: isHeld, whenHeld: 'The header twice was refused or dropped.', believed: 'The header twice was read.', remedy: setIt },
    { check: 'header with _', headers: { [header.replaceAll('-', '_')]: String(forged[header]), [verifyHeader]: 'SUCCESS' }, held: isHeld, whenHeld: 'The header with _ for - was refused or dropped.', believed: 'The header with _ for - was read.', remedy: 'In nginx leave underscores_in_headers off.' },
    { check: 'guessed secret', headers: { ...forged, [secretHeader]: 'a'.repeat(64) }, held: isHeld, whenHeld: 'A wrong secret proved nothing.', believed: 'A wrong secret was believed.', remedy: setIt },
  ]; // prettier-ignore
}

/** @param url of the proxy as browsers reach it, or of this server past the proxy. */
export async function checkProxy(app: AccountsApp & Pick<App, 'http'>, url: string): Promise<SignInCheck[]> {
  const { cacProxyHeader, cacProxyVerifyHeader, cacProxySecretHeader } = app.access ?? usualAccessSettings;
  if (cacProxyHeader === undefined)
    return [
      {
        check: 'settings',
        status: 'failed',
        detail: 'Cards behind a proxy are switched off: headers are believed from nobody.',
        remedy: 'Set cac_proxy_header: docs/how-to/sign-in-with-cards.md.',
      },
    ];
  const ca = trustedAuthorities(app.http.ca);
  const checks: SignInCheck[] = [];
  const trials = trialsOf({
    header: cacProxyHeader,
    verifyHeader: cacProxyVerifyHeader,
    secretHeader: cacProxySecretHeader,
  });
  for (const { check, headers, held, whenHeld: detail, believed, remedy } of trials)
    try {
      const came = await ask(url, headers, ca);
      if (held(came)) checks.push({ check, status: 'ok', detail });
      else if (came.refused?.startsWith('card_') === true)
        checks.push({ check, status: 'failed', detail: believed, remedy });
      else
        checks.push({
          check,
          status: 'warning',
          detail: `${url} answered ${came.status}, which says nothing about it.`,
          remedy: 'Give the address of the console as browsers reach it.',
        });
    } catch (error) {
      return [
        ...checks,
        {
          check: 'reach',
          status: 'failed',
          detail: `${url}: ${messageOf(error)}`,
          remedy: 'Is it the right address, and does this machine trust its authority (ca_file)?',
        },
      ];
    }
  return checks;
}
