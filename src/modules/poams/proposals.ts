/** Which weakness a proposal that has not gone out is about, and what it would say now. */
import { promisedDate } from '../due-dates/index.ts';
import { scalarText } from '../../platform/values/index.ts';
import { type JudgedWeakness, keyOfWeakness, type WeaknessRow } from '../weaknesses/index.ts';
import { purposeOf } from './compose-poam.ts';
import type { UnsentPoamRow } from './unsent-poams.sql.ts';
import type { Present } from './renew-unsent.ts';
import type { NamesOf } from './source-names.ts';
import { composeFor, type TemplatesOf } from './create-poams.ts';

type Unsent = ReadonlyMap<string, UnsentPoamRow>;

/** A proposal answers nothing yet: a POA&M that the GRC system has comes before it. */
export function withoutProposals(weakness: WeaknessRow, unsent: Unsent): WeaknessRow {
  return { ...weakness, candidates: weakness.candidates.filter((each) => !unsent.has(each.poamId)) };
}

/** Proposals by poam_id, with the weakness that each is about; one whose weakness is no more is left out. */
export function proposalsOf(
  weaknesses: readonly WeaknessRow[],
  unsent: Unsent,
  judged: readonly JudgedWeakness[],
): ReadonlyMap<string, JudgedWeakness> {
  const judgedOf = new Map(judged.map((each) => [keyOfWeakness(each.weakness), each]));
  return new Map(
    weaknesses.flatMap((weakness) => {
      const present = judgedOf.get(keyOfWeakness(weakness));
      if (!present) return [];
      return weakness.candidates
        .filter((candidate) => unsent.has(candidate.poamId))
        .map((candidate): [string, JudgedWeakness] => [candidate.poamId, present]);
    }),
  );
}

/** @param judged the weakness; undefined: nothing of it is open any more. */
export function presentOf(
  judged: JudgedWeakness | undefined,
  unsent: UnsentPoamRow | undefined,
  context: {
    readonly mayGoOut: boolean;
    readonly today: string;
    readonly names: NamesOf;
    readonly templatesOf: TemplatesOf;
  },
): Present {
  const present = { mayGoOut: context.mayGoOut, today: context.today };
  if (!judged || judged.weakness.findings === 0) return { ...present, reason: '' };
  const { weakness, due, answers } = judged;
  const asked = scalarText(unsent?.payload['scheduled_completion'] ?? '').slice(0, 10);
  const promised = promisedDate(
    due,
    context.today,
    asked === '' ? undefined : { on: asked, stays: unsent?.state === 'dropped' },
  );
  const { poam, milestones } = composeFor(context, judged, { promised, today: context.today });
  return {
    ...present,
    reason: purposeOf(weakness, { on: due.on, promised }, context.today),
    answeredBy: answers.by?.poamId,
    proposal: {
      // The key by which the GRC system will know it stays.
      poam: { ...poam, external_uid: unsent?.payload['external_uid'] ?? poam['external_uid'] ?? null },
      milestones,
      assets: weakness.assets,
      cves: weakness.cves,
      foundAgainAt: weakness.foundAgainAt,
    },
  };
}
