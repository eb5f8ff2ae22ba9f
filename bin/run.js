// `node bin/run.js TOOL …`: installs what is missing, then runs a tool of the project (from node_modules/.bin) on our own Node.
import { spawn } from 'node:child_process';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { installMissing, ownNode } from './install-missing.js';

installMissing();
const root = dirname(dirname(fileURLToPath(import.meta.url)));
const [tool, ...rest] = process.argv.slice(2);
const env = {
  ...process.env,
  PATH: [dirname(ownNode), join(root, 'node_modules', '.bin'), process.env.PATH ?? ''].join(delimiter),
};
const command = tool.endsWith('.ts') ? [ownNode, join(root, tool)] : [tool];
const child = spawn(command[0], [...command.slice(1), ...rest], { stdio: 'inherit', env, cwd: root });
child.on('error', (error) => {
  process.stderr.write(`tieline: ${tool} could not be started: ${error.message}\n`);
  process.exit(1);
});
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
child.on('exit', (code, signal) => process.exit(code ?? (signal === 'SIGINT' ? 130 : 1)));
