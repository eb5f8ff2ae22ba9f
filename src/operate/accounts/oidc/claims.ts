/** Pure: what is read of the claims of a person. */
import type { Json } from '../../../platform/values/index.ts';
import type { Presented } from '../identities/identities.sql.ts';
import type { OidcSetup } from './oidc-setup.ts';

export type Claims = Readonly<Record<string, Json | undefined>>;

const textIn = (value: Json | undefined): string | undefined =>
  typeof value === 'string' && value.trim() !== '' ? value.slice(0, 500) : undefined;

const memberOf = (value: Json | undefined, name: string): Json | undefined =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && Object.hasOwn(value, name)
    ? value[name]
    : undefined;

/** One by its name, else by its path: `realm_access.roles`. */
export function claimAt(claims: Claims, name: string): Json | undefined {
  if (Object.hasOwn(claims, name)) return claims[name];
  const [first = '', ...rest] = name.split('.');
  return rest.reduce(memberOf, Object.hasOwn(claims, first) ? claims[first] : undefined);
}

export function presentedOf(claims: Claims, { nameClaim }: Pick<OidcSetup, 'nameClaim'>): Presented {
  const [name, displayName, email] = [claimAt(claims, nameClaim), claims['name'], claims['email']].map(
    textIn,
  );
  return {
    ...(name === undefined ? {} : { name }),
    ...(displayName === undefined ? {} : { displayName }),
    ...(email === undefined ? {} : { email }),
  };
}

/**
 * Names of the groups. A claim that is missing means none: who left the last group has none to show.
 * @returns undefined where groups are not asked for.
 */
export function groupsOf(
  claims: Claims,
  { groupsClaim }: Pick<OidcSetup, 'groupsClaim'>,
): readonly string[] | undefined {
  if (groupsClaim === undefined) return undefined;
  const value = claimAt(claims, groupsClaim);
  const names = Array.isArray(value) ? value : [value];
  return names.flatMap((each) => textIn(each) ?? []);
}

/** Whether the provider had too many groups to name, and points elsewhere (`_claim_names`, as OpenID Connect Core 5.6.2 has it). */
export const pointsElsewhere = (claims: Claims, claim: string): boolean => {
  const names = claims['_claim_names'];
  return typeof names === 'object' && names !== null && !Array.isArray(names) && Object.hasOwn(names, claim);
};

/** Why the sign-in there was not strong enough; undefined: it was. */
export function weaknessOf(claims: Claims, { acr, amr }: Pick<OidcSetup, 'acr' | 'amr'>): string | undefined {
  const shownAcr = textIn(claims['acr']);
  if (acr.length > 0 && (shownAcr === undefined || !acr.includes(shownAcr)))
    return `acr ${shownAcr ?? 'none'}, and one of ${acr.join(', ')} is required`;
  const value = claims['amr'];
  const shownAmr = Array.isArray(value) ? value.flatMap((each) => textIn(each) ?? []) : [];
  const absent = amr.filter((each) => !shownAmr.includes(each));
  return absent.length === 0
    ? undefined
    : `amr ${shownAmr.join(', ') || 'none'}, and ${absent.join(', ')} is required`;
}
