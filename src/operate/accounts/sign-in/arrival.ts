/** From where somebody comes to sign in, and where they are led afterwards. Pure. */
import type { Origin } from '../../../ledger/security/index.ts';

/** For the events of who is not signed in yet; within a session its way is set over it. */
export const arrivalOrigin = ({
  address,
  requestId,
}: {
  readonly address?: string | undefined;
  readonly requestId?: string | undefined;
}): Omit<Origin, 'actor'> & { readonly way: 'none' } => ({
  way: 'none',
  ...(address === undefined ? {} : { address }),
  ...(requestId === undefined ? {} : { requestId }),
});

/** A path of this server, or the first page. `//elsewhere` and `/\elsewhere` lead away. */
export const ownPath = (next: string | undefined): string =>
  next !== undefined && next.length <= 2000 && /^\/(?![/\\])[^\p{Cc}\\]*$/u.test(next) ? next : '/';
