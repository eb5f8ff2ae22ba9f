/** How people can sign in here, by which rules, and who does not keep to the one of second factors yet. */
import {
  allPermissions,
  allRoles,
  isPrivileged,
  type Permission,
  type Role,
  roles,
} from '../../../canonical/access/index.ts';
import { type SignInRule, signInRulesOf } from '../../../platform/config/index.ts';
import { type AccountsApp, rulesOf } from '../accounts-app.ts';
import { listWithoutFactor } from '../factors/without-factor.sql.ts';
import { outsideWaysOf } from './outside-ways.ts';

export interface SignInRules {
  readonly ways: readonly { readonly way: 'local' | 'oidc' | 'cac'; readonly title: string }[];
  readonly rules: readonly SignInRule[];
  /** People with a password who may approve or administer and have no second factor; at most so many as are asked for. */
  readonly withoutFactor: readonly string[];
}

/** Pure: what makes an account privileged. */
const privilegedRoles: readonly Role[] = allRoles.filter((role) => isPrivileged(roles[role].may));
const privilegedPermissions: readonly Permission[] = allPermissions.filter((each) => isPrivileged([each]));

export async function fetchSignInRules(app: AccountsApp, atMost = 1000): Promise<SignInRules> {
  return {
    ways: [
      { way: 'local', title: 'Name and password' },
      ...outsideWaysOf(app).map(({ way, title }) => ({ way, title })),
    ],
    rules: signInRulesOf(rulesOf(app)),
    withoutFactor: await listWithoutFactor(app.db, {
      roles: privilegedRoles,
      permissions: privilegedPermissions,
      at: app.now(),
      atMost,
    }),
  };
}
