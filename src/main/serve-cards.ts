/** The part of `serve` that is about cards: whether and how they sign in here, and the port that asks for them. */
import type { App } from '../engine/run/index.ts';
import { faultsOfCardSettings, openCardDesk } from '../operate/accounts/index.ts';
import type { SettingsByName } from '../platform/config/index.ts';
import { messageOf, TielineError } from '../platform/errors/index.ts';
import {
  type CardListener,
  type CardWays,
  openCardListener,
  type ServerTls,
} from '../surfaces/http/index.ts';

const listenerUrlOf = ({ cacPort, cacUrl, consoleUrl }: SettingsByName): string | undefined => {
  if (cacPort === undefined || consoleUrl === undefined) return undefined;
  if (cacUrl !== undefined) return new URL(cacUrl).origin;
  const url = new URL(consoleUrl);
  return `https://${url.hostname}:${cacPort}`;
};

/** @returns undefined where cards do not sign in. @throws TielineError SETTING_INVALID, CERTIFICATE_UNREADABLE. */
export async function cardWaysOf(settings: SettingsByName): Promise<CardWays | undefined> {
  const faults = faultsOfCardSettings(settings);
  if (faults.length > 0)
    throw new TielineError(
      'SETTING_INVALID',
      'Signing in with cards is not set up whole; nothing was started.',
      {
        fields: faults,
        remedy: 'See docs/how-to/sign-in-with-cards.md.',
      },
    );
  if (settings.cacPort === undefined && settings.cacProxyHeader === undefined) return undefined;
  return { desk: await openCardDesk(settings), listenerUrl: listenerUrlOf(settings) };
}

const lookEveryMs = 60_000;

/** Behind a proxy nobody listens here: the files of authorities and lists are looked at each minute. */
function keepCurrent(app: App, { desk }: CardWays): Pick<CardListener, 'close'> {
  const timer = setInterval(() => {
    desk
      .refresh()
      .then((isNew) => {
        if (isNew) for (const { says } of desk.loaded().faults) app.log.warn({}, says);
      })
      .catch((error: unknown) =>
        app.log.warn(
          { err: error },
          `authorities of cards were not read again, the former stay in use: ${messageOf(error)}`,
        ),
      );
  }, lookEveryMs).unref();
  return {
    close() {
      clearInterval(timer);
      return Promise.resolve();
    },
  };
}

/** Takes cards, at a port of their own or from the proxy. @throws TielineError SETTING_INVALID where nothing can listen there. */
export async function takeCards(
  app: App,
  settings: SettingsByName,
  { cards, tls }: { readonly cards: CardWays; readonly tls: ServerTls | undefined },
): Promise<Pick<CardListener, 'close'>> {
  const { cacPort, consoleUrl, host } = settings;
  for (const { says } of cards.desk.loaded().faults) app.log.warn({}, says);
  if (cacPort === undefined || consoleUrl === undefined || !tls) return keepCurrent(app, cards);
  const listener = openCardListener({ app, desk: cards.desk, tls, consoleUrl });
  try {
    await new Promise<void>((resolve, reject) => {
      listener.server.once('error', reject).listen({ host, port: cacPort }, resolve);
    });
  } catch (cause) {
    await listener.close();
    throw new TielineError(
      'SETTING_INVALID',
      `Nothing can listen on ${host}:${cacPort}: ${messageOf(cause)}`,
      {
        cause,
        fields: [{ field: 'cac_port', message: 'must be free, and above 1023 for an ordinary account' }],
      },
    );
  }
  return listener;
}
