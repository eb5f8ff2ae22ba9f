/** Whether what a request hands out leaves the agency, as its query says. */
import type { Actor, Scope } from '../../../canonical/access/index.ts';
import type { App } from '../../../engine/run/index.ts';
import { discloseExport, type Leaving } from '../../../modules/privacy/index.ts';
import { defined } from '../../../platform/values/index.ts';
import { withFieldsOf } from '../kit/renamed-fields.ts';

type Query = Readonly<Record<string, unknown>>;

const text = (query: Query, name: string): string | undefined => {
  const value = query[name];
  return typeof value === 'string' && value.trim() !== '' ? value : undefined;
};

/** The names in a query, by what the accounting calls them: for what is refused. */
export const leavingPlaces = {
  recipient: 'disclosure_recipient',
  purpose: 'disclosure_purpose',
  authority: 'disclosure_authority',
} as const;

/** @returns undefined where none of it is said: it stays in the agency. */
export function leavingOf(query: Query): Leaving | undefined {
  const recipient = text(query, 'disclosure_recipient');
  const purpose = text(query, 'disclosure_purpose');
  const authority = text(query, 'disclosure_authority');
  const address = text(query, 'disclosure_address');
  if ([recipient, purpose, authority, address].every((each) => each === undefined)) return undefined;
  return {
    recipient: recipient ?? '',
    purpose: purpose ?? '',
    authority: authority ?? '',
    ...defined({ address }),
  };
}

/** Writes what is handed out into the accounting of disclosures, where its query says that it leaves. @throws TielineError that names the place in the query. */
export async function accountLeaving(
  app: App,
  actor: Actor,
  query: Query,
  of: { readonly what: string; readonly scope: Scope },
): Promise<void> {
  const leaving = leavingOf(query);
  if (!leaving) return;
  await withFieldsOf(
    discloseExport(app, actor, { ...of, leaving }),
    leavingPlaces,
    'Give all of what is named; nothing was handed out.',
  );
}
