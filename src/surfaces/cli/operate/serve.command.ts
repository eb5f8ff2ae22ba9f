import type { CommandContext, ServeFlags } from '../kit/command-context.ts';
import type { FirstLevel } from '../kit/command.ts';

const serveUntilStopped = async (context: CommandContext, flags: ServeFlags): Promise<void> => {
  await context.host.serve(flags);
};

export const serve: FirstLevel = {
  commands: [
    {
      name: 'start',
      isDefault: true,
      description: 'serve the console and the API until it is stopped',
      options: [
        {
          flags: '--host <address>',
          description: 'the address to listen on (TIELINE_HOST; default 127.0.0.1)',
        },
        { flags: '--port <port>', description: 'the port to listen on (TIELINE_PORT; default 7480)' },
        { flags: '--tls-cert <file>', description: 'PEM file of the certificate (TIELINE_TLS_CERT)' },
        { flags: '--tls-key <file>', description: 'PEM file of its private key (TIELINE_TLS_KEY)' },
        { flags: '--worker', description: 'also do the work of `worker` in this process', default: false },
      ],
      action: async () => serveUntilStopped,
    },
    {
      name: 'check-oidc',
      reads: true,
      description:
        'what is wrong with sign-in by the identity provider (OIDC), and what to do; nobody signs in',
      examples: ['serve check-oidc'],
      action: async () => (await import('./check-sign-in.actions.ts')).checkIdentityProvider,
    },
    {
      name: 'check-cac',
      reads: true,
      description:
        'what is wrong with sign-in by cards (CAC, PIV): authorities, lists of revocations, a card; nobody signs in',
      options: [
        {
          flags: '--card <file>',
          description: 'the certificate of a card (PEM): whether it would be accepted, and why not',
        },
      ],
      examples: ['serve check-cac --card jane.pem'],
      action: async () => (await import('./check-sign-in.actions.ts')).checkSmartCards,
    },
    {
      name: 'check-proxy',
      arguments: '<url>',
      reads: true,
      description:
        'send forged headers of a proxy to this address, as an attacker would, and say whether one was believed',
      examples: ['serve check-proxy https://tieline.example', 'serve check-proxy http://127.0.0.1:7480'],
      action: async () => (await import('./check-sign-in.actions.ts')).checkForgedHeaders,
    },
  ],
};
