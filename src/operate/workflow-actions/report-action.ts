/** A report about the boundary of the record, made by a worker: what its owner may make, and no more. */
import { z } from 'zod';
import { type ActionOutcome, defineAction, done, picked } from '../../modules/workflows/index.ts';
import { requestReport } from '../jobs/index.ts';

export const makeReportAction = defineAction({
  name: 'make_report',
  title: 'make a report about the boundary of the record',
  inputs: z.strictObject({
    template: z
      .string()
      .trim()
      .min(1)
      .max(255)
      .meta(picked('report_template', 'the name of a report template: tieline reports list')),
    parameters: z
      .record(z.string(), z.string())
      .default({})
      .describe('of the template; the boundary is that of the record'),
  }),
  permission: 'report:create',
  appliesTo: ['finding', 'weakness', 'poam', 'deviation', 'asset', 'system', 'scan'],
  raises: [],
  undo: 'Delete the report; who read it is in the security log.',
  async carryOut({ app, owner, scope }, record, { template, parameters }): Promise<ActionOutcome> {
    const boundary = record.boundary === null ? {} : { boundary: record.boundary };
    const { reportId } = await requestReport(
      app,
      { actor: owner, scope },
      { template, parameters: { ...boundary, ...parameters } },
    );
    return done(`report ${template} asked for`, [
      { entity: 'report', id: reportId, field: null, before: null, after: template },
    ]);
  },
});
