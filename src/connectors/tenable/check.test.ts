import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { JsonObject } from '../../platform/values/json.ts';
import type { CheckResult } from '../kit/contract.ts';
import { startScriptedServer, type ScriptedServer } from './scripted-server.test-support.ts';

let server: ScriptedServer;
beforeEach(async () => {
  server = await startScriptedServer();
  for (const path of ['/assets/export/status', '/vulns/export/status', '/tags/categories'])
    say(path, 200, {});
  say('/scans/remediation', 200, { scans: [] });
  say('/editor/remediation/templates', 200, { templates: [] });
  say('/session', 200, { permissions: 64 });
  server.answers.set('POST /v1/recast/rules/search', { status: 200, body: { rules: [] } });
});
afterEach(async () => {
  await server.stop();
});

const say = (path: string, status: number, body: JsonObject): void =>
  void server.answers.set(`GET ${path}`, { status, body });

async function check(): Promise<CheckResult[]> {
  const results: CheckResult[] = [];
  for await (const result of server.connect().check(new AbortController().signal)) results.push(result);
  return results;
}
const brief = (results: readonly CheckResult[]): string[] =>
  results.map((each) => `${each.check}: ${each.status}`);

describe('checking a Tenable', () => {
  it('the Tenable connection check reports ok for reach, TLS, clock, sign-in and each right', async () => {
    expect(brief(await check())).toEqual([
      'reach: ok',
      'TLS: ok',
      'clock: ok',
      'sign-in: ok',
      'export assets: ok',
      'export vulnerabilities: ok',
      'tags: ok',
      'recast rules: ok',
      'remediation scans: ok',
    ]);
  });

  it('the Tenable connection check stops at keys that are not accepted, and says what to do', async () => {
    say('/tags/categories', 401, { error: 'Unauthorized', message: 'Invalid credentials.' });
    const results = await check();
    expect(results.at(-1)).toMatchObject({
      check: 'sign-in',
      status: 'failed',
      remedy: expect.stringContaining('API keys') as string,
    });
  });

  it('the Tenable connection check reports each missing right separately', async () => {
    say('/vulns/export/status', 403, {});
    say('/session', 200, { permissions: 16 });
    server.answers.set('POST /v1/recast/rules/search', { status: 403, body: {} });
    const results = await check();
    expect(brief(results).slice(4)).toEqual([
      'export assets: ok',
      'export vulnerabilities: failed',
      'tags: failed',
      'recast rules: warning',
      'remediation scans: warning',
    ]);
    expect(results.filter((each) => each.status !== 'ok').every((each) => each.remedy !== undefined)).toBe(
      true,
    );
  });

  it('the Tenable connection check reports what launching scans lacks: the templates, or a role that the server does not show', async () => {
    const ofScans = async () => (await check()).find((each) => each.check === 'remediation scans');
    say('/editor/remediation/templates', 403, {});
    expect(await ofScans()).toMatchObject({
      status: 'warning',
      remedy: expect.stringContaining('scan_template') as string,
    });
    say('/editor/remediation/templates', 200, { templates: [] });
    say('/session', 404, {});
    expect(await ofScans()).toMatchObject({
      status: 'warning',
      detail: expect.stringContaining('at the first one') as string,
    });
  });

  it('the Tenable connection check warns of a skewed clock', async () => {
    server.date = new Date(Date.now() - 600_000);
    expect((await check()).find((each) => each.check === 'clock')).toMatchObject({
      status: 'warning',
      detail: expect.stringMatching(/^The clock of this machine is (599|600|601) s ahead/) as string,
    });
  });

  it('the Tenable connection check fails at reach when the server does not answer', async () => {
    const connector = server.connect();
    await server.stop();
    const results: CheckResult[] = [];
    for await (const result of connector.check(new AbortController().signal)) results.push(result);
    expect(brief(results)).toEqual(['reach: failed']);
  });
});
