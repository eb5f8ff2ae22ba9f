import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import {
  brokenRules,
  createPoam,
  inDays,
  startXacta,
  validPoam,
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

it('wants If-Match with the present version: 428 without, 412 with another', async () => {
  const { path, etag } = await createPoam(xacta);
  expect((await xacta.send('PUT', path, validPoam())).status).toBe(428);
  const done = await xacta.send('PUT', path, validPoam({ comments: 'x' }), { 'if-match': etag });
  expect([done.status, done.headers.get('etag'), done.body['version']]).toEqual([200, '"2"', 2]);
  const stale = await xacta.send('PUT', path, validPoam(), { 'if-match': etag });
  expect(stale).toMatchObject({ status: 412, body: { error: { code: 'stale', current_version: 2 } } });
});

it('blanks what is left out and keeps the milestones', async () => {
  const { path, etag, body } = await createPoam(xacta, {
    comments: 'note',
    cost_estimate: '$1',
    external_uid: 'key-1',
  });
  const { milestones: _milestones, ...bare } = validPoam();
  const answer = await xacta.send('PUT', path, bare, { 'if-match': etag });
  expect(answer.body).toMatchObject({
    comments: null,
    cost_estimate: null,
    external_uid: null,
    milestones: body['milestones'],
  });
});

it('keeps known milestones as they are and adds those without an id', async () => {
  const { path, etag, body } = await createPoam(xacta);
  const known = (body['milestones'] as Record<string, unknown>[])[0];
  const milestones = [
    { ...known, description: 'changed here' },
    { description: 'Apply the remedy', target_date: inDays(20) },
  ];
  const answer = await xacta.send('PUT', path, validPoam({ milestones }), { 'if-match': etag });
  expect(answer.body['milestones']).toMatchObject([
    { description: 'Apply the remedy' },
    { description: 'Apply the remedy' },
  ]);
});

it('takes an external_uid once', async () => {
  await createPoam(xacta, { external_uid: 'key-1' });
  const { path, etag } = await createPoam(xacta, { external_uid: 'key-2' });
  expect(
    (await xacta.send('PUT', path, validPoam({ external_uid: 'key-1' }), { 'if-match': etag })).status,
  ).toBe(409);
  expect(
    (await xacta.send('PUT', path, validPoam({ external_uid: 'key-2' }), { 'if-match': etag })).status,
  ).toBe(200);
});

it('lets the due date move before approval, and not after', async () => {
  const { path, etag, body } = await createPoam(xacta);
  const later = validPoam({ scheduled_completion: inDays(40) });
  expect((await xacta.send('PUT', path, later, { 'if-match': etag })).status).toBe(200);
  await xacta.control('POST', '/edit', {
    entity: 'poam',
    id: body['id'],
    fields: { review_status: 'approved' },
  });
  const refused = await xacta.send('PUT', path, validPoam({ scheduled_completion: inDays(50) }), {
    'if-match': '"3"',
  });
  expect([refused.status, brokenRules(refused)]).toEqual([
    422,
    ['scheduled_completion immutable_after_approval'],
  ]);
  expect((await xacta.send('PUT', path, { ...later, comments: 'kept' }, { 'if-match': '"3"' })).status).toBe(
    200,
  );
});

it('refuses a due date before a milestone that is there', async () => {
  const { path, etag } = await createPoam(xacta);
  const answer = await xacta.send(
    'PUT',
    path,
    validPoam({ scheduled_completion: inDays(10), milestones: [] }),
    { 'if-match': etag },
  );
  expect(brokenRules(answer)).toEqual(['scheduled_completion before_a_milestone']);
});

it('changes nothing about an archived item', async () => {
  const { path, etag, body } = await createPoam(xacta);
  expect(
    (await xacta.send('PUT', path, validPoam({ status: 'archived' }), { 'if-match': etag })).status,
  ).toBe(200);
  const answer = await xacta.send('PUT', path, validPoam(), { 'if-match': '"2"' });
  expect([answer.status, brokenRules(answer)]).toEqual([422, ['status archived']]);
  const [milestone] = body['milestones'] as { id: string }[];
  const fields = { description: 'x', target_date: inDays(1) };
  expect(brokenRules(await xacta.send('POST', `${path}/milestones`, fields))).toEqual(['status archived']);
  const put = await xacta.send('PUT', `${path}/milestones/${milestone?.id ?? ''}`, fields, {
    'if-match': '"1"',
  });
  expect(brokenRules(put)).toEqual(['status archived']);
});
