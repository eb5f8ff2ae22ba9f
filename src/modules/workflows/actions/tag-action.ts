/** The action that tags an asset, or takes a tag of a workflow away. */
import { z } from 'zod';
import { boundaryCategories, tagByWorkflow, takersOfTags, untag } from '../../tags/index.ts';
import type { ActionOutcome } from '../parts.ts';
import { defineAction, done, nothingToDo, refused } from './define-action.ts';

export const tagAction = defineAction({
  name: 'tag',
  title: 'tag the asset; the next sync sends the tag to the scanners that know it',
  inputs: z.strictObject({
    // The limits of the scanner whose tags they become.
    category: z
      .string()
      .trim()
      .min(1)
      .max(100)
      .regex(/^[^:]*$/, 'must not contain a colon'),
    value: z
      .string()
      .trim()
      .min(1)
      .max(50)
      .regex(/^[^,]*$/, 'must not contain a comma'),
    remove: z
      .boolean()
      .default(false)
      .describe('take the tag away that a workflow set; what a person or scanner tagged stays'),
  }),
  permission: 'asset:write',
  appliesTo: ['asset'],
  raises: ['asset.changed'],
  undo: 'Undo its operation: `tieline ops undo`. The next sync takes the tag away, or sets it again, at the scanners too.',
  async carryOut(
    { app, owner, workflow, reason },
    record,
    { category, value, remove },
  ): Promise<ActionOutcome> {
    const own = boundaryCategories(app).find((each) => each.toLowerCase() === category.toLowerCase());
    if (own !== undefined)
      return refused(`tags of the category ${own} say which boundary an asset is in: they follow its match`);
    const tag = { category, value };
    const tagging = { assetUuid: record.id, tag, by: owner.name, reason };
    const named = `${category}:${value}`;
    if (remove) {
      const was = await untag(app, tagging);
      if (was === 'none') return nothingToDo(`${record.title} is not tagged ${named}`);
      if (was === 'other')
        return nothingToDo(
          `no workflow tagged ${record.title} ${named}: what a person or scanner tagged stays`,
        );
    } else if ((await tagByWorkflow(app, { ...tagging, workflow })) === 'there')
      return nothingToDo(`${record.title} is tagged ${named} already`);
    const { sent, notLetOut } = await takersOfTags(app, record.id);
    const where =
      sent.length > 0
        ? `the next sync tells ${sent.join(', ')}`
        : notLetOut.length > 0
          ? `the policies of ${notLetOut.join(', ')} let no tag out`
          : 'no connection that takes tags knows it';
    return done(
      `${record.title} is ${remove ? 'no longer' : ''} tagged ${named}; ${where}`.replace('  ', ' '),
      [
        {
          entity: 'asset',
          id: record.id,
          field: 'tag',
          before: remove ? named : null,
          after: remove ? null : named,
        },
      ],
    );
  },
});
