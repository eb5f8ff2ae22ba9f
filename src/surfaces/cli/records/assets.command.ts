import { assetList } from '../../../canonical/lists/index.ts';
import type { FirstLevel } from '../kit/command.ts';
import { decisionOptions, limitOption, several } from '../kit/flags.ts';
import { listOptions } from '../lists/list-flags.ts';

const limit = limitOption(100_000, 100);

export const assets: FirstLevel = {
  commands: [
    {
      name: 'list',
      reads: true,
      description: 'assets, those with the most critical findings first',
      options: listOptions(assetList.sorts),
      examples: ["assets list --filter 'system=SYS-001 critical=1..'"],
      action: async () => (await import('../lists/assets.actions.ts')).listThem,
    },
    {
      name: 'show',
      reads: true,
      arguments: '<asset>',
      description: 'one asset: addresses, system and component, what is open on it; by uuid, name or address',
      action: async () => (await import('../lists/assets.actions.ts')).showOne,
    },
    {
      name: 'explain',
      reads: true,
      arguments: '<asset>',
      description:
        'the sources of an asset, what it is known by, and each decision with its evidence; by uuid, name or address',
      action: async () => (await import('./assets.actions.ts')).explainAsset,
    },
    {
      name: 'context',
      arguments: '<asset>',
      description:
        'what the business says of an asset: criticality, environment, acr_override, …; the next sync sends it to the servers',
      options: [
        {
          flags: '--set <field=value>',
          description: 'says it; empty: nothing is said any more. May be given more than once',
          parse: several,
          default: [],
        },
        ...decisionOptions,
      ],
      action: async () => (await import('./asset-context.actions.ts')).assetContext,
    },
    {
      name: 'review',
      reads: true,
      description: 'machines that may be an asset that is known: a person decides',
      options: [limit],
      action: async () => (await import('./assets.actions.ts')).listReviews,
    },
    {
      name: 'duplicates',
      reads: true,
      description: 'assets that one scanner keeps apart although they are probably one machine',
      options: [limit],
      action: async () => (await import('./assets.actions.ts')).listDuplicates,
    },
    {
      name: 'unreported',
      reads: true,
      description: 'assets that no source reports any more, with the findings that are open on them',
      options: [limit],
      action: async () => (await import('./assets.actions.ts')).listUnreported,
    },
    {
      name: 'unmatched',
      reads: true,
      description: 'assets in no system: no component fits them, and none waits for a decision',
      options: [limit],
      action: async () => (await import('./assets.actions.ts')).listUnmatched,
    },
    {
      name: 'merge',
      arguments: '<asset> <into>',
      description: 'say that two assets are one; the second stays, nothing is lost',
      options: decisionOptions,
      action: async () => (await import('./assets.actions.ts')).mergeAssets,
    },
    {
      name: 'split',
      arguments: '<system> <record>',
      description: 'say that a source’s record is another machine than the asset it was tied to',
      options: decisionOptions,
      action: async () => (await import('./assets.actions.ts')).splitAsset,
    },
    {
      name: 'keep',
      arguments: '<id>',
      description: 'say that a machine under review is none of the assets it might be',
      options: decisionOptions,
      action: async () => (await import('./assets.actions.ts')).keepAsset,
    },
  ],
};
