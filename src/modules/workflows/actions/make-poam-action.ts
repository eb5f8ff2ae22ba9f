/** The action that makes a POA&M: by the same use case as the sync makes them. */
import { z } from 'zod';
import { type MadePoam, makePoam } from '../../poams/index.ts';
import type { ActionOutcome } from '../parts.ts';
import { defineAction, done, nothingToDo, refused } from './define-action.ts';
import { listOpenFindings } from './findings.sql.ts';

/** What each answer that made nothing comes to. */
function told(made: Exclude<MadePoam, { is: 'made' | 'joined' }>, title: string): ActionOutcome {
  switch (made.is) {
    case 'answered':
      return nothingToDo(`${made.poamId} answers ${title} already`);
    case 'proposed':
      return nothingToDo(`${made.poamId} is proposed for ${title} already and has not been sent yet`);
    case 'turned_down':
      return nothingToDo(`a person turned down ${made.poamId}, which was proposed for ${title}`);
    case 'to_reopen':
      return nothingToDo(`the next sync opens ${made.poamId} again, as the settings of its boundary say`);
    case 'contradicted':
      return nothingToDo(
        `${made.poamId} ended while a finding is open: a person decides about that first (tieline conflicts list)`,
      );
    case 'nothing_open':
      return nothingToDo(`no finding of ${title} is open on an asset of its boundary`);
    case 'accepted':
      return nothingToDo(`a rule of the scanner accepts ${title}`);
    case 'excluded':
      return nothingToDo(`an exclusion of its boundary leaves out ${title} (tieline rules exclusions)`);
    case 'no_grc_system':
      return refused(`no connected GRC system has the boundary of ${title}`);
    case 'not_let_out':
      return refused(
        `the policies of ${made.system} let no new POA&M out: tieline policies list ${made.system}`,
      );
    case 'not_read':
      return refused(
        `the POA&Ms of ${made.system}, or one that may be about ${title}, could not be read yet: see its latest sync`,
      );
  }
}

export const makePoamAction = defineAction({
  name: 'make_poam',
  title:
    'make a POA&M for the open findings of the record, also where the weakness rule of its boundary names them not; it is sent as policies and approvals say',
  inputs: z.strictObject({}),
  permission: 'poam:write',
  appliesTo: ['finding', 'weakness'],
  raises: ['poam.created', 'weakness.made'],
  undo: 'Turn the proposal down: `tieline approvals reject`, or `tieline outbox drop`. Once it was sent: set its status to Cancelled.',
  async carryOut({ app, owner, reason }, record): Promise<ActionOutcome> {
    if (record.boundary === null) return refused(`${record.title} is in no boundary`);
    const open = await listOpenFindings(app.db, record);
    if (open.length === 0) return nothingToDo('no finding of it is open');
    const made = await makePoam(app, {
      findings: open.map(({ id }) => id),
      boundary: record.boundary,
      by: `${reason} of ${owner.name}`,
    });
    if (made.is === 'made')
      return done(
        `${made.poamId} was made, due ${made.due}${made.waits ? '; that it is sent waits for approval' : ''}`,
        [{ entity: 'poam', id: made.poamId, field: null, before: null, after: { due: made.due } }],
      );
    if (made.is === 'joined')
      return done(
        `${made.poamId} answers the same weakness: the findings are under it now`,
        open.map(({ key }) => ({
          entity: 'finding',
          id: key,
          field: 'poam',
          before: null,
          after: made.poamId,
        })),
      );
    return told(made, record.title);
  },
});
