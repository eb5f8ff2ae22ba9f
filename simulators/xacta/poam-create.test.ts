import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import {
  brokenRules,
  createPoam,
  inDays,
  poamList,
  postPoam,
  readAll,
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

it('answers 201 with the record, its version as an ETag and where it is', async () => {
  const answer = await postPoam(xacta, { external_uid: 'key-1' });
  expect(answer).toMatchObject({
    status: 201,
    body: { external_uid: 'key-1', system_id: 'SYS-ENT-002', version: 1, review_status: 'not_approved' },
  });
  expect(answer.headers.get('etag')).toBe('"1"');
  const found = await xacta.send('GET', answer.headers.get('location') ?? '');
  expect(found.body).toEqual(answer.body);
  expect(found.body['milestones']).toMatchObject([
    { description: 'Apply the remedy', status: 'pending', version: 1 },
  ]);
});

it('stores texts trimmed, words in its own case and controls in the writing of NIST', async () => {
  const { body } = await createPoam(xacta, {
    weakness_description: '  Weak ciphers  \nsecond line \t',
    status: 'In Progress',
    risk_rating: 'HIGH',
    weakness_severity: 'very high',
    security_control: 'si-02; ra-5',
    comments: '   ',
    cve_references: [' CVE-2025-1 ', 'CVE-2025-1'],
  });
  expect(body).toMatchObject({
    weakness_description: 'Weak ciphers\nsecond line',
    status: 'in_progress',
    risk_rating: 'high',
    weakness_severity: 'Very High',
    security_control: 'SI-2, RA-5',
    comments: null,
    cve_references: ['CVE-2025-1'],
  });
});

it('refuses a second one with the same external_uid in the system and names the first', async () => {
  const { body } = await createPoam(xacta, { external_uid: 'key-1' });
  const second = await postPoam(xacta, { external_uid: ' key-1 ' });
  expect(second).toMatchObject({
    status: 409,
    body: { error: { code: 'duplicate_external_uid', existing_id: body['id'] } },
  });
  expect(
    (await xacta.send('POST', '/api/systems/SYS-ENT-001/poams', validPoam({ external_uid: 'key-1' }))).status,
  ).toBe(201);
});

it.each([
  [
    'nothing at all',
    {},
    [
      'poc required',
      'resources required',
      'source required',
      'status required',
      'weakness_description required',
    ],
  ],
  ['an empty required text', validPoam({ poc: '  ' }), ['poc required']],
  [
    'an ongoing item without plan',
    validPoam({ scheduled_completion: null, milestones: [] }),
    ['milestones required_when_ongoing', 'scheduled_completion required_when_ongoing'],
  ],
  [
    'a completed item without date and comments',
    validPoam({ status: 'completed' }),
    ['comments required_when_completed', 'completion_date required_when_completed'],
  ],
  [
    'a completion in the future',
    validPoam({ status: 'completed', comments: 'x', completion_date: inDays(2) }),
    ['completion_date not_in_future'],
  ],
  [
    'an accepted risk with a plan',
    validPoam({ status: 'risk_accepted' }),
    [
      'comments required_when_risk_accepted',
      'milestones forbidden_when_risk_accepted',
      'scheduled_completion forbidden_when_risk_accepted',
    ],
  ],
  [
    'a milestone after the due date',
    validPoam({ milestones: [{ description: 'x', target_date: inDays(31) }] }),
    ['milestones[0].target_date after_scheduled_completion'],
  ],
  [
    'a milestone without text or date',
    validPoam({ milestones: [{}] }),
    ['milestones[0].description required', 'milestones[0].target_date required'],
  ],
  ['a control of no system', validPoam({ security_control: 'ZZ-9' }), ['security_control unknown_control']],
  ['an inherited control', validPoam({ security_control: 'AU-2' }), ['security_control inherited_control']],
  [
    'a date that does not exist',
    validPoam({
      scheduled_completion: '2026-13-01',
      milestones: [{ description: 'x', target_date: '2026-01-01' }],
    }),
    ['scheduled_completion date'],
  ],
  [
    'a date in another writing',
    validPoam({ original_detection_date: '23.11.2026' }),
    ['original_detection_date date'],
  ],
  [
    'words outside the value lists',
    validPoam({ status: 'underway', risk_rating: 'terrible' }),
    ['risk_rating value_list', 'status value_list'],
  ],
  [
    'wrong types',
    validPoam({ poc: 5, affected_assets: 'all' }),
    ['affected_assets type', 'poc required', 'poc type'],
  ],
  [
    'texts beyond their limits',
    validPoam({
      poc: 'p'.repeat(101),
      resources: 'r'.repeat(251),
      source: 's'.repeat(2001),
      comments: 'c'.repeat(2001),
      mitigation_strategy: 'm'.repeat(2001),
      milestones: [{ description: 'd'.repeat(2001), target_date: inDays(1) }],
    }),
    [
      'comments max_length',
      'milestones[0].description max_length',
      'mitigation_strategy max_length',
      'poc max_length',
      'resources max_length',
      'source max_length',
    ],
  ],
])('refuses %s, naming each field and rule', async (_what, body, rules) => {
  const answer = await xacta.send('POST', poamList, body);
  expect(answer.status).toBe(422);
  expect(brokenRules(answer)).toEqual(rules);
});

it('accepts texts at their limits, a completed item and an accepted risk', async () => {
  expect(
    (await postPoam(xacta, { poc: 'p'.repeat(100), resources: 'r'.repeat(250), comments: 'c'.repeat(2000) }))
      .status,
  ).toBe(201);
  expect(
    (await postPoam(xacta, { status: 'completed', comments: 'verified', completion_date: inDays(0) })).status,
  ).toBe(201);
  expect(
    (
      await postPoam(xacta, {
        status: 'Risk Accepted',
        comments: 'for a year',
        scheduled_completion: null,
        milestones: [],
      })
    ).status,
  ).toBe(201);
});

it('refuses a body that is no object', async () => {
  expect((await xacta.send('POST', poamList, [validPoam()])).status).toBe(400);
});

it('carries a create out once when the answer is cut off, and says so when it is sent again', async () => {
  await xacta.control('PUT', '/faults', [
    { kind: 'commit-cut', times: 1, match: { method: 'POST', path: '/poams$' } },
  ]);
  await expect(postPoam(xacta, { external_uid: 'key-1' })).rejects.toThrow('fetch failed');
  const found = await readAll(xacta, poamList, { external_uid: 'key-1' });
  expect(found).toHaveLength(1);
  expect(await postPoam(xacta, { external_uid: 'key-1' })).toMatchObject({
    status: 409,
    body: { error: { existing_id: found[0]?.['id'] } },
  });
  expect(await readAll(xacta, poamList, { external_uid: 'key-1' })).toHaveLength(1);
});

it('stamps records with its own clock, skewed or not', async () => {
  await xacta.control('PUT', '/faults', [{ kind: 'clock-skew', seconds: -7200 }]);
  const { body } = await createPoam(xacta);
  expect(Date.now() - Date.parse(String(body['modified_at']))).toBeGreaterThan(7_100_000);
});
