/** A signed-in client of a running Xacta simulator, as thin as can be. */
import { startSimulatorProcess } from '../kit/simulator-process.test-support.ts';

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  /** The parsed body; its shape is what the test expects. */
  readonly body: Record<string, unknown>;
}

export interface XactaClient {
  readonly url: string;
  /** @param headers "if-match" and the like */
  send(method: string, path: string, json?: unknown, headers?: Record<string, string>): Promise<Answer>;
  control(method: string, path: string, json?: unknown): Promise<Answer>;
  /** Signs in again. */
  login(): Promise<Answer>;
  stop(): Promise<void>;
}

const credentials = { username: 'isso', password: 'correct horse' };

/** Starts a simulator with a fixed seed and instant and signs in. */
export async function startXacta(...args: string[]): Promise<XactaClient> {
  const process = await startSimulatorProcess('xacta', ['--seed', '7', ...args], {
    SIMULATOR_USERNAME: credentials.username,
    SIMULATOR_PASSWORD: credentials.password,
  });
  let token = '';
  const send = async (
    method: string,
    path: string,
    json?: unknown,
    headers: Record<string, string> = {},
  ): Promise<Answer> => {
    const response = await fetch(`${process.url}${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', ...headers },
      ...(json === undefined ? {} : { body: JSON.stringify(json) }),
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, body: text === '' ? {} : JSON.parse(text) };
  };
  const login = async (): Promise<Answer> => {
    const answer = await send('POST', '/api/auth/login', credentials);
    token = String(answer.body['token']);
    return answer;
  };
  await login();
  return {
    url: process.url,
    send,
    login,
    control: (method, path, json) => send(method, `/__control${path}`, json),
    stop: () => process.stop(),
  };
}

/** Reads a list to its end. */
export async function readAll(
  client: XactaClient,
  path: string,
  query: Record<string, string> = {},
): Promise<Record<string, unknown>[]> {
  const records: Record<string, unknown>[] = [];
  for (let page: number | null = 1; page !== null;) {
    const { status, body } = await client.send(
      'GET',
      `${path}?${String(new URLSearchParams({ ...query, page: String(page) }))}`,
    );
    if (status !== 200) throw new Error(`${path}: ${status} ${JSON.stringify(body)}`);
    const entity = path.split('/').at(-1) ?? '';
    records.push(...(body[entity] as Record<string, unknown>[]));
    page = body['next_page'] as number | null;
  }
  return records;
}

/** Days from today in UTC, YYYY-MM-DD. */
export function inDays(days: number): string {
  return new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);
}

/** A POA&M that can be saved as it is. */
export function validPoam(changes: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    weakness_description: 'Apache Tomcat 9.0.x < 9.0.98 Multiple Vulnerabilities',
    source: 'Tenable plugin 940000',
    security_control: 'SI-2',
    resources: 'System administrator, maintenance window',
    poc: 'Information system security officer',
    status: 'ongoing',
    scheduled_completion: inDays(30),
    milestones: [{ description: 'Apply the remedy', target_date: inDays(20) }],
    ...changes,
  };
}

/** The list of a system in which AU-2 is inherited. */
export const poamList = '/api/systems/SYS-ENT-002/poams';

/** Sends a create of a valid POA&M with these changes. */
export function postPoam(client: XactaClient, changes: Record<string, unknown> = {}): Promise<Answer> {
  return client.send('POST', poamList, validPoam(changes));
}

export interface CreatedPoam {
  readonly path: string;
  readonly body: Record<string, unknown>;
  readonly etag: string;
}

/** A POA&M that was created. */
export async function createPoam(
  client: XactaClient,
  changes: Record<string, unknown> = {},
): Promise<CreatedPoam> {
  const answer = await postPoam(client, changes);
  if (answer.status !== 201) throw new Error(JSON.stringify(answer.body));
  return {
    path: `/api/poams/${String(answer.body['id'])}`,
    body: answer.body,
    etag: answer.headers.get('etag') ?? '',
  };
}

/** The rules that an answer names, as "field rule". */
export function brokenRules(answer: Answer): string[] {
  const { error } = answer.body as { error?: { fields?: { field: string; rule: string }[] } };
  return (error?.fields ?? []).map((each) => `${each.field} ${each.rule}`).toSorted();
}
