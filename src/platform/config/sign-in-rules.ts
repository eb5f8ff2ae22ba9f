/** The settings of sign-in as rules that are in force here: what each is, what it is set to, and how it is changed. */
import type { AccessSettings } from './access-settings.ts';
import { signInSettings } from './sign-in-settings.ts';

export interface SignInRule {
  /** In the settings file. */
  readonly key: string;
  /** In the environment. */
  readonly env: string;
  /** As it is in force; null: not set. */
  readonly value: string | number | boolean | null;
  readonly isDefault: boolean;
  readonly means: string;
}

const names = Object.keys(signInSettings) as (keyof typeof signInSettings)[]; // its own keys

/** Pure. One for each setting of sessions and sign-in, none of which is secret. */
export const signInRulesOf = (access: AccessSettings): SignInRule[] =>
  names.map((name) => {
    const { key, env, type, description } = signInSettings[name];
    const value = access[name] ?? null;
    return { key, env, value, isDefault: value === (type.parse(undefined) ?? null), means: description };
  });
