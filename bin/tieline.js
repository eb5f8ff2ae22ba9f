#!/usr/bin/env node
// Starts Tieline on the Node that it brings along, whatever Node starts this file (20.19 or newer).
import { spawn } from 'node:child_process';
import nodeModule from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { compileCacheIn } from './compile-cache.js';
import { installMissing, nodeEnvironment, nodeFlags, ownNode } from './install-missing.js';

installMissing();
const root = dirname(dirname(fileURLToPath(import.meta.url)));
const main = join(root, 'src', 'main', 'main.ts');
const compileCache = compileCacheIn(root, process.env, process.argv[2]);
if (Number(process.versions.node.split('.')[0]) >= 24) {
  if (compileCache !== undefined) nodeModule.enableCompileCache(compileCache);
  await import(main);
} else {
  const child = spawn(ownNode, [...nodeFlags(process.argv[2]), main, ...process.argv.slice(2)], {
    // The channel lets the child notice when this process is killed without a chance to say so.
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
    env: {
      ...nodeEnvironment,
      ...process.env,
      ...(compileCache === undefined ? {} : { NODE_COMPILE_CACHE: compileCache }),
    },
  });
  // The terminal sends Ctrl-C to both; the child decides how to end, and this process ends as it does.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('exit', (code, signal) => process.exit(code ?? (signal === 'SIGINT' ? 130 : 1)));
}
