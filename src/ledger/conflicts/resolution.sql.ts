/** How a conflict ended, as columns and as people are shown it. */
import { sql, type RawBuilder } from 'kysely';
import { isJsonObject, type Json } from '../../platform/values/index.ts';
import {
  type DeciderKind,
  type ReasonCode,
  reasonSentence,
  type RuleCode,
} from '../../canonical/vocabulary/index.ts';
import { storableJson } from '../../platform/postgres/index.ts';

/** SQL that closes a row because it settled itself, and of what kind its end is. */
export const settlesItself = (why: ReasonCode): RawBuilder<unknown> =>
  sql.raw(`resolution_status = 'resolved', resolved_at = tieline_now(), resolved_by_kind = 'rule', resolved_by = null,
           rule_code = '${'settled_itself' satisfies RuleCode}', resolution = '{"code": ${JSON.stringify(why)}}'`);

/** SQL that closes a row because of what a person decided. */
export const settledByPerson = (by: string, resolution: Json): RawBuilder<unknown> => sql`
           resolution_status = 'resolved', resolved_by_kind = 'person', resolved_by = ${by}, resolved_at = tieline_now(),
           resolution = ${storableJson(resolution)}::jsonb`;

/** What became of a conflict, as people are shown it: of one that settled itself, and of what closed it beside, the sentence of the code. */
export function shownResolution(resolution: Json, kind: DeciderKind | null): Json {
  if (!isJsonObject(resolution)) return resolution;
  const { code, ...rest } = resolution;
  if (typeof code !== 'string') return resolution;
  return { [kind === 'rule' ? 'kept' : 'choice']: reasonSentence(code), ...rest };
}
