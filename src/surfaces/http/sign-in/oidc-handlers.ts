/** Signing in by an identity provider: two addresses that lead a browser on, and one that the provider calls. */
import type { sessionRoutes } from '../../../contract/index.ts';
import type { OpenOidc } from '../../../operate/accounts/index.ts';
import { TielineError } from '../../../platform/errors/index.ts';
import type { Call, Handlers } from '../kit/call.ts';

type Oidc = Pick<Handlers<typeof sessionRoutes>, 'beginOidc' | 'finishOidc' | 'endSessionsByProvider'>;

const fromOf = ({ address, agent, requestId }: Pick<Call, 'address' | 'agent' | 'requestId'>) => ({
  address,
  agent,
  requestId,
});

function requireOidc(oidc: OpenOidc | undefined): OpenOidc {
  if (oidc) return oidc;
  throw new TielineError('ROUTE_UNKNOWN', 'Sign-in by an identity provider is switched off here.', {
    remedy: 'An administrator switches it on: docs/how-to/sign-in-oidc.md.',
  });
}

export const oidcHandlers = (oidc: OpenOidc | undefined): Oidc => ({
  beginOidc: async (call) => {
    const { next, banner, purpose } = call.query;
    const asked = {
      next,
      purpose,
      // Another site may not say for its visitor that the notice was read.
      bannerAcknowledged: banner === 'acknowledged' && call.isFromHere !== false,
      session: call.cookies.value,
    };
    const { address, secret } = await requireOidc(oidc).begin(asked, fromOf(call));
    if (secret !== undefined) call.cookies.pending.set(secret);
    return { body: undefined, location: address };
  },
  finishOidc: async (call) => {
    const { address, session } = await requireOidc(oidc).finish({
      query: call.query,
      secret: call.cookies.pending.value,
      session: call.cookies.value,
      from: fromOf(call),
    });
    // It is worth nothing any more, unless what came back was of another sign-in.
    if (session !== undefined) {
      call.cookies.pending.clear();
      call.cookies.set(session);
    }
    return { body: undefined, location: address };
  },
  endSessionsByProvider: async (call) => {
    const { address, requestId } = call;
    return {
      body: { ended: await requireOidc(oidc).endByProvider(call.body.logout_token, { address, requestId }) },
    };
  },
});
