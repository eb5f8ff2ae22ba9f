/** "What changed since yesterday", in one answer. */
import type { Scope } from '../../../canonical/access/index.ts';
import { questionSentence } from '../../../canonical/vocabulary/index.ts';
import type { App } from '../../../engine/run/index.ts';
import {
  type ChangeSince,
  countFindingsSince,
  type FindingsSince,
  listChangesSince,
  listQuestionsSince,
} from './changes-since.sql.ts';

export interface ChangesSince {
  readonly since: Date;
  readonly changes: readonly ChangeSince[];
  /** Whether there are more changes than are shown. */
  readonly isCut: boolean;
  readonly findings: readonly FindingsSince[];
  readonly questions: readonly {
    readonly at: Date;
    readonly poamId: string;
    readonly systemId: string | null;
    readonly code: string;
    readonly text: string;
  }[];
}

/** What changed since a moment: POA&Ms and milestones, findings by boundary, what a person is newly asked. */
export async function tellChangesSince(
  app: App,
  scope: Scope,
  asked: { readonly since: Date; readonly limit: number },
): Promise<ChangesSince> {
  const { since, limit } = asked;
  const changes = await listChangesSince(app.db, scope, { since, limit: limit + 1 });
  const questions = await listQuestionsSince(app.db, scope, { since, limit });
  return {
    since,
    changes: changes.slice(0, limit),
    isCut: changes.length > limit,
    findings: await countFindingsSince(app.db, scope, since),
    questions: questions.map(({ params, ...each }) => ({
      ...each,
      text: questionSentence(each.code, params),
    })),
  };
}
