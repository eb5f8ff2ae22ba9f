import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import {
  brokenRules,
  createPoam,
  inDays,
  postPoam,
  readAll,
  startXacta,
  validPoam,
  type Answer,
  type XactaClient,
} from './client.test-support.ts';

let xacta: XactaClient;
beforeAll(async () => {
  xacta = await startXacta();
});
afterAll(() => xacta?.stop());
beforeEach(async () => {
  await xacta.control('POST', '/reset');
  await xacta.login();
});

it('are added and replaced one by one, and move the version of their POA&M', async () => {
  const { path } = await createPoam(xacta);
  const added = await xacta.send('POST', `${path}/milestones`, {
    description: ' Verify ',
    target_date: inDays(30),
  });
  expect(added).toMatchObject({
    status: 201,
    body: { description: 'Verify', status: 'pending', version: 1 },
  });
  const own = `${path}/milestones/${String(added.body['id'])}`;
  const next = {
    description: 'Verify',
    target_date: inDays(30),
    status: 'Completed',
    completion_date: inDays(0),
  };
  expect((await xacta.send('PUT', own, next)).status).toBe(428);
  expect(await xacta.send('PUT', own, next, { 'if-match': '"1"' })).toMatchObject({
    status: 200,
    body: { status: 'completed', version: 2 },
  });
  expect((await xacta.send('PUT', own, next, { 'if-match': '"1"' })).status).toBe(412);
  expect((await xacta.send('PUT', `${path}/milestones/NONE`, next, { 'if-match': '"1"' })).status).toBe(404);
  expect(await readAll(xacta, `${path}/milestones`)).toHaveLength(2);
  expect((await xacta.send('GET', path)).body['version']).toBe(3);
});

it('may lie beyond the due date only once the POA&M is approved', async () => {
  const { path, body } = await createPoam(xacta);
  const late = { description: 'Extension', target_date: inDays(60) };
  expect(brokenRules(await xacta.send('POST', `${path}/milestones`, late))).toEqual([
    'target_date after_scheduled_completion',
  ]);
  await xacta.control('POST', '/edit', {
    entity: 'poam',
    id: body['id'],
    fields: { review_status: 'approved' },
  });
  expect((await xacta.send('POST', `${path}/milestones`, late)).status).toBe(201);
});

it('are refused under an accepted risk', async () => {
  const { path } = await createPoam(xacta, {
    status: 'risk_accepted',
    comments: 'x',
    scheduled_completion: null,
    milestones: [],
  });
  const answer = await xacta.send('POST', `${path}/milestones`, {
    description: 'x',
    target_date: inDays(1),
  });
  expect(brokenRules(answer)).toEqual(['poam_id forbidden_when_risk_accepted']);
});

it('bind nobody once they are given up, so that the risk can be accepted', async () => {
  const { path, body } = await createPoam(xacta);
  const [milestone] = body['milestones'] as Record<string, unknown>[];
  const accept = async (): Promise<Answer> => {
    const etag = (await xacta.send('GET', path)).headers.get('etag') ?? '';
    const accepted = validPoam({ status: 'risk_accepted', comments: 'x', scheduled_completion: null });
    return xacta.send('PUT', path, { ...accepted, milestones: [milestone] }, { 'if-match': etag });
  };
  expect(brokenRules(await accept())).toEqual(['milestones forbidden_when_risk_accepted']);
  const givenUp = { ...milestone, status: 'Cancelled' };
  const milestonePath = `${path}/milestones/${String(milestone?.['id'])}`;
  expect((await xacta.send('PUT', milestonePath, givenUp, { 'if-match': '"1"' })).status).toBe(200);
  expect(await accept()).toMatchObject({
    status: 200,
    body: { status: 'risk_accepted', milestones: [{ status: 'cancelled' }] },
  });
});

it('are no plan once all are given up', async () => {
  const milestones = [{ description: 'x', target_date: inDays(1), status: 'cancelled' }];
  expect(brokenRules(await postPoam(xacta, { milestones }))).toEqual(['milestones required_when_ongoing']);
});
