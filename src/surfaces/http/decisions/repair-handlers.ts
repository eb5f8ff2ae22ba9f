/** Changes of the outbox and operations that an operator puts right by hand. */
import type { repairRoutes } from '../../../contract/index.ts';
import { defined } from '../../../platform/values/index.ts';
import { type Undo, undoOperation } from '../../../review/operations/index.ts';
import { decideOutbox } from '../../../review/outbox/index.ts';
import type { Handlers } from '../kit/call.ts';

const undoBody = ({ operationId, undoes, fields, refused, sha256 }: Undo) => ({
  undoes,
  ...defined({ operationId }),
  fields: fields.map(({ note, ...field }) => ({ ...field, ...defined({ note }) })),
  refused: [...refused],
  sha256,
});

export const repairHandlers = (): Handlers<typeof repairRoutes> => ({
  decideOutbox: async ({ app, by, body: { ids, decision, reason } }) => {
    const decided = { what: decision, by: by.actor.name, reason };
    const { operationId, done, refused } = await decideOutbox(app, ids, decided);
    return { body: { operationId, done: [...done], refused: [...refused] } };
  },
  previewUndo: async ({ app, by, params }) => {
    const given = { by: by.actor.name, reason: undefined, planOnly: true };
    return { body: undoBody(await undoOperation(app, params.operationId, given)) };
  },
  undoOperation: async ({ app, by, params, body }) => {
    const given = { by: by.actor.name, reason: body.reason, sha256: body.sha256, planOnly: false };
    return { body: undoBody(await undoOperation(app, params.operationId, given)) };
  },
});
