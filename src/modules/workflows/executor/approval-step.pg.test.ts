/** Questions of workflows over a real database: who decides them, in which order, in whose place, and what comes of no answer. */
import { describe, expect, it } from 'vitest';
import { idOf, setUpWorkflows, task, yamlOf } from '../../../../test/support/workflow-bench.ts';
import { everywhere } from '../../../canonical/access/index.ts';
import { listRequests } from '../../../engine/approvals/index.ts';
import { delegateDecision } from '../../../operate/workflows/index.ts';
import { decideRequest } from '../../requests/index.ts';
import { cancelRun } from '../index.ts';

const bench = setUpWorkflows();

describe('a question of a workflow', () => {
  const asks = yamlOf(
    [
      `  - {id: ask, approve: {ask: look closer, levels: [{who: [isso]}, {who: [issm]}], expireDays: 10, remindDays: [2]}}`,
      task('look'),
    ].join('\n'),
  );
  const decide = async (who: Parameters<typeof bench.person>[0], approved: boolean) => {
    const [request] = await listRequests(bench.app.db, { status: 'pending' }, 5);
    return decideRequest(bench.app, await bench.person(who), everywhere, {
      id: request?.approvalId ?? '',
      approved,
      reason: 'because',
    });
  };

  it('is decided level by level, by neither the owner nor who started the run, and the run continues', async () => {
    await bench.make(asks);
    const { runs } = await bench.start('P-2');
    expect(await bench.runOf(runs[0])).toMatchObject({ state: 'asking' });
    await decide('amy', true);
    await expect(decide('olga', true)).rejects.toMatchObject({ code: 'APPROVAL_OWN' });
    await expect(decide('sam', true)).rejects.toMatchObject({ code: 'APPROVAL_OWN' });
    expect(await decide('ivan', true)).toMatchObject({ status: 'approved' });
    await bench.workOff();
    expect(await bench.outcomes(runs[0])).toEqual(['run started', 'ask asked', 'ask approved', 'look done']);
  });

  it('ends the run after a no, and after nobody decided in time, having reminded', async () => {
    await bench.make(asks);
    const { runs } = await bench.start('P-2');
    await decide('amy', false);
    await bench.workOff();
    expect(await bench.runOf(runs[0])).toMatchObject({ state: 'ended' });
    const second = await bench.start('P-4');
    bench.passDays(3);
    await bench.lookAndWork();
    bench.passDays(11);
    await bench.lookAndWork();
    expect(await bench.outcomes(second.runs[0])).toEqual([
      'run started',
      'ask asked',
      'ask reminded',
      'ask expired',
    ]);
    expect(await bench.countOf(`approvals where status = 'expired'`)).toBe(1);
  });

  it('is decided by a person to whom one of the asked delegated it, who may not be who asked, and it says so', async () => {
    await bench.make(asks);
    const { runs } = await bench.start('P-2');
    const [request] = await listRequests(bench.app.db, { status: 'pending' }, 5);
    const id = request?.approvalId ?? '';
    const delegate = async (from: Parameters<typeof bench.person>[0], to: string) =>
      delegateDecision(
        bench.app,
        { actor: await bench.person(from), scope: everywhere },
        { id, to, reason: 'away' },
      );
    await expect(delegate('amy', 'nobody')).rejects.toMatchObject({ code: 'ACCOUNT_UNKNOWN' });
    // Sam started the run, Olga owns the workflow; neither decides, and neither is decided for.
    await expect(delegate('amy', 'sam')).rejects.toMatchObject({ code: 'APPROVAL_OWN' });
    await expect(delegate('olga', 'ivan')).rejects.toMatchObject({ code: 'APPROVAL_OWN' });
    await expect(delegate('ivan', 'amy')).rejects.toMatchObject({ code: 'APPROVAL_ROLE' });
    await expect(decide('ivan', true)).rejects.toMatchObject({ code: 'APPROVAL_ROLE' });
    expect(await delegate('amy', 'ivan')).toMatchObject({ to: 'ivan', role: 'isso', level: 1 });
    // It counts as long as Amy holds the role herself.
    await bench.run(`update grants set revoked_at = now() where principal_id = '${idOf('amy')}'`);
    await expect(decide('ivan', true)).rejects.toMatchObject({ code: 'APPROVAL_ROLE' });
    await bench.run(`update grants set revoked_at = null where principal_id = '${idOf('amy')}'`);
    expect(await decide('ivan', true)).toMatchObject({ status: 'pending', next: { number: 2 } });
    const [answered] = await listRequests(bench.app.db, { status: 'pending' }, 5);
    expect(answered?.answers).toMatchObject([{ by: 'ivan', role: 'isso', inPlaceOf: 'amy' }]);
    // Nobody answers twice, also not once for another and once for themselves.
    await expect(decide('ivan', true)).rejects.toMatchObject({ code: 'APPROVAL_OWN' });
    expect(await bench.runOf(runs[0])).toMatchObject({ state: 'asking' });
  });

  it('is withdrawn with its run', async () => {
    await bench.make(asks);
    const { runs } = await bench.start('P-2');
    await cancelRun(bench.app, { actor: await bench.person('ivan'), scope: everywhere }, runs[0] ?? '');
    expect(await bench.runOf(runs[0])).toMatchObject({ state: 'cancelled' });
    expect(await bench.countOf(`approvals where status = 'withdrawn'`)).toBe(1);
  });
});
