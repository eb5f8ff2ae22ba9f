/** Pure: who must have a second factor, and where security keys can be used. */
import type { AccessSettings } from '../../../platform/config/index.ts';
import type { SessionRow } from '../sign-in/sessions.sql.ts';

/** What a person has set up. */
export interface HeldFactors {
  readonly totp: boolean;
  /** Security keys. */
  readonly keys: number;
}

export const hasFactor = ({ totp, keys }: HeldFactors): boolean => totp || keys > 0;

/**
 * Whether somebody who signs in this way must have one. Who came by a card or an identity provider proved more than a password there; the
 * demo's people have none.
 */
export function mustHaveFactor(
  rule: AccessSettings['secondFactor'],
  { way, isPrivileged }: { readonly way: SessionRow['way']; readonly isPrivileged: boolean },
): boolean {
  if (way !== 'local' || rule === 'off') return false;
  return rule === 'everyone' || isPrivileged;
}

/** As whom this server asks security keys, and which pages may. */
export interface RelyingParty {
  /** The name of the host: a key signs for this name alone. */
  readonly id: string;
  readonly origins: readonly string[];
}

const isAddress = (host: string): boolean =>
  /^[\d.]+$/.test(host) || host.includes(':') || host.includes('[');

/**
 * From the configured address, never from what a request says of itself: a page that stands between would name itself. Without one only a
 * browser on this machine, at `localhost`, has security keys.
 * @param host of the request. @returns undefined where there can be none: no name is set, or it is an address, which browsers refuse.
 */
export function relyingPartyOf(
  { consoleUrl }: Pick<AccessSettings, 'consoleUrl'>,
  host: string | undefined,
): RelyingParty | undefined {
  if (consoleUrl !== undefined) {
    const { hostname, origin } = new URL(consoleUrl);
    return isAddress(hostname) ? undefined : { id: hostname, origins: [origin] };
  }
  if (host === undefined || !/^localhost(:\d+)?$/.test(host)) return undefined;
  return { id: 'localhost', origins: [`http://${host}`, `https://${host}`] };
}
