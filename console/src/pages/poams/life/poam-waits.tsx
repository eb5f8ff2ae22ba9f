/** What waits for a person on one POA&M: what is asked about it, and the requests that others decide, decided here by who may. */
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { Decision } from '../../../api/decisions/approvals.ts';
import type { PoamRow } from '../../../api/poams.ts';
import { explanationQuery, waitingRequestsQuery } from '../../../api/work/poam-life.ts';
import { ActButton } from '../../../kit/act/act-button.tsx';
import { When } from '../../../kit/marks/when.tsx';
import { RecordLink } from '../../../kit/record-link.tsx';
import { useMay } from '../../../shell/use-session.ts';
import { AnswerDialog, type Request, useWhyNot } from '../../approvals/request-page.tsx';
import { rolesWords, waitsFor } from '../../approvals/words.ts';
import styles from '../poam.module.css';
import { QuestionActions } from './question-actions.tsx';

/** A request with who decides it next, and the answer of whoever may give one. */
const WaitingRequest = ({ of }: { readonly of: Request }) => {
  const [asked, setAsked] = useState<Decision['decision']>();
  const whyNot = useWhyNot(of);
  const level = of.request.levels.find(({ roles }) => roles.some((role) => of.request.turn.includes(role)));
  return (
    <li className={styles['waits']}>
      <div>
        <RecordLink kind="approval" id={of.approvalId}>
          Request {of.number}: {of.action}
        </RecordLink>
        <div className="quiet">
          asked <When at={of.requestedAt} /> by {of.requestedBy}: {of.request.rationale}
        </div>
        <div>
          {waitsFor(of)}
          {level === undefined ? '' : `; ${rolesWords(of.request.turn, level.needs)} may decide`}
          {whyNot === undefined ? '' : `. ${whyNot}`}
        </div>
      </div>
      <div className={styles['waitsActions']}>
        <ActButton variant="default" why={whyNot} onPress={() => setAsked('reject')}>
          Reject…
        </ActButton>
        <ActButton why={whyNot} onPress={() => setAsked('approve')}>
          Agree…
        </ActButton>
      </div>
      {asked ? <AnswerDialog of={of} decision={asked} onClose={() => setAsked(undefined)} /> : null}
    </li>
  );
};

export const PoamWaits = ({ of }: { readonly of: PoamRow }) => {
  const { poamId } = of;
  const seesRequests = useMay('plan:read');
  const { data: explanation } = useQuery(explanationQuery(poamId));
  const { data: requests } = useQuery({ ...waitingRequestsQuery(poamId), enabled: seesRequests });
  const questions = explanation?.questions ?? [];
  const waiting = (requests?.items ?? []).flatMap((each): Request[] =>
    each.request === null ? [] : [{ ...each, request: each.request }],
  );
  if (questions.length + waiting.length === 0) return null;
  return (
    <section aria-label="What waits here" className={styles['waitsPanel']}>
      <h2>What waits here</h2>
      <ul>
        {questions.map(({ code, text, since }) => (
          <li key={code} className={styles['waits']}>
            <div>
              {text.charAt(0).toUpperCase() + text.slice(1)}.
              <div className="quiet">
                asked <When at={since} />
              </div>
            </div>
            <div className={styles['waitsActions']}>
              <QuestionActions code={code} poamId={poamId} />
            </div>
          </li>
        ))}
        {waiting.map((each) => (
          <WaitingRequest key={each.approvalId} of={each} />
        ))}
      </ul>
    </section>
  );
};
