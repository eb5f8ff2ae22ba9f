/** The file that `policies export` writes and `policies import` reads: entity to policy; what is absent is as above it. */
import { z } from 'zod';
import { TielineError } from '../../platform/errors/index.ts';
import {
  approvalScope,
  conflictStrategies,
  type EntityPolicy,
  fieldLevelPolicies,
  policyFilterLine,
  policyFilterOf,
  syncDirections,
} from '../../canonical/policy/index.ts';
import { presentField } from '../../canonical/record-fields/index.ts';

export const policyFile = z.record(
  z.string(),
  z.strictObject({
    /** A line in the grammar of lists. */
    filter: z
      .string()
      .transform((line, context) => {
        try {
          return policyFilterOf(line);
        } catch (error) {
          if (!(error instanceof TielineError)) throw error;
          for (const { field, message } of error.fields)
            context.addIssue({ code: 'custom', message: `${field} ${message}` });
          return z.NEVER;
        }
      })
      .exactOptional(),
    direction: z.enum(syncDirections).exactOptional(),
    strategy: z.enum(conflictStrategies).exactOptional(),
    fields: fieldLevelPolicies.default({}),
    /** An empty scope is how files of earlier versions say `always`. */
    approval: z.union([z.enum(['always', 'never']), approvalScope]).exactOptional(),
  }),
);
type FilePolicy = z.input<typeof policyFile>[string];

/** As a file says it: `always` and `never` in words, a part by its fields and severities. */
export function toFile(policies: readonly EntityPolicy[]): Record<string, FilePolicy> {
  return Object.fromEntries(
    policies.map(({ entity, approval, fields, filter, ...rest }): [string, FilePolicy] => [
      entity,
      {
        ...(filter === undefined ? {} : { filter: policyFilterLine(filter) }),
        ...rest,
        ...(Object.keys(fields).length > 0 ? { fields } : {}),
        ...(approval === undefined ? {} : { approval: approvalWord(approval) }),
      },
    ]),
  );
}

function approvalWord(approval: NonNullable<EntityPolicy['approval']> | null): FilePolicy['approval'] & {} {
  if (approval === null) return 'never';
  return Object.keys(approval).length === 0 ? 'always' : approval;
}

/** As the record has it now: a file of an earlier version may name fields as they were called then. */
export function fromFile(file: z.output<typeof policyFile>): EntityPolicy[] {
  return Object.entries(file).map(([entity, { approval, fields, filter, ...rest }]): EntityPolicy => {
    const present = Object.fromEntries(
      Object.entries(fields).map(([field, policy]) => [presentField(entity, field), policy]),
    );
    const policy = {
      entity,
      ...rest,
      ...(filter === undefined || Object.keys(filter).length === 0 ? {} : { filter }),
      fields: present,
    };
    if (approval === undefined) return policy;
    if (approval === 'never') return { ...policy, approval: null };
    return { ...policy, approval: approval === 'always' ? {} : withPresentFields(entity, approval) };
  });
}

function withPresentFields(
  entity: string,
  scope: z.output<typeof approvalScope>,
): z.output<typeof approvalScope> {
  return scope.fields === undefined
    ? scope
    : { ...scope, fields: scope.fields.map((field) => presentField(entity, field)) };
}
