/** Saved views of lists. */
import type { ListDefinition } from '../../../canonical/lists/index.ts';
import type { viewRoutes } from '../../../contract/index.ts';
import { addView, changeView, chooseDefault, removeView, viewsOf } from '../../../operate/accounts/index.ts';
import { unknownWord } from '../../../platform/errors/index.ts';
import type { Handlers } from '../kit/call.ts';
import { lists } from './session-handlers.ts';

/** @throws TielineError REQUEST_INVALID with what there is. */
function listOf(noun: string): ListDefinition {
  const list = lists.find((each) => each.noun === noun);
  if (list) return list;
  throw unknownWord(
    'list',
    noun,
    lists.map((each) => each.noun),
    { code: 'REQUEST_INVALID' },
  );
}

export const viewHandlers: Handlers<typeof viewRoutes> = {
  listViews: async ({ app, by, query }) => ({
    body: await viewsOf(app, by.actor, listOf(query.list).noun),
  }),
  addView: async ({ app, by, body: { list, ...view } }) => ({
    body: await addView(app, by.actor, listOf(list), view),
  }),
  changeView: async ({ app, by, params, body, version }) => {
    const view = await changeView(app, by.actor, params.viewId, { version, change: body, listOf });
    return { body: view, version: view.version };
  },
  removeView: async ({ app, by, params, version }) => {
    await removeView(app, by.actor, params.viewId, version);
    return { body: undefined };
  },
  chooseView: async ({ app, by, body }) => {
    await chooseDefault(app, by.actor, listOf(body.list).noun, body.viewId);
    return { body: undefined };
  },
};
