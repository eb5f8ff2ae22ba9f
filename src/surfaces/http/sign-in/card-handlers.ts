/** Signing in with a card: where a browser begins, and where it comes back. The port that asks for the card is `card-listener.ts`. */
import type { OutsideRefusal, sessionRoutes } from '../../../contract/index.ts';
import {
  beginCard,
  type CardArrival,
  type CardDesk,
  type CardRefusal,
  type CardRequest,
  type CardReturn,
  enterByCard,
  finishCard,
  ownPath,
} from '../../../operate/accounts/index.ts';
import type { Answer, Call, Handlers } from '../kit/call.ts';

export interface CardWays {
  readonly desk: CardDesk;
  /** Where the port that asks for the card is, as `https://tieline.example:8444`; undefined: cards come through the proxy only. */
  readonly listenerUrl: string | undefined;
}

/** What the page says of a refusal: the person sees what to do, the security log has the rest. */
const told: Readonly<Record<Exclude<CardRefusal, OutsideRefusal>, OutsideRefusal>> = {
  no_certificate: 'no_card',
  unreadable: 'card_unreadable',
  twice: 'card_unreadable',
  proxy_not_verified: 'card_unreadable',
  unknown_authority: 'card_not_trusted',
  authority_invalid: 'card_not_trusted',
  authority_not_allowed: 'card_not_trusted',
  policy_missing: 'card_not_trusted',
  unsupported: 'card_not_trusted',
  not_yet_valid: 'card_expired',
  not_for_sign_in: 'card_not_for_sign_in',
  revoked: 'card_revoked',
  revocation_unknown: 'card_not_checked',
  revocation_too_old: 'card_not_checked',
  no_identity: 'card_nobody',
  several_identities: 'card_nobody',
};

/** Of a card `expired` means the card. */
const toldOf = (why: CardRefusal): OutsideRefusal =>
  why === 'expired' ? 'card_expired' : why in told ? told[why as keyof typeof told] : (why as OutsideRefusal); // one or the other

export const refusedPage = (why: CardRefusal, requestId: string): string =>
  `/sign-in?${new URLSearchParams({ refused: toldOf(why), request: requestId }).toString()}`;

const lead = (location: string): Answer<undefined> => ({ body: undefined, location });

const arrivalOf = (call: Pick<Call, 'address' | 'agent' | 'requestId' | 'cookies'>): CardArrival => ({
  address: call.address,
  requestId: call.requestId,
  session: call.cookies.value,
  ...(call.agent === undefined ? {} : { agent: call.agent }),
});

function conclude(call: Pick<Call, 'cookies' | 'requestId'>, outcome: CardReturn): Answer<undefined> {
  if (outcome.kind === 'refused') return lead(refusedPage(outcome.why, call.requestId));
  call.cookies.set(outcome.cookie);
  return lead(outcome.nextPath);
}

const noCard = {
  kind: 'refused',
  why: 'no_certificate',
  told: 'no certificate came from the proxy',
} as const;

/** Through the proxy that brought the card, where one did; else by way of the port that asks for it. */
async function begin(
  call: Call<typeof sessionRoutes.beginCard>,
  ways: CardWays,
  asked: CardRequest,
): Promise<Answer<undefined>> {
  const from = arrivalOf(call);
  const card = call.fromProxy;
  if (card?.kind === 'certificate' || card?.kind === 'refused' || ways.listenerUrl === undefined) {
    const outcome =
      card?.kind === 'certificate'
        ? await ways.desk.read(card.der, call.now)
        : card?.kind === 'refused'
          ? ({ kind: 'refused', why: card.why, told: 'what the proxy sent' } as const)
          : noCard;
    const entered = await enterByCard(call.app, asked, { outcome, from });
    return entered ? conclude(call, entered) : lead(signInPage(call.query.next));
  }
  const begun = await beginCard(call.app, asked, from.session);
  if (!begun) return lead(signInPage(call.query.next));
  call.cookies.pending.set(begun.secret);
  return lead(`${ways.listenerUrl}/auth/cac?${new URLSearchParams({ state: begun.state }).toString()}`);
}

const signInPage = (next: string | undefined): string =>
  `/sign-in?${new URLSearchParams({ next: ownPath(next) }).toString()}`;

/** @param ways undefined: cards do not sign in here. */
export const cardHandlers = (
  ways: CardWays | undefined,
): Pick<Handlers<typeof sessionRoutes>, 'beginCard' | 'finishCard'> => ({
  beginCard: (call) => {
    const { next, banner, purpose = 'sign_in' } = call.query;
    if (!ways) return Promise.resolve(lead(refusedPage('settings', call.requestId)));
    // A link on another page cannot acknowledge the notice in a person's name.
    const bannerAcknowledged = banner === 'acknowledged' && call.isFromHere !== false;
    return begin(call, ways, { purpose, next, bannerAcknowledged });
  },
  finishCard: async (call) => {
    if (!ways) return lead(refusedPage('settings', call.requestId));
    const secret = call.cookies.pending.value;
    call.cookies.pending.clear();
    return conclude(
      call,
      await finishCard(call.app, { code: call.query.code, secret, from: arrivalOf(call) }),
    );
  },
});
