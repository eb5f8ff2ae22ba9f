/** Who may do what, for the review that AC-2(j) asks for: each account with its grants, and lines to say keep or take away. */
import { daysBetween } from '../../../platform/timings/index.ts';
import { type Role, roles } from '../../../canonical/access/index.ts';
import type { Cell } from '../../../platform/paper/index.ts';
import type { AccessFacts, Snapshot } from '../snapshot/snapshot.ts';
import type { Draft } from './draft.ts';
import { chapter, dueCell, type Part, said, tablePart, together } from './parts.ts';
import { todayOf } from './standing.ts';

const isRole = (word: string): word is Role => Object.hasOwn(roles, word);
const givenWords = (gives: string): string => (isRole(gives) ? roles[gives].title : gives);

/** Accounts that nobody used for so long are to be disabled (AC-2(3), 35 days in FedRAMP's baseline). */
const idleDays = 35;

const isIdle = ({ lastSignIn, kind, status }: AccessFacts, today: string): boolean =>
  kind === 'person' &&
  status === 'active' &&
  (lastSignIn === null || daysBetween(lastSignIn, today) > idleDays);

const signedIn = (of: AccessFacts, today: string): Cell => {
  if (of.kind !== 'person') return { text: 'does not sign in', tone: 'quiet' };
  const words = of.lastSignIn === null ? 'never' : of.lastSignIn.slice(0, 10);
  return isIdle(of, today) ? { text: words, tone: 'bad' } : words;
};

interface Held {
  readonly of: AccessFacts;
  readonly grant: AccessFacts['grants'][number];
}

const grantsPart = (grants: readonly Held[], today: string): Part =>
  tablePart(
    'Decide on each: keep, change or take away',
    [
      { title: 'Account', share: 2 },
      { title: 'Kind', share: 0.9 },
      { title: 'Status', share: 0.9 },
      { title: 'Last sign-in', share: 1.2 },
      { title: 'Gives', share: 1.7 },
      { title: 'Where', share: 1.8 },
      { title: 'Until', share: 1.1 },
      { title: 'Granted', share: 1.8 },
      { title: 'Reason', share: 1.8 },
      { title: 'Decision', share: 1.4 },
    ],
    grants.map(({ of, grant }): Cell[] => [
      of.displayName === null || of.displayName === of.name ? of.name : `${of.displayName} (${of.name})`,
      of.kind.replaceAll('_', ' '),
      of.status,
      signedIn(of, today),
      givenWords(grant.gives),
      grant.where,
      grant.until === null ? { text: 'no end', tone: 'quiet' } : dueCell(grant.until, today),
      `${grant.on} by ${grant.by}`,
      grant.reason ?? { text: 'none recorded', tone: 'quiet' },
      '',
    ]),
    { empty: 'Nobody holds a grant that reaches here.', most: Infinity },
  );

const ways: Readonly<Record<string, string>> = { oidc: 'identity provider', cac: 'CAC/PIV' };

/** Who an account is elsewhere: what its grants by groups hang on. */
function outsidePart(access: readonly AccessFacts[]): Part[] {
  const rows = access.flatMap((of) => (of.outside ?? []).map((identity) => ({ of, identity })));
  if (rows.length === 0) return [];
  return [
    tablePart(
      'Who signs in from outside, and their groups there',
      [
        { title: 'Account', share: 1.5 },
        { title: 'By', share: 1.2 },
        { title: 'Issuer', share: 2.5 },
        { title: 'Who it is there', share: 2 },
        { title: 'Groups', share: 3 },
      ],
      rows.map(({ of, identity }): Cell[] => [
        of.name,
        ways[identity.way] ?? identity.way,
        identity.issuer,
        identity.subject,
        identity.groups.length === 0 ? { text: 'none', tone: 'quiet' } : identity.groups.join(', '),
      ]),
      { empty: '', most: Infinity },
    ),
  ];
}

export function accessReview(snapshot: Snapshot): Draft {
  const today = todayOf(snapshot);
  const { access } = snapshot;
  const idle = access.filter((of) => isIdle(of, today));
  const grants = access.flatMap((of) => of.grants.map((grant) => ({ of, grant })));
  const byRole = Map.groupBy(grants, ({ grant }) => grant.gives);
  const { blocks, notes } = together(
    said({
      kind: 'list',
      items: [
        `${access.length} ${access.length === 1 ? 'account reaches' : 'accounts reach'} what this report covers, by ${grants.length} ${grants.length === 1 ? 'grant' : 'grants'}.`,
        `${idle.length} of them did not sign in within ${idleDays} days.`,
        `${grants.filter(({ grant }) => grant.until === null).length} grants have no end.`,
      ],
    }),
    tablePart(
      'Roles and single permissions',
      [
        { title: 'Gives', share: 3 },
        { title: 'Accounts', share: 1, align: 'right' },
      ],
      [...byRole]
        .toSorted(([one], [other]) => one.localeCompare(other))
        .map(([gives, its]) => [givenWords(gives), new Set(its.map(({ of }) => of.name)).size]),
      { empty: 'Nobody holds a grant.' },
    ),
    said(chapter('Accounts and their grants')),
    grantsPart(grants, today),
    ...outsidePart(access),
    said({ kind: 'signatures', of: [['Reviewed by', null]] }),
  );
  return {
    title: 'Access review',
    fileWord: 'Access-Review',
    orientation: 'landscape',
    filters: [],
    blocks,
    notes,
  };
}
