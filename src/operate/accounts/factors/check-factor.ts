/** Whether what a person gives beside the password is right. What is right is used up in the same transaction: it is good once. */
import type { App } from '../../../engine/run/index.ts';
import type { Tx } from '../../../platform/postgres/index.ts';
import { Secret } from '../../../platform/values/index.ts';
import type { AccountsApp } from '../accounts-app.ts';
import type { PrincipalRow } from '../people/principals.sql.ts';
import type { RelyingParty } from './factor-rules.ts';
import { findApp, listKeys, useKey, useStep } from './factors.sql.ts';
import { hashOfCode } from './recovery-codes.ts';
import { findCodesLeft, useCode } from './recovery-codes.sql.ts';
import { bytesOfBase32, stepOfCode } from './totp.ts';
import { type Assertion, checkAssertion } from './webauthn.ts';

export type FactorsApp = AccountsApp & Pick<App, 'secretBox'>;

export type FactorProof =
  | { readonly kind: 'totp'; readonly code: Secret }
  | { readonly kind: 'recovery'; readonly code: Secret }
  | { readonly kind: 'webauthn'; readonly assertion: Assertion };

export type FactorCheck =
  | {
      readonly isRight: true;
      readonly kind: FactorProof['kind'];
      /** Of a recovery code: how many are left. */
      readonly codesLeft?: number;
    }
  | { readonly isRight: false; /** For the security log, never for who asks. */ readonly why: string };

/** What a sealed key of an authenticator app is for: moved to another person's row, it does not open. */
export const appPurpose = (principalId: string): string => `second factor/${principalId}`;

export interface FactorQuestion {
  readonly proof: FactorProof;
  readonly party: RelyingParty | undefined;
  /** Takes what a security key was asked to sign. */
  readonly takeChallenge: (tx: Tx) => Promise<string | undefined>;
  readonly address: string | undefined;
}

export async function checkFactor(
  app: FactorsApp,
  tx: Tx,
  { principal, question, at }: { principal: PrincipalRow; question: FactorQuestion; at: Date },
): Promise<FactorCheck> {
  const { proof } = question;
  switch (proof.kind) {
    case 'totp':
      return checkCode(app, tx, { principal, code: proof.code, at });
    case 'recovery':
      return checkRecoveryCode(tx, { principal, code: proof.code, address: question.address, at });
    case 'webauthn':
      return checkKey(tx, { principal, question, assertion: proof.assertion, at });
  }
}

async function checkCode(
  { secretBox }: FactorsApp,
  { db }: Tx,
  { principal, code, at }: { principal: PrincipalRow; code: Secret; at: Date },
): Promise<FactorCheck> {
  const held = await findApp(db, principal.id);
  if (!held) return { isRight: false, why: 'no authenticator app' };
  const key = bytesOfBase32(secretBox.open(held.sealed, appPurpose(principal.id)).reveal());
  const step = stepOfCode(key, code.reveal(), at);
  if (step === undefined) return { isRight: false, why: 'wrong code' };
  if (!(await useStep(db, held.id, { step, at }))) return { isRight: false, why: 'code used before' };
  return { isRight: true, kind: 'totp' };
}

async function checkRecoveryCode(
  { db }: Tx,
  {
    principal,
    code,
    address,
    at,
  }: { principal: PrincipalRow; code: Secret; address: string | undefined; at: Date },
): Promise<FactorCheck> {
  const isRight = await useCode(db, principal.id, { hash: hashOfCode(code.reveal()), at, address });
  if (!isRight) return { isRight: false, why: 'recovery code wrong or used before' };
  return { isRight, kind: 'recovery', codesLeft: (await findCodesLeft(db, principal.id))?.left ?? 0 };
}

async function checkKey(
  tx: Tx,
  {
    principal,
    question,
    assertion,
    at,
  }: { principal: PrincipalRow; question: FactorQuestion; assertion: Assertion; at: Date },
): Promise<FactorCheck> {
  const challenge = await question.takeChallenge(tx);
  const keys = await listKeys(tx.db, principal.id);
  const checked = await checkAssertion(assertion, { challenge, party: question.party, keys });
  if (!checked.isRight) return checked;
  await useKey(tx.db, checked.key.id, { ...checked, at });
  return { isRight: true, kind: 'webauthn' };
}
