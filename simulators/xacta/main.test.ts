import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { startSimulatorProcess } from '../kit/simulator-process.test-support.ts';
import { inDays, readAll, startXacta, validPoam } from './client.test-support.ts';

const at = ['--now', '2026-11-23T12:00:00Z'];

async function stateOf(...args: string[]): Promise<string> {
  const xacta = await startXacta(...at, ...args);
  const response = await fetch(`${xacta.url}/__control/state`);
  const text = await response.text();
  await xacta.stop();
  return text;
}

it('starts with the same state from the same seed, size and instant', async () => {
  const [one, two, other] = await Promise.all([stateOf(), stateOf(), stateOf('--size', '2')]);
  expect(two).toBe(one);
  expect(other).not.toBe(one);
});

it('gives the same stable state however the same work was ordered', async () => {
  const states: string[] = [];
  for (const order of [
    ['key-1', 'key-2'],
    ['key-2', 'key-1'],
  ]) {
    const xacta = await startXacta(...at);
    for (const key of order)
      await xacta.send(
        'POST',
        '/api/systems/SYS-ENT-001/poams',
        validPoam({ external_uid: key, scheduled_completion: inDays(30) }),
      );
    expect(await readAll(xacta, '/api/systems/SYS-ENT-001/poams', { external_uid: 'key-1' })).toHaveLength(1);
    const response = await fetch(`${xacta.url}/__control/state?stable=1`);
    states.push(await response.text());
    await xacta.stop();
  }
  expect(states[1]).toBe(states[0]);
});

it('ends when its standard input closes', async () => {
  const { child } = await startSimulatorProcess('xacta');
  const ended = once(child, 'exit');
  child.stdin?.end();
  expect(await ended).toEqual([0, null]);
});

it('ends at once on SIGTERM even while a request hangs', async () => {
  const simulator = await startSimulatorProcess('xacta', ['--faults', '[{"kind":"delay","ms":60000}]']);
  const hanging = fetch(`${simulator.url}/api/systems`).catch(() => 'cut');
  await new Promise((resolve) => setTimeout(resolve, 100));
  await simulator.stop();
  expect(await hanging).toBe('cut');
});

it('says what is wrong with its arguments and ends', async () => {
  await expect(startSimulatorProcess('xacta', ['--size', 'huge'])).rejects.toThrow(
    '--size must be a whole number',
  );
  await expect(startSimulatorProcess('xacta', ['--page-size', '500'])).rejects.toThrow(
    '--page-size must be a whole number, between 1 and 200',
  );
});

const recorded = fileURLToPath(new URL('../../../shared/data/tenable-vm', import.meta.url));

it.skipIf(!existsSync(recorded))(
  'takes its components from recorded exports (skipped without them)',
  async () => {
    const xacta = await startXacta('--recorded', recorded);
    const components = await readAll(xacta, '/api/systems/SYS-ENT-001/components');
    expect(components.some((each) => each['fqdn'] === 'docker.demo.io')).toBe(true);
    await xacta.stop();
  },
);
