import { expect, it } from 'vitest';
import { httpWorld } from '../../../test/support/http-world.ts';
import { withdrawApprovals } from './index.ts';

it('approvals that are withdrawn are announced to their own boundaries only', async () => {
  await using world = await httpWorld();
  const { db, pool } = world.database;
  const [{ id } = { id: 0 }] = (await pool.query<{ id: number }>(`select id from external_systems`)).rows;
  await withdrawApprovals(db, id);
  const { rows } = await pool.query(
    `select system_id as boundary, count from tieline_events where kind = 'approval.decided' order by 1`,
  );
  expect(rows).toEqual([
    { boundary: 'SYS-1', count: 1 },
    { boundary: 'SYS-2', count: 1 },
  ]);
});
