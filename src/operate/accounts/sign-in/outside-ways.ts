/** By which outside ways people can sign in here, by the settings. */
import { usualAccessSettings } from '../../../platform/config/index.ts';
import type { AccountsApp } from '../accounts-app.ts';
import type { OutsideWay } from '../identities/identities.sql.ts';

export interface OfferedWay {
  readonly way: OutsideWay;
  /** What its button is called. */
  readonly title: string;
  /** Where a browser begins. `next` (a path of ours) and `banner=acknowledged` are added to its query. */
  readonly address: string;
  /** Where who came by it proves again who they are; undefined: they sign out and in again. */
  readonly stepUpAddress?: string;
}

function offered(way: OutsideWay, title: string): OfferedWay {
  const address = `/api/v1/session/${way}`;
  return { way, title, address, stepUpAddress: `${address}?purpose=step_up` };
}

/** Pure. In the order in which the sign-in page shows them. */
export function outsideWaysOf(app: Pick<AccountsApp, 'access'>): OfferedWay[] {
  const { oidcIssuer, oidcTitle, cacPort, cacProxyHeader, cacTitle } = app.access ?? usualAccessSettings;
  return [
    ...(oidcIssuer === undefined ? [] : [offered('oidc', oidcTitle)]),
    ...(cacPort === undefined && cacProxyHeader === undefined ? [] : [offered('cac', cacTitle)]),
  ];
}

/** Pure. @param way of the session. */
export const stepUpAddressOf = (app: Pick<AccountsApp, 'access'>, way: string): string | undefined =>
  outsideWaysOf(app).find((each) => each.way === way)?.stepUpAddress;
