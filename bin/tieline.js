#!/usr/bin/env node
// Starts Tieline on the Node that it brings along, whatever Node starts this file (20.19 or newer).
import { spawn } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { installMissing, nodeFlags, ownNode } from './install-missing.js';

installMissing();
const main = join(dirname(dirname(fileURLToPath(import.meta.url))), 'src', 'main', 'main.ts');
if (Number(process.versions.node.split('.')[0]) >= 24) {
  await import(main);
} else {
  const child = spawn(ownNode, [...nodeFlags, main, ...process.argv.slice(2)], {
    // The channel lets the child notice when this process is killed without a chance to say so.
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
  });
  // The terminal sends Ctrl-C to both; the child decides how to end, and this process ends as it does.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('exit', (code, signal) => process.exit(code ?? (signal === 'SIGINT' ? 130 : 1)));
}
