/**
 * Security keys by WebAuthn, through @simplewebauthn/server, which is loaded when it is needed. A key must make sure of its person (PIN,
 * fingerprint): having it is not enough. What makes it is not asked: no attestation, so that no serial number is kept.
 */
import type {
  AuthenticationResponseJSON,
  PublicKeyCredentialCreationOptionsJSON,
  PublicKeyCredentialRequestOptionsJSON,
  RegistrationResponseJSON,
} from '@simplewebauthn/server';
import { messageOf } from '../../../platform/errors/index.ts';
import type { PrincipalRow } from '../people/principals.sql.ts';
import type { RelyingParty } from './factor-rules.ts';
import type { KeyRow, NewKey } from './factors.sql.ts';

export type Assertion = AuthenticationResponseJSON;
export type Attestation = RegistrationResponseJSON;
export type KeyQuestion = PublicKeyCredentialRequestOptionsJSON;
export type NewKeyQuestion = PublicKeyCredentialCreationOptionsJSON;

/** How long a person has to touch the key, in minutes. */
export const challengeMinutes = 5;
const timeout = challengeMinutes * 60_000;
/** ES256, EdDSA, RS256: each approved by FIPS 186-5. */
const algorithms = [-7, -8, -257];

const library = () => import('@simplewebauthn/server');

const named = ({ credentialId, transports }: KeyRow) => ({ id: credentialId, transports: [...transports] });

/** What a browser is to have signed by one of these keys. */
export async function askForKey(party: RelyingParty, keys: readonly KeyRow[]): Promise<KeyQuestion> {
  const { generateAuthenticationOptions } = await library();
  return generateAuthenticationOptions({
    rpID: party.id,
    allowCredentials: keys.map(named),
    userVerification: 'required',
    timeout,
  });
}

export type KeyCheck =
  | { readonly isRight: true; readonly key: KeyRow; readonly signCount: number; readonly isSynced: boolean }
  | { readonly isRight: false; readonly why: string };

/** @param challenge what was asked, which answers once; undefined: nothing was, or it was answered already. */
export async function checkAssertion(
  assertion: Assertion,
  asked: {
    readonly challenge: string | undefined;
    readonly party: RelyingParty | undefined;
    readonly keys: readonly KeyRow[];
  },
): Promise<KeyCheck> {
  const { challenge, party, keys } = asked;
  if (party === undefined) return { isRight: false, why: 'security keys are not available here' };
  if (challenge === undefined) return { isRight: false, why: 'no open question for a security key' };
  const key = keys.find(({ credentialId }) => credentialId === assertion.id);
  if (!key) return { isRight: false, why: 'a security key that is not of this account' };
  const { verifyAuthenticationResponse } = await library();
  try {
    const { verified, authenticationInfo } = await verifyAuthenticationResponse({
      response: assertion,
      expectedChallenge: challenge,
      expectedOrigin: [...party.origins],
      expectedRPID: party.id,
      requireUserVerification: true,
      credential: {
        id: key.credentialId,
        publicKey: new Uint8Array(key.publicKey),
        counter: Number(key.signCount),
      },
    });
    if (!verified) return { isRight: false, why: 'the signature of the security key is wrong' };
    return {
      isRight: true,
      key,
      signCount: authenticationInfo.newCounter,
      isSynced: authenticationInfo.credentialBackedUp,
    };
  } catch (error) {
    return { isRight: false, why: `security key: ${messageOf(error)}`.slice(0, 300) };
  }
}

/** What a browser is to make a key for. @param present keys of the person, which are not to be added twice. */
export async function askForNewKey(
  party: RelyingParty,
  { id, name, displayName }: Pick<PrincipalRow, 'id' | 'name' | 'displayName'>,
  present: readonly KeyRow[],
): Promise<NewKeyQuestion> {
  const { generateRegistrationOptions } = await library();
  return generateRegistrationOptions({
    rpName: 'Tieline',
    rpID: party.id,
    userID: new TextEncoder().encode(id),
    userName: name,
    userDisplayName: displayName ?? name,
    attestationType: 'none',
    excludeCredentials: present.map(named),
    authenticatorSelection: { residentKey: 'discouraged', userVerification: 'required' },
    supportedAlgorithmIDs: algorithms,
    timeout,
  });
}

type Made = Pick<NewKey, 'credentialId' | 'publicKey' | 'signCount' | 'transports' | 'isSynced'>;

/** @returns why it is refused, or what is kept of the key. */
export async function checkAttestation(
  attestation: Attestation,
  { challenge, party }: { readonly challenge: string; readonly party: RelyingParty },
): Promise<Made | { readonly why: string }> {
  const { verifyRegistrationResponse } = await library();
  try {
    const { verified, registrationInfo } = await verifyRegistrationResponse({
      response: attestation,
      expectedChallenge: challenge,
      expectedOrigin: [...party.origins],
      expectedRPID: party.id,
      requireUserVerification: true,
      supportedAlgorithmIDs: algorithms,
    });
    if (!verified) return { why: 'its signature is wrong' };
    const { credential, credentialBackedUp } = registrationInfo;
    return {
      credentialId: credential.id,
      publicKey: credential.publicKey,
      signCount: credential.counter,
      transports: credential.transports ?? [],
      isSynced: credentialBackedUp,
    };
  } catch (error) {
    return { why: messageOf(error).slice(0, 300) };
  }
}
