/** Starts the identity provider of provider-process.ts, for a Tieline that listens on a known port. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

export const clientSecret = 'a secret for tests, of 32 letters';

export interface StartedProvider extends AsyncDisposable {
  readonly issuer: string;
  /** What claims a person has from now on, beside the usual ones. */
  describe(name: string, claims: object): Promise<void>;
}

/** @param tieline its address. @param more of the client: how it authenticates, its public key. */
export async function startProvider(tieline: string, more: object = {}): Promise<StartedProvider> {
  const client = {
    client_id: 'tieline',
    client_secret: clientSecret,
    redirect_uris: [`${tieline}/api/v1/session/oidc/callback`],
    post_logout_redirect_uris: [`${tieline}/sign-in`],
    backchannel_logout_uri: `${tieline}/api/v1/session/oidc/logout`,
    backchannel_logout_session_required: true,
    scope: 'openid profile email groups',
    ...more,
  };
  const child = spawn(process.execPath, [fileURLToPath(new URL('provider-process.ts', import.meta.url))], {
    env: { ...process.env, OIDC_PROVIDER: JSON.stringify({ clients: [client] }) },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let errors = '';
  child.stderr.on('data', (text: Buffer) => (errors += text.toString()));
  const ended = once(child, 'exit');
  const [issuer] = (await Promise.race([
    once(createInterface(child.stdout), 'line'),
    ended.then(() => [undefined]),
  ])) as [string | undefined];
  if (issuer === undefined) throw new Error(`the identity provider ended: ${errors}`);
  return {
    issuer,
    async describe(name, claims) {
      const told = await fetch(`${issuer}/people/${name}`, { method: 'POST', body: JSON.stringify(claims) });
      if (!told.ok) throw new Error(`the identity provider did not take it: ${told.status}`);
    },
    async [Symbol.asyncDispose]() {
      child.kill();
      await ended;
    },
  };
}
