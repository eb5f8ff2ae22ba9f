/** What `tieline connections check` asks of an Xacta. Nothing here changes anything there. */
import { messageOf, TielineError } from '../../platform/errors/index.ts';
import { scalarText } from '../../platform/values/index.ts';
import type { CheckResult, ConnectorContext } from '../kit/index.ts';
import { fillPath, valueAt } from './field-path.ts';
import { fetchPage, type ListPage } from './lists.ts';
import type { Profile, ProfiledEntity } from './profile.ts';
import { idOf } from './records.ts';
import type { Session } from './session.ts';
import type { XactaSettings } from './settings.ts';

const skewWarningMs = 120_000;

const failed = (check: string, kind: CheckResult['kind'], error: unknown): CheckResult => ({
  check,
  kind,
  status: 'failed',
  detail: messageOf(error),
  remedy: error instanceof TielineError ? error.remedy : 'Check the address of this system.',
});

const reached = ({ origin }: Session): CheckResult => ({
  check: 'reach',
  kind: 'connectivity',
  status: 'ok',
  detail: `The server${origin ? ` at ${origin}` : ''} answers.`,
});

/** Yields reach and sign-in, TLS, clock, the right to read each entity, the right to write. Stops where the rest is moot. */
export async function* checkXacta(
  session: Session,
  profile: Profile,
  context: ConnectorContext<XactaSettings>,
  signal: AbortSignal,
): AsyncGenerator<CheckResult> {
  try {
    await session.signIn(signal);
  } catch (error) {
    if (signal.aborted) throw error;
    yield* signInFailure(session, error);
    return;
  }
  const { list } = profile.entities.system;
  if (!list) return;
  let page: ListPage;
  let systems: string[];
  try {
    const { path, items, query } = list;
    page = await fetchPage(session, profile, { path, items, query, signal }, undefined);
    systems = page.items.map((item) => idOf(profile, 'system', item)).filter((id) => id !== '');
  } catch (error) {
    if (signal.aborted) throw error;
    yield failed('read systems', 'permission', error);
    return;
  }
  yield reached(session);
  yield tls(session.origin);
  yield {
    check: 'sign-in',
    kind: 'authentication',
    status: 'ok',
    detail: `Signed in (profile ${profile.profile}, ${profile.auth.kind}).`,
  };
  yield clock(Date.parse(page.date ?? ''), context.now().getTime());
  yield systemsSeen(systems);
  for (const entity of ['component', 'control', 'poam'] as const)
    yield await canRead(session, profile, entity, systems[0], signal);
  yield await canWrite(session, profile, signal);
}

/** A refusal is an answer: the server was reached then. */
function* signInFailure(session: Session, error: unknown): Generator<CheckResult> {
  const code = error instanceof TielineError ? error.code : '';
  if (code === 'REMOTE_UNAUTHORIZED' || code === 'REMOTE_FORBIDDEN' || code === 'SETTING_INVALID') {
    yield reached(session);
    yield failed('sign-in', 'authentication', error);
  } else yield failed(/certificate|TLS/i.test(messageOf(error)) ? 'TLS' : 'reach', 'connectivity', error);
}

function systemsSeen(systems: readonly string[]): CheckResult {
  return {
    check: 'read systems',
    kind: 'permission',
    status: systems.length > 0 ? 'ok' : 'warning',
    detail: `${systems.length} on the first page.`,
    ...(systems.length > 0
      ? {}
      : { remedy: 'Give the account the right to see the systems that Tieline shall keep.' }),
  };
}

async function canRead(
  session: Session,
  profile: Profile,
  entity: ProfiledEntity,
  system: string | undefined,
  signal: AbortSignal,
): Promise<CheckResult> {
  const check = `read ${entity === 'poam' ? 'POA&Ms' : `${entity}s`}`;
  const list = profile.entities[entity]?.list;
  if (!list || system === undefined)
    return {
      check,
      kind: 'permission',
      status: 'warning',
      detail: 'Could not be tried.',
      remedy: 'It shows at the first sync.',
    };
  try {
    const page = await fetchPage(
      session,
      profile,
      { path: fillPath(list.path, { parent: system }), items: list.items, query: list.query, signal },
      undefined,
    );
    return {
      check,
      kind: 'permission',
      status: 'ok',
      detail: `Allowed (${page.items.length} on the first page of ${system}).`,
    };
  } catch (error) {
    if (signal.aborted) throw error;
    return failed(check, 'permission', error);
  }
}

/** Whether the account may write shows in its rights, where the profile says where they are; else at the first write. */
async function canWrite(session: Session, profile: Profile, signal: AbortSignal): Promise<CheckResult> {
  const base = { check: 'write POA&Ms', kind: 'permission' } as const;
  const { account } = profile;
  if (!account)
    return {
      ...base,
      status: 'warning',
      detail: 'The profile does not say where the rights of the account are.',
      remedy: 'It shows at the first POA&M that is sent.',
    };
  try {
    const { body } = await session.fetch({ method: 'GET', path: account.path, retry: 'safe', signal });
    const rights = valueAt(body, account.permissions);
    const granted = (Array.isArray(rights) ? rights : [rights ?? null]).map((each) => scalarText(each));
    if (granted.includes(account.write)) return { ...base, status: 'ok', detail: 'Allowed.' };
    return {
      ...base,
      status: 'failed',
      detail: `The account has ${granted.join(', ') || 'no rights'}.`,
      remedy: `Give the account the right "${account.write}".`,
    };
  } catch (error) {
    if (signal.aborted) throw error;
    return failed(base.check, base.kind, error);
  }
}

function tls(origin: string | undefined): CheckResult {
  const isOpen = origin?.startsWith('http:') ?? false;
  if (!isOpen)
    return { check: 'TLS', kind: 'connectivity', status: 'ok', detail: 'The certificate is trusted.' };
  const isLocal = /^http:\/\/(localhost|127\.|\[::1\])/.test(origin ?? '');
  return isLocal
    ? {
        check: 'TLS',
        kind: 'connectivity',
        status: 'ok',
        detail: 'Not needed: the server is on this machine.',
      }
    : {
        check: 'TLS',
        kind: 'connectivity',
        status: 'warning',
        detail: 'The connection is not encrypted.',
        remedy: 'Give this system an address that begins with https://.',
      };
}

function clock(server: number, own: number): CheckResult {
  const base = { check: 'clock', kind: 'clock' } as const;
  if (Number.isNaN(server))
    return {
      ...base,
      status: 'warning',
      detail: 'The server does not tell its time.',
      remedy: 'Nothing to do; reads then go by the clock of this machine.',
    };
  const seconds = Math.round((own - server) / 1000);
  if (Math.abs(own - server) < skewWarningMs)
    return { ...base, status: 'ok', detail: `The clocks differ by ${Math.abs(seconds)} s.` };
  return {
    ...base,
    status: 'warning',
    detail: `The clock of this machine is ${Math.abs(seconds)} s ${seconds > 0 ? 'ahead of' : 'behind'} the server's.`,
    remedy: "Set up time synchronization (NTP). Nothing is lost meanwhile: reads go by the server's clock.",
  };
}
