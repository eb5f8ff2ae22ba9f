import { createHash } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { startXacta, type XactaClient } from './client.test-support.ts';

let xacta: XactaClient;
beforeAll(async () => {
  xacta = await startXacta();
});
afterAll(() => xacta?.stop());
beforeEach(async () => {
  await xacta.control('POST', '/reset');
  await xacta.login();
});

const path = '/api/systems/SYS-ENT-001/controls';

async function control(id: string): Promise<Record<string, unknown>> {
  const { body } = await xacta.send('GET', `${path}?page_size=200`);
  const found = (body['controls'] as Record<string, unknown>[]).find((each) => each['control_id'] === id);
  if (!found) throw new Error(`no ${id}`);
  return found;
}

it('replaces what a client may say of a control and keeps what the catalog says', async () => {
  const before = await control('SI-2');
  const version = `"${String(before['version'])}"`;
  const next = {
    ...before,
    implementation_status: 'Partially Implemented',
    assessment_status: 'OTHER than satisfied',
    control_title: 'Mine',
  };
  const answer = await xacta.send('PUT', `${path}/si-2`, next, { 'if-match': version });
  expect(answer).toMatchObject({
    status: 200,
    body: {
      implementation_status: 'partially_implemented',
      assessment_status: 'other_than_satisfied',
      control_title: 'Flaw Remediation',
    },
  });
  expect(answer.headers.get('etag')).toBe(`"${Number(before['version']) + 1}"`);
  expect((await xacta.send('PUT', `${path}/SI-2`, next, { 'if-match': version })).status).toBe(412);
  expect((await xacta.send('PUT', `${path}/SI-2`, next)).status).toBe(428);
  expect((await xacta.send('PUT', `${path}/ZZ-1`, next, { 'if-match': version })).status).toBe(404);
});

it('refuses words that are not in its lists, naming the fields', async () => {
  const { version } = await control('RA-5');
  const answer = await xacta.send(
    'PUT',
    `${path}/RA-5`,
    { assessment_status: 'fine', last_assessed: 'lately' },
    { 'if-match': `"${String(version)}"` },
  );
  expect(answer).toMatchObject({
    status: 422,
    body: {
      error: {
        fields: [
          { field: 'implementation_status', rule: 'required' },
          { field: 'assessment_status', rule: 'value_list' },
          { field: 'last_assessed', rule: 'instant' },
        ],
      },
    },
  });
});

it('accepts artifacts as JSON or as bytes and keeps what they were', async () => {
  const list = '/api/systems/SYS-ENT-001/artifacts';
  expect(await xacta.send('POST', list, { name: 'scan report', content: 'text' })).toMatchObject({
    status: 201,
    body: { name: 'scan report' },
  });
  const bytes = await xacta.send('POST', `${list}?name=scan.nessus`, 'raw', {
    'content-type': 'application/octet-stream',
  });
  expect(bytes).toMatchObject({ status: 201, body: { name: 'scan.nessus', size_bytes: 5 } });
  expect((await xacta.send('POST', list, { content: 'text' })).status).toBe(422);
  const { body } = await xacta.control('GET', '/state');
  expect(body['artifacts']).toHaveLength(2);
});

/** Sends a form as a browser does. */
async function sendForm(
  fields: Readonly<Record<string, string>>,
  file: File | undefined,
): Promise<{ readonly status: number; readonly body: Record<string, unknown> }> {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.set(name, value);
  if (file) form.set('file', file);
  const { body } = await xacta.login();
  const answer = await fetch(`${xacta.url}/api/systems/SYS-ENT-001/artifacts`, {
    method: 'POST',
    headers: { authorization: `Bearer ${String(body['token'])}` },
    body: form,
  });
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
}

it('accepts an artifact in a form as a browser sends it, with the name, the kind and the bytes of its file', async () => {
  const bytes = Buffer.from([0, 13, 10, 45, 45, 255]);
  const sent = await sendForm(
    { description: 'first\nsecond' },
    new File([bytes], 'Prüfung "Mai".csv', { type: 'text/csv' }),
  );
  expect(sent).toMatchObject({
    status: 201,
    body: {
      name: 'Prüfung "Mai".csv',
      media_type: 'text/csv',
      size_bytes: 6,
      sha256: createHash('sha256').update(bytes).digest('hex'),
    },
  });
});

it('refuses forms without a file, broken ones, files that are run, files that are too large and bodies of an unknown type', async () => {
  const list = '/api/systems/SYS-ENT-001/artifacts';
  expect((await sendForm({ name: 'nothing.txt' }, undefined)).status).toBe(400);
  const broken = await xacta.send('POST', list, 'no form', {
    'content-type': 'multipart/form-data; boundary=there-is-none',
  });
  expect(broken.status).toBe(400);
  expect((await sendForm({ name: 'tool.exe' }, new File(['MZ'], 'tool.exe'))).status).toBe(415);
  expect((await xacta.send('POST', list, 'text', { 'content-type': 'image/x-unknown' })).status).toBe(415);
  const large = await sendForm({}, new File([Buffer.alloc(30 * 1024 * 1024 + 1)], 'large.bin'));
  expect(large).toMatchObject({ status: 413, body: { error: { code: 'too_large' } } });
  const { body } = await xacta.control('GET', '/state');
  expect(body['artifacts']).toHaveLength(0);
});
