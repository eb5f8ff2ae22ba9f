import { expect, it } from 'vitest';
import { assetRecord } from './asset.ts';

it('an asset last seen in the year 0 is refused by name, since PostgreSQL would refuse the whole page', () => {
  const asset = { asset_uuid: '0f0e0d0c-0000-4000-8000-000000000001', last_seen: '0000-01-01T00:00:00.000Z' };
  const parsed = assetRecord.safeParse(asset);
  expect(parsed.error?.issues).toMatchObject([
    { path: ['last_seen'], message: expect.stringContaining('the year 0 cannot be stored') as string },
  ]);
  expect(assetRecord.safeParse({ ...asset, last_seen: '0001-01-01T00:00:00.000Z' }).success).toBe(true);
});
