/** What is wrong with signing in by cards, in plain words, each with what to do. Nobody signs in. */
import { usualAccessSettings } from '../../../platform/config/index.ts';
import { messageOf } from '../../../platform/errors/index.ts';
import type { AccountsApp } from '../accounts-app.ts';
import type { SignInCheck } from '../sign-in-check.ts';
import { graceMsOf, rulesOfCards, trustFilesOf } from './card-desk.ts';
import { faultsOfCardSettings } from './card-settings.ts';
import { decideCertificate } from './certificate-decision.ts';
import type { Authority, ClientCertificate } from './certificate-facts.ts';
import { examine } from './certificate-path.ts';
import { certificateRefusals } from './certificate-refusals.ts';
import { loadTrust, type LoadedTrust } from './load-trust.ts';

const dayMs = 86_400_000;
const minute = (at: Date): string => `${at.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
const colons = (fingerprint: string): string => fingerprint.toUpperCase().replaceAll(/..(?=.)/g, '$&:');

/** @param pem a certificate of a card, to be decided as at a sign-in. */
export async function checkCards(app: AccountsApp, pem?: string): Promise<SignInCheck[]> {
  const settings = app.access ?? usualAccessSettings;
  const checks = settingChecks(settings);
  let loaded: LoadedTrust;
  try {
    loaded = await loadTrust(trustFilesOf(settings));
  } catch (error) {
    return [
      ...checks,
      {
        check: 'authorities',
        status: 'failed',
        detail: messageOf(error),
        remedy: 'Set cac_ca_file and cac_crl: docs/how-to/sign-in-with-cards.md.',
      },
    ];
  }
  const at = app.now();
  const { authorities } = loaded.trust;
  checks.push(
    ...authorities.map((each) => authorityCheck(each, settings.cacIssuers ?? [], at)),
    ...authorities
      .filter(({ isAuthority }) => isAuthority)
      .map((each) => listCheck(each, { loaded, at, graceMs: graceMsOf(settings) })),
    ...loaded.faults.map(({ says }) => ({
      check: 'not used',
      status: 'failed' as const,
      detail: says,
      remedy: 'Replace or remove it.',
    })),
  );
  if (pem !== undefined) checks.push(...(await cardChecks(pem, { loaded, at, settings })));
  return checks;
}

/** Whether cards are taken, and each setting without which `serve` would not start. */
function settingChecks(settings: NonNullable<AccountsApp['access']>): SignInCheck[] {
  const { cacPort, cacProxyHeader } = settings;
  const faults = faultsOfCardSettings(settings).map(({ field, message }) => ({
    check: 'settings',
    status: 'failed' as const,
    detail: `${field} ${message}.`,
    remedy: `Set it: \`serve\` does not start without. docs/how-to/sign-in-with-cards.md.`,
  }));
  return [waysCheck({ cacPort, cacProxyHeader }), ...faults];
}

function waysCheck({
  cacPort,
  cacProxyHeader,
}: Pick<NonNullable<AccountsApp['access']>, 'cacPort' | 'cacProxyHeader'>): SignInCheck {
  const check = 'ways';
  if (cacPort === undefined && cacProxyHeader === undefined)
    return {
      check,
      status: 'failed',
      detail: 'Signing in with cards is switched off.',
      remedy: 'Set cac_port, or cac_proxy_header behind a proxy: docs/how-to/sign-in-with-cards.md.',
    };
  const ways = [
    ...(cacPort === undefined ? [] : [`directly at port ${cacPort}`]),
    ...(cacProxyHeader === undefined ? [] : [`behind a proxy, by ${cacProxyHeader}`]),
  ];
  return { check, status: 'ok', detail: `Cards are taken ${ways.join(', and ')}.` };
}

function authorityCheck(it: Authority, issuers: readonly string[], at: Date): SignInCheck {
  const check = it.isRoot ? 'root' : 'authority';
  const allowed =
    it.isRoot || issuers.length === 0 || issuers.includes(it.fingerprint)
      ? ''
      : ' Its cards are not allowed (cac_issuers).';
  const detail = `${it.subject}, until ${minute(it.notAfter)}, SHA-256 ${colons(it.fingerprint)}.${allowed}`;
  if (it.notAfter <= at)
    return { check, status: 'failed', detail, remedy: 'It has expired: put its successor into cac_ca_file.' };
  return it.notAfter.getTime() - at.getTime() < 30 * dayMs
    ? {
        check,
        status: 'warning',
        detail,
        remedy: 'It expires within 30 days: put its successor into cac_ca_file.',
      }
    : { check, status: 'ok', detail };
}

function listCheck(
  it: Authority,
  { loaded, at, graceMs }: { readonly loaded: LoadedTrust; readonly at: Date; readonly graceMs: number },
): SignInCheck {
  const check = 'revocation list';
  const list = loaded.trust.lists.get(it.fingerprint);
  if (!list)
    return {
      check,
      status: 'failed',
      detail: `None of ${it.subject}: whatever it issued is refused.`,
      remedy: 'Load its list (CRL) into cac_crl.',
    };
  const due = list.nextUpdate;
  const detail = `${it.subject}: ${list.revoked.size} revoked, of ${minute(list.thisUpdate)}, next due ${due ? minute(due) : 'never'}.`;
  const remedy = 'Load the newest list into cac_crl.';
  if (due === undefined || due.getTime() + graceMs <= at.getTime())
    return { check, status: 'failed', detail, remedy };
  return due.getTime() - at.getTime() < dayMs
    ? { check, status: 'warning', detail, remedy }
    : { check, status: 'ok', detail };
}

async function cardChecks(
  pem: string,
  {
    loaded,
    at,
    settings,
  }: {
    readonly loaded: LoadedTrust;
    readonly at: Date;
    readonly settings: NonNullable<AccountsApp['access']>;
  },
): Promise<SignInCheck[]> {
  const { readCertificates } = await import('./client-certificate.ts');
  let card: ClientCertificate | undefined;
  try {
    [card] = readCertificates(pem, 'the card');
  } catch (error) {
    return [
      { check: 'card', status: 'failed', detail: messageOf(error), remedy: 'Give its certificate in PEM.' },
    ];
  }
  if (!card) return [];
  const read: SignInCheck = { check: 'card', status: 'ok', detail: cardText(card) };
  const facts = examine(card, { trust: loaded.trust, at, graceMs: graceMsOf(settings) });
  const decision = decideCertificate(facts, rulesOfCards(settings), at);
  if (decision.kind === 'accepted') {
    const { subject, issuer } = decision.identity;
    return [read, { check: 'decision', status: 'ok', detail: `Accepted, as ${subject} of ${issuer}.` }];
  }
  const { says, remedy } = certificateRefusals[decision.why];
  return [read, { check: 'decision', status: 'failed', detail: `${says} (${decision.why})`, remedy }];
}

const cardText = (it: ClientCertificate): string =>
  [
    `${it.subject}, serial number ${it.serial}, of ${it.issuer}`,
    `valid from ${minute(it.notBefore)} to ${minute(it.notAfter)}`,
    `UPN ${it.upns.join(', ') || 'none'}`,
    `purposes ${it.purposes.join(', ') || 'none'}`,
    `policies ${it.policies.join(', ') || 'none'}`,
    ...(it.unknownExtensions.length > 0 ? [`critical and unknown ${it.unknownExtensions.join(', ')}`] : []),
  ].join('; ') + '.';
