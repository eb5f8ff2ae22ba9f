/**
 * A connector whose every word is fit to be stored and shown: what it throws, and what it reports of checks and refusals, holds no
 * secret (`platform/http/secret-mask.ts`) and nothing that a terminal obeys. Records pass as they are.
 */
import { shownText } from '../../platform/errors/index.ts';
import type {
  CheckResult,
  Connector,
  ReadEvent,
  ScanWriteResult,
  VerificationScans,
  WriteResult,
} from './contract.ts';
import type { SecretMask } from '../../platform/http/index.ts';

type Fields = readonly { readonly field: string; readonly message: string }[];

/** Wraps a connector. */
export function maskedConnector(connector: Connector, secrets: SecretMask): Connector {
  const fit = (text: string): string => shownText(secrets.mask(text));
  const fitFields = (fields: Fields): Fields =>
    fields.map(({ field, message }) => ({ field: fit(field), message: fit(message) }));

  async function guarded<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw secrets.maskError(error);
    }
  }

  async function* guardedStream<T>(open: () => AsyncIterable<T>, change: (item: T) => T): AsyncGenerator<T> {
    try {
      for await (const item of open()) yield change(item);
    } catch (error) {
      throw secrets.maskError(error);
    }
  }

  const fitCheck = (result: CheckResult): CheckResult => ({
    ...result,
    check: fit(result.check),
    detail: fit(result.detail),
    ...(result.remedy === undefined ? {} : { remedy: fit(result.remedy) }),
  });

  const fitWrite = <R extends WriteResult | ScanWriteResult>(result: R): R => {
    if (result.outcome === 'confirmed') return result;
    const told = { ...result, message: fit(result.message) };
    return 'fields' in result && Array.isArray(result.fields)
      ? { ...told, fields: fitFields(result.fields as Fields) }
      : told;
  };

  /** A chunk is read while the page is handed out: what fails then is said by the page's own stream. */
  const fitEvent = (event: ReadEvent): ReadEvent =>
    event.type === 'page'
      ? {
          ...event,
          records: guardedStream(
            () => event.records,
            (record) => record,
          ),
        }
      : event;

  return {
    check: (signal) => guardedStream(() => connector.check(signal), fitCheck),
    read: (entity, options) => guardedStream(() => connector.read(entity, options), fitEvent),
    find: (entity, key, signal) => guarded(() => connector.find(entity, key, signal)),
    write: async (entity, change, signal) =>
      fitWrite(await guarded(() => connector.write(entity, change, signal))),
    ...(connector.listInside ? { listInside: maskedLists(connector.listInside, secrets) } : {}),
    ...(connector.scans ? { scans: maskedScans(connector.scans) } : {}),
  };

  function maskedScans(scans: VerificationScans): VerificationScans {
    return {
      create: async (request, signal) => fitWrite(await guarded(() => scans.create(request, signal))),
      launch: async (externalId, signal) => fitWrite(await guarded(() => scans.launch(externalId, signal))),
      find: (key, signal) => guarded(() => scans.find(key, signal)),
      status: (externalId, signal) => guarded(() => scans.status(externalId, signal)),
    };
  }
}

async function* maskedStream<T>(stream: AsyncIterable<T>, secrets: SecretMask): AsyncGenerator<T> {
  try {
    yield* stream;
  } catch (error) {
    throw secrets.maskError(error);
  }
}

type ListInside = NonNullable<Connector['listInside']>;

const maskedLists =
  (list: ListInside, secrets: SecretMask): ListInside =>
  (...asked) => {
    const listed = list(...asked);
    return listed && maskedStream(listed, secrets);
  };
