/**
 * What leaves the agency by a person's own hand: a report that they save, a list that they export. Who saves it says who gets it, what for and
 * by which authority, and the accounting has its entry before the first byte is handed out. Whose records it holds nobody looks up, so that the
 * entry is in the accounting of every person, as one that may hold theirs.
 */
import type { Actor, Scope } from '../../canonical/access/index.ts';
import type { App } from '../../engine/run/index.ts';
import { noteOpened, reportFile, type ReportFile } from '../reports/index.ts';
import { type Disclosure, recordDisclosure } from './disclosures.sql.ts';

/** What whoever lets it out is asked. */
export interface Leaving {
  /** A person or an agency, by name. */
  readonly recipient: string;
  readonly purpose: string;
  /** The law, agreement or consent that allows it. */
  readonly authority: string;
  readonly address?: string | undefined;
}

type Disclosing = Pick<App, 'db' | 'store' | 'files' | 'now'>;
type By = Pick<Actor, 'name' | 'principalId'>;

/** The file of a report that leaves the agency. @throws TielineError as `reportFile`, and USAGE naming what the accounting lacks. */
export async function discloseReport(
  app: Disclosing,
  actor: Actor,
  { id, leaving }: { readonly id: string; readonly leaving: Leaving },
): Promise<ReportFile> {
  const file = await reportFile(app, actor, id);
  const { report, sha256 } = file;
  try {
    await app.store.transaction(({ db }) =>
      recordDisclosure(db, {
        nature: 'report',
        what: `${report.title}, ${report.boundary ?? 'all boundaries of its maker'}`,
        item: { type: 'generated_report', id: report.id },
        ...leaving,
        scope:
          report.boundary === null
            ? { kind: 'everywhere' }
            : { kind: 'boundaries', systemIds: [report.boundary], unassigned: false },
        fileSha256: sha256,
        at: app.now(),
        by: actor,
      }),
    );
  } catch (error) {
    file.stream.destroy();
    throw error;
  }
  await noteOpened(app, actor, report.id);
  return file;
}

/** Records that an export leaves the agency, before its first byte. @throws TielineError USAGE naming what the accounting lacks. */
export const discloseExport = (
  app: Pick<Disclosing, 'store' | 'now'>,
  by: By,
  {
    leaving,
    ...exported
  }: Pick<Disclosure, 'what' | 'item' | 'scope' | 'fileSha256'> & { readonly leaving: Leaving },
): Promise<string> =>
  app.store.transaction(({ db }) =>
    recordDisclosure(db, { nature: 'export', ...exported, ...leaving, at: app.now(), by }),
  );

/** As `discloseExport`, of a list. */
export const discloseList = (
  app: Disclosing,
  by: By,
  {
    list,
    filter,
    scope,
    leaving,
  }: {
    /** As it is called: the noun of a list, or the command that lists it. */
    readonly list: string;
    /** In words, as it was asked. */
    readonly filter: string;
    readonly scope: Scope;
    readonly leaving: Leaving;
  },
): Promise<string> =>
  discloseExport(app, by, {
    what: `list of ${list}${filter === '' ? '' : `, ${filter}`}`,
    item: { type: 'list', id: list },
    scope,
    leaving,
  });
