import type { CommandContext, ServeFlags } from '../kit/command-context.ts';
import type { FirstLevel } from '../kit/command.ts';

const serveUntilStopped = async (context: CommandContext, flags: ServeFlags): Promise<void> => {
  await context.host.serve(flags);
};

export const serve: FirstLevel = {
  options: [
    { flags: '--host <address>', description: 'the address to listen on (TIELINE_HOST; default 127.0.0.1)' },
    { flags: '--port <port>', description: 'the port to listen on (TIELINE_PORT; default 7480)' },
    { flags: '--tls-cert <file>', description: 'PEM file of the certificate (TIELINE_TLS_CERT)' },
    { flags: '--tls-key <file>', description: 'PEM file of its private key (TIELINE_TLS_KEY)' },
    { flags: '--worker', description: 'also do the work of `worker` in this process', default: false },
  ],
  action: async () => serveUntilStopped,
};
