import { describe, expect, it } from 'vitest';
import { openApiOf, type Route, routes } from '../../contract/index.ts';

const table: Readonly<Record<string, Route>> = routes;
const all = Object.entries(table);
/** What breaks a rule, by operation id: a failure names it. */
const breaking = (breaks: (route: Route) => boolean): string[] =>
  all.filter(([, route]) => breaks(route)).map(([id]) => id);

/** Moves of one record: its version refuses a repetition. */
const moves = ['completePoam', 'reopenPoam', 'extendPoam'];
/** POST that neither creates, decides nor starts anything, or whose repetition does no harm: a sign-in, a sign of life, a try. */
const repeatable = new Set([
  'checkNewConnection',
  'checkWorkflow',
  'replayWorkflow',
  'signIn',
  'finishSignIn',
  // It only looks.
  'checkSmartCards',
  'checkIdentityProvider',
  // A logout token is carried out once by its own id.
  'endSessionsByProvider',
  'askKeyAtSignIn',
  'askKeyAtStepUp',
  'beginApp',
  'confirmApp',
  'beginKey',
  'confirmKey',
  'signInToDemo',
  'redeemLink',
  'stepUp',
  'keepSession',
  'changePassword',
  'previewRule',
  'tryPoamEdits',
  'tryDuePolicies',
  'tryMetric',
  'previewDefaultDuePolicy',
  'previewSystemDuePolicy',
  'tryResolvingConflicts',
  'previewBoundaryRule',
  'tryRemediation',
  'tryPoamReviews',
  ...moves,
]);

interface Parameter {
  readonly name: string;
  readonly in: string;
}
interface Operation {
  readonly operationId: string;
  readonly tags: readonly string[];
  readonly description: string;
  readonly 'x-permission': string;
  readonly parameters?: readonly (Parameter | { readonly $ref: string })[];
  readonly responses: Readonly<Record<string, unknown>>;
}
interface Document {
  readonly openapi: string;
  readonly tags: readonly { readonly name: string }[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
}
const document = JSON.parse(JSON.stringify(openApiOf(routes, '0'))) as Document;
const operations = Object.values(document.paths).flatMap((path) => Object.values(path));

/** Every $ref of the document, wherever it stands. */
function* refsIn(value: unknown): Generator<string> {
  if (typeof value !== 'object' || value === null) return;
  for (const [key, inner] of Object.entries(value))
    if (key === '$ref' && typeof inner === 'string') yield inner;
    else yield* refsIn(inner);
}

/** What a JSON pointer leads to within the document; undefined where nowhere. */
const pointedAt = (ref: string): unknown =>
  ref.startsWith('#/')
    ? ref
        .slice(2)
        .split('/')
        .map((part) => decodeURIComponent(part).replaceAll('~1', '/').replaceAll('~0', '~'))
        .reduce<unknown>((value, part) => (value as Record<string, unknown> | undefined)?.[part], document)
    : undefined;

/** Names of its parameters that are in the path, or are headers. */
const parametersOf = ({ parameters = [] }: Operation, place: 'path' | 'header'): string[] =>
  parameters
    .map((each) => ('$ref' in each ? (pointedAt(each.$ref) as Parameter) : each))
    .filter((each) => each.in === place)
    .map(({ name }) => name);

describe('the route table', () => {
  it('every summary says something in at most 60 characters', () => {
    expect(breaking(({ summary }) => summary.length === 0 || summary.length > 60)).toEqual([]);
  });

  it('no two routes have the same method and address, whatever their parameters are called', () => {
    const addresses = all.map(([, { method, path }]) => `${method} ${path.replaceAll(/:\w+/g, ':')}`);
    expect(addresses.filter((each, at) => addresses.indexOf(each) !== at)).toEqual([]);
  });

  it('the parameters of an address are those of its shape', () => {
    expect(
      breaking(({ path, params }) => {
        const named = [...path.matchAll(/:(\w+)/g)].map(([, name]) => name);
        return named.join() !== Object.keys(params?.shape ?? {}).join();
      }),
    ).toEqual([]);
  });

  it('every POST that creates, decides or starts something can be repeated with its key, and only a POST', () => {
    const unkept = all.filter(([, { method, idempotent }]) => method === 'POST' && !idempotent);
    expect(unkept.map(([id]) => id).toSorted()).toEqual([...repeatable].toSorted());
    expect(breaking(({ method, idempotent }) => idempotent === true && method !== 'POST')).toEqual([]);
  });

  it('every change of one record, and nothing else, needs its version; signing out is of no record', () => {
    expect(
      breaking(({ method, versioned }) => versioned === true && !['PATCH', 'PUT', 'DELETE'].includes(method)),
    ).toEqual(moves);
    expect(
      breaking(({ method, versioned }) => ['PATCH', 'PUT', 'DELETE'].includes(method) && !versioned),
    ).toEqual([
      'signOut',
      // Set whole, by one person of their own, or with the one before in the journal.
      'setAlertRule',
      'setMyDigest',
      'stopMyDigest',
      'viewApprovalGroup',
      // Settings that are sent whole; the journal keeps the ones before.
      'setDecider',
      'setReviewInterval',
      'setLifeSettings',
      'viewPlanGroup',
    ]);
  });

  it('every call that may change something says which events it leaves, or why none', () => {
    const says = ({ audit }: Route): boolean =>
      audit !== undefined &&
      ('nothing' in audit ? audit.nothing.length > 10 : !('events' in audit) || audit.events.length > 0);
    expect(breaking((route) => route.method !== 'GET' && !says(route))).toEqual([]);
  });

  it('what leaves no event only tries, or marks what the reader alone sees', () => {
    expect(breaking(({ audit }) => audit !== undefined && 'nothing' in audit)).toEqual([
      'keepSession',
      // Each asks; what is answered is an event.
      'askKeyAtStepUp',
      'beginApp',
      'beginKey',
      'checkIdentityProvider',
      'checkSmartCards',
      'tryPoamEdits',
      'tryDuePolicies',
      'previewDefaultDuePolicy',
      'previewSystemDuePolicy',
      'tryResolvingConflicts',
      'viewApprovalGroup',
      'previewBoundaryRule',
      'tryRemediation',
      'tryPoamReviews',
      'viewPlanGroup',
      'chooseView',
      'previewRule',
      'checkWorkflow',
      'replayWorkflow',
    ]);
  });

  it('whoever reads the security log is in it', () => {
    expect(routes.listSecurityEvents.audit).toEqual({ event: 'log_read' });
  });

  it('a GET has no body, and an answer has a shape, is a stream, or is empty', () => {
    expect(breaking(({ method, body }) => method === 'GET' && body !== undefined)).toEqual([]);
    expect(
      breaking(
        ({ answer: { status, shape, stream } }) =>
          (status === 204 || status === 303) !== (!shape && stream === undefined),
      ),
    ).toEqual([]);
  });
});

describe('the document of the routes', () => {
  it('openapi.json has each route once, by its operation id', () => {
    expect(operations.map((each) => each.operationId).toSorted()).toEqual(Object.keys(table).toSorted());
  });

  it('every path is below /api/v1', () => {
    expect(document.openapi).toMatch(/^3\.1\./);
    expect(Object.keys(document.paths).filter((path) => !path.startsWith('/api/v1/'))).toEqual([]);
  });

  it('every reference leads somewhere', () => {
    const refs = [...refsIn(document)];
    expect(refs.length).toBeGreaterThan(100);
    expect([...new Set(refs)].filter((ref) => pointedAt(ref) === undefined)).toEqual([]);
  });

  it('every parameter in a path is described, and every tag is one of the list', () => {
    const tags = new Set(document.tags.map(({ name }) => name));
    for (const [path, methods] of Object.entries(document.paths))
      for (const operation of Object.values(methods)) {
        const named = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
        expect(parametersOf(operation, 'path')).toEqual(named);
        expect(operation.tags.filter((tag) => !tags.has(tag))).toEqual([]);
      }
  });

  it('every operation tells who may call it, and what it is refused with', () => {
    for (const { operationId, responses, ...operation } of operations) {
      const { permission, versioned, idempotent } = table[operationId] ?? {};
      const access = typeof permission === 'object' ? 'anybody' : permission;
      expect({ operationId, access: operation['x-permission'] }).toEqual({ operationId, access });
      const refusals = [
        ...(access === 'anybody' ? [] : ['401', '403']),
        ...(versioned ? ['412', '428'] : []),
        ...(idempotent ? ['409', '422'] : []),
      ];
      expect(Object.keys(responses)).toEqual(expect.arrayContaining(refusals));
    }
  });

  it('keys and versions that a route needs are parameters by the names of their headers', () => {
    for (const operation of operations) {
      const { idempotent, versioned } = table[operation.operationId] ?? {};
      expect(parametersOf(operation, 'header')).toEqual([
        ...(idempotent ? ['Idempotency-Key'] : []),
        ...(versioned ? ['If-Match'] : []),
      ]);
    }
  });
});
