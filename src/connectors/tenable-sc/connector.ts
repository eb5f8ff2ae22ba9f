/** Tenable Security Center (ACAS): hosts and findings in, by analysis; accept and recast rules in both directions. */
import { messageOf, TielineError } from '../../platform/errors/index.ts';
import { z } from 'zod';
import type { CheckResult, Connector, ConnectorModule } from '../kit/index.ts';
import { tenableScMappings } from './mappings.ts';
import { readAnalysis } from './endpoints/analysis.ts';
import { fetchRepositories, type Reading } from './endpoints/repositories.ts';
import { findRule, readRules, writeRule } from './endpoints/risk-rules.ts';
import { createScSession, type ScAnswer } from './session.ts';
import { tenableScSettings, type TenableScSettings } from './settings.ts';

function unsupported(what: string): TielineError {
  return new TielineError('INTERNAL', `The Security Center connector does not declare that it can ${what}.`);
}

export const tenableScConnector: ConnectorModule<TenableScSettings> = {
  declaration: {
    systemType: 'tenable_sc',
    title: 'Tenable Security Center',
    pluginsOf: 'Tenable',
    settings: tenableScSettings,
    secrets: [
      {
        name: 'access_key',
        prompt: 'Access key',
        env: 'TENABLE_SC_ACCESS_KEY',
        optional: true,
      },
      { name: 'secret_key', prompt: 'Secret key', env: 'TENABLE_SC_SECRET_KEY', optional: true },
      { name: 'password', prompt: 'Password', env: 'TENABLE_SC_PASSWORD', optional: true },
    ],
    // Signing in by name is chosen by naming the account.
    requires: ({ username }) =>
      username === undefined ? ['access_key', 'secret_key'] : ['username', 'password'],
    entities: {
      asset: { readAll: true, readChanges: true, create: false, update: false, find: false },
      finding: { readAll: true, readChanges: true, create: false, update: false, find: false },
      acceptance: { readAll: true, readChanges: false, create: true, update: true, find: true },
    },
    limits: { requestsPerSecond: 10, concurrency: 2 },
    mappings: tenableScMappings,
    acceptanceScope(hostKey) {
      const fields = new URLSearchParams(hostKey);
      const uuid = fields.get('uuid');
      const repository = fields.get('repositoryID');
      return {
        scope: uuid ? `uuid ${uuid}` : `ip ${fields.get('ip') ?? ''}`,
        ...(repository ? { repository } : {}),
      };
    },
  },
  connect({ settings, http, now }): Connector {
    const session = createScSession(http, settings);
    const reading: Reading = { session, settings, now };
    return {
      check: (signal) => check(reading, signal),
      read(entity, options) {
        if (entity === 'asset') return readAnalysis(reading, 'asset', options);
        if (entity === 'finding') return readAnalysis(reading, 'finding', options);
        if (entity === 'acceptance') return readRules(reading, options);
        throw unsupported(`read ${entity}`);
      },
      async find(entity, key, signal) {
        if (entity !== 'acceptance') throw unsupported(`find ${entity}`);
        return await findRule(reading, key, signal);
      },
      async write(entity, change, signal) {
        if (entity !== 'acceptance') throw unsupported(`write ${entity}`);
        return await writeRule(reading, change, signal);
      },
    };
  },
};

const skewWarningSeconds = 120;

async function* check(reading: Reading, signal: AbortSignal): AsyncGenerator<CheckResult, void, undefined> {
  const { session, now } = reading;
  let answer: ScAnswer;
  try {
    answer = await session.send({ method: 'GET', path: '/rest/currentUser', signal });
  } catch (error) {
    if (signal.aborted) throw error;
    const remedy = error instanceof TielineError ? error.remedy : 'Check the address of this system.';
    yield { check: 'reach', kind: 'connectivity', status: 'failed', detail: messageOf(error), remedy };
    return;
  }
  yield {
    check: 'reach',
    kind: 'connectivity',
    status: 'ok',
    detail: `${session.origin ?? 'The server'} answers.`,
  };
  if (answer.ok && answer.timestamp !== undefined)
    yield clock(Math.round(now().getTime() / 1000 - answer.timestamp));
  if (!answer.ok) {
    yield {
      check: 'sign-in',
      kind: 'authentication',
      status: 'failed',
      detail: `(${answer.refusal.code}) ${answer.refusal.message}`,
      remedy:
        'Check the keys or the password of this system; API keys must be enabled by an administrator of Security Center.',
    };
    return;
  }
  yield { check: 'sign-in', kind: 'authentication', status: 'ok', detail: 'Accepted.' };
  yield* permissions(reading, signal);
}

/** @param seconds by which the clock of this machine is ahead of the server's. */
function clock(seconds: number): CheckResult {
  const base = { check: 'clock', kind: 'clock' } as const;
  if (Math.abs(seconds) < skewWarningSeconds)
    return { ...base, status: 'ok', detail: `The clocks differ by ${Math.abs(seconds)} s.` };
  return {
    ...base,
    status: 'warning',
    detail: `The clock of this machine is ${Math.abs(seconds)} s ${seconds > 0 ? 'ahead of' : 'behind'} the server's.`,
    remedy: 'Set up time synchronization (NTP); windows of time are told by the clock of this machine.',
  };
}

async function* permissions(
  reading: Reading,
  signal: AbortSignal,
): AsyncGenerator<CheckResult, void, undefined> {
  yield await permission(
    'repositories',
    'Give the account a role that sees the repositories.',
    signal,
    async () => {
      const ids = await fetchRepositories(reading, signal);
      return `${ids.length} can be read.`;
    },
  );
  yield await permission(
    'accept risk rules',
    'For acceptances the role needs "Accept Risks" and "Recast Risks".',
    signal,
    async () => {
      const query = { fields: 'id' };
      await reading.session.fetch(
        { method: 'GET', path: '/rest/acceptRiskRule', query, signal },
        z.array(z.unknown()),
      );
      return 'Can be read.';
    },
  );
}

async function permission(
  name: string,
  remedy: string,
  signal: AbortSignal,
  ask: () => Promise<string>,
): Promise<CheckResult> {
  const base = { check: name, kind: 'permission' } as const;
  try {
    return { ...base, status: 'ok', detail: await ask() };
  } catch (error) {
    if (signal.aborted) throw error;
    return { ...base, status: 'failed', detail: messageOf(error), remedy };
  }
}
