/** What of a connection is not changed over HTTP, though it is at the machine. */
import type { ConnectionFacts, ShownSetting } from '../../../engine/connections/index.ts';
import { TielineError } from '../../../platform/errors/index.ts';
import type { JsonObject } from '../../../platform/values/index.ts';

type Detail = Pick<ConnectionFacts, 'url' | 'settings'>;

/**
 * Settings that name a file of the server: whoever may set one could have it read. They are set at the machine.
 * @param known every setting of the type; of a connection that is there, with its value, which may be sent back as it is.
 * @throws TielineError SETTING_INVALID naming each.
 */
export function refuseFiles(settings: JsonObject, known: readonly ShownSetting[]): void {
  const named = known.filter(({ name, namesFile, value, default: usual }) => {
    const given = settings[name];
    return namesFile === true && given !== undefined && given !== value && given !== usual;
  });
  const [first] = named;
  if (!first) return;
  throw new TielineError('SETTING_INVALID', `The setting ${first.name} was not taken.`, {
    fields: named.map(({ name, default: usual }) => ({
      field: `/settings/${name}`,
      message: `names a file of the server; over HTTP it can only be ${JSON.stringify(usual ?? null)}`,
    })),
    remedy: `Set it at the machine: \`tieline connections set NAME --set ${first.name}=PATH\`.`,
  });
}

/**
 * Stored secrets go to the server that they were entered for and to no other.
 * @throws TielineError SETTING_INVALID where the address is another server's and a secret is not entered again.
 */
export function refuseElsewhere(
  { url: before, settings }: Detail,
  url: string | undefined,
  given: Readonly<Record<string, string>>,
): void {
  const hostOf = (text: string): string | undefined => URL.parse(text)?.host;
  if (url === undefined || hostOf(url) === hostOf(before)) return;
  const lacking = settings
    .filter(({ name, state }) => state === 'set' && !(name in given))
    .map(({ name }) => name);
  if (lacking.length === 0) return;
  throw new TielineError(
    'SETTING_INVALID',
    'The address is of another server, which is not sent the stored secrets.',
    {
      fields: lacking.map((name) => ({
        field: `/secrets/${name}`,
        message: 'must be entered again with this address',
      })),
      remedy: 'Give the secrets of that server together with its address. Nothing was changed.',
    },
  );
}
