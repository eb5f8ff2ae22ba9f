import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** A process that holds an embedded server (hold-server.ts). */
export interface ClientProcess {
  readonly child: ChildProcess & { readonly pid: number };
  readonly url: string;
  readonly startedByUs: boolean;
  /** Lets it close the server and end. */
  finish(): Promise<void>;
}

/** Starts it in a process group of its own, so that a test can send to the group what Ctrl-C sends. */
export async function startClientProcess(dataDir: string, script = holdScript): Promise<ClientProcess> {
  const child = spawn(process.execPath, [script, dataDir], {
    detached: true,
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  let errors = '';
  child.stderr.on('data', (text: Buffer) => (errors += text.toString()));
  const ended = once(child, 'exit');
  const line = await Promise.race([
    once(createInterface(child.stdout), 'line').then(([text]) => String(text)),
    once(child.stdout, 'end').then(() => undefined),
  ]);
  if (line === undefined || child.pid === undefined) throw new Error(`the client process ended: ${errors}`);
  const { url, startedByUs } = JSON.parse(line) as { url: string; startedByUs: boolean };
  return {
    child: Object.assign(child, { pid: child.pid }),
    url,
    startedByUs,
    finish: async () => {
      child.stdin.end();
      await ended;
    },
  };
}

export const holdScript = fileURLToPath(new URL('hold-server.ts', import.meta.url));
