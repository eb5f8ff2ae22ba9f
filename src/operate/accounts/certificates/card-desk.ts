/** Where cards are shown: the authorities and lists of the settings, read again when they change, and the decision over them. */
import { stat } from 'node:fs/promises';
import type { AccessSettings } from '../../../platform/config/index.ts';
import { messageOf, TielineError } from '../../../platform/errors/index.ts';
import type { ProvedIdentity } from '../sign-in/sign-in-by-identity.ts';
import { type CertificateRules, decideCertificate } from './certificate-decision.ts';
import type { ClientCertificate } from './certificate-facts.ts';
import { examine } from './certificate-path.ts';
import type { CertificateRefusal } from './certificate-refusals.ts';
import { filesOf, loadTrust, type LoadedTrust, type TrustFiles } from './load-trust.ts';

export type CardOutcome =
  | { readonly kind: 'proved'; readonly identity: ProvedIdentity }
  | { readonly kind: 'refused'; readonly why: CertificateRefusal; readonly told: string };

export interface CardDesk {
  /** @param der undefined: no certificate came. */
  read(der: Buffer | undefined, at: Date): Promise<CardOutcome>;
  loaded(): LoadedTrust;
  /** Reads the files again where one of them changed. @returns whether anything did. @throws what reading them throws; the former stay in use. */
  refresh(): Promise<boolean>;
}

type CardSettings = Pick<
  AccessSettings,
  'cacCaFile' | 'cacCrl' | 'cacCrlGraceHours' | 'cacIssuers' | 'cacPolicies' | 'cacIdentity'
>;

/** @throws TielineError SETTING_INVALID where the authorities or their lists are not named. */
export function trustFilesOf({ cacCaFile, cacCrl }: CardSettings): TrustFiles {
  if (cacCaFile !== undefined && cacCrl !== undefined) return { caFile: cacCaFile, crlPaths: cacCrl };
  throw new TielineError('SETTING_INVALID', 'Signing in with cards lacks a setting.', {
    fields: [
      ...(cacCaFile === undefined
        ? [{ field: 'cac_ca_file', message: 'must name the authorities of the cards (PEM)' }]
        : []),
      ...(cacCrl === undefined
        ? [
            {
              field: 'cac_crl',
              message: 'must name the lists of revoked certificates (CRL) of these authorities',
            },
          ]
        : []),
    ],
  });
}

export const rulesOfCards = (settings: CardSettings): CertificateRules => ({
  identity: settings.cacIdentity,
  issuers: settings.cacIssuers ?? [],
  policies: settings.cacPolicies ?? [],
});

export const graceMsOf = ({ cacCrlGraceHours }: CardSettings): number => cacCrlGraceHours * 3_600_000;

/** Names, sizes and times of all files: what changes when one of them does. */
async function stateOf({ caFile, crlPaths }: TrustFiles): Promise<string> {
  const listed = await Promise.all(crlPaths.map((path) => filesOf(path).catch(() => [path])));
  const states = [caFile, ...listed.flat()].map(async (file) => {
    const found = await stat(file).catch(() => undefined);
    return `${file} ${found?.size} ${found?.mtimeMs} ${found?.ino}`;
  });
  return (await Promise.all(states)).join('\n');
}

/** @throws as `loadTrust` and `trustFilesOf` do. */
export async function openCardDesk(settings: CardSettings): Promise<CardDesk> {
  const files = trustFilesOf(settings);
  const rules = rulesOfCards(settings);
  const graceMs = graceMsOf(settings);
  let state = await stateOf(files);
  let loaded = await loadTrust(files);
  return {
    loaded: () => loaded,
    async refresh() {
      const now = await stateOf(files);
      if (now === state) return false;
      loaded = await loadTrust(files);
      state = now;
      return true;
    },
    async read(der, at) {
      if (der === undefined) return { kind: 'refused', why: 'no_certificate', told: 'no certificate came' };
      const { readCertificate } = await import('./client-certificate.ts');
      let card: ClientCertificate;
      try {
        card = readCertificate(der, 'what came');
      } catch (error) {
        return { kind: 'refused', why: 'unreadable', told: messageOf(error) };
      }
      const decision = decideCertificate(examine(card, { trust: loaded.trust, at, graceMs }), rules, at);
      return decision.kind === 'accepted'
        ? {
            kind: 'proved',
            identity: { way: 'cac', ...decision.identity, ...shownOf(card), makesAccounts: false },
          }
        : { kind: 'refused', why: decision.why, told: toldOf(card) };
    },
  };
}

const commonName = /(?:^|, )CN=((?:\\.|[^,])*)/;

/** What is shown of a card, and what the security log keeps of it. */
const shownOf = (card: ClientCertificate): Pick<ProvedIdentity, 'presented' | 'details'> => ({
  presented: {
    name: card.upns[0] ?? commonName.exec(card.subject)?.[1],
    displayName: commonName.exec(card.subject)?.[1],
    email: card.emails[0],
  },
  details: { certificate: card.fingerprint, serial: card.serial, authority: card.issuer.slice(0, 500) },
});

const toldOf = (card: ClientCertificate): string =>
  `${card.subject}, serial number ${card.serial}, of ${card.issuer}`.slice(0, 1000);
