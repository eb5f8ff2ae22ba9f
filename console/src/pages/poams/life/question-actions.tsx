/** What may be answered to a question about a POA&M: the answers that are given at once, and the place where the others are given. */
import { recordPath, TextLink } from '../../../kit/record-link.tsx';
import { type PoamAction, PoamActionButton } from './poam-action.tsx';

interface Answers {
  readonly actions: readonly PoamAction[];
  /** A tab of its page. */
  readonly place: { readonly tab: string; readonly words: string };
}
const evidence = { tab: 'why', words: 'See the evidence' } as const;
const findings = { tab: 'findings', words: 'See its findings' } as const;

/** By the codes of src/canonical/vocabulary/poam-questions.ts. */
const answersOf: Readonly<Record<string, Answers>> = {
  fix_unproven: { actions: ['complete'], place: evidence },
  awaits_word: { actions: ['complete'], place: evidence },
  checks_pass: { actions: ['complete'], place: evidence },
  machines_gone: { actions: ['complete'], place: findings },
  machines_left: { actions: ['complete'], place: findings },
  findings_missing: { actions: ['complete'], place: findings },
  all_false_positive: { actions: ['complete'], place: { tab: 'deviations', words: 'See its deviations' } },
  dismissed_there: { actions: [], place: { tab: 'deviations', words: 'Ask for a deviation' } },
  rating_differs: { actions: [], place: { tab: '', words: 'Change its rating' } },
  due_earlier: { actions: ['stand', 'pull_in'], place: { tab: 'why', words: 'See why' } },
  plan_needed: { actions: [], place: { tab: 'milestones', words: 'Plan milestones' } },
  not_let_out: { actions: [], place: { tab: '', words: 'See who decides its fields' } },
};
const others: Answers = { actions: [], place: { tab: 'why', words: 'See why' } };

export const QuestionActions = ({ code, poamId }: { readonly code: string; readonly poamId: string }) => {
  const { actions, place } = answersOf[code] ?? others;
  const path = recordPath('poam', poamId);
  return (
    <>
      <TextLink to={place.tab === '' ? path : `${path}/${place.tab}`}>{place.words}</TextLink>
      {actions.map((action, at) => (
        <PoamActionButton
          key={action}
          poamId={poamId}
          action={action}
          variant={at === actions.length - 1 ? 'filled' : 'default'}
        />
      ))}
    </>
  );
};
