/** POA&Ms whose due date hangs on what nobody has said, to be answered one by one. */
import { Button } from '@mantine/core';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { type Unanswered, unansweredPage, unansweredQuery } from '../../api/decisions/due-policies.ts';
import detail from '../../kit/detail/detail.module.css';
import { Loaded } from '../../kit/detail/loaded.tsx';
import { Age } from '../../kit/marks/when.tsx';
import { PageTitle } from '../../kit/page-title.tsx';
import { RecordLink } from '../../kit/record-link.tsx';
import { useMay } from '../../shell/use-session.ts';
import { Pager } from '../systems/pager.tsx';
import { EvaluateDialog } from './evaluate-dialog.tsx';
import { PolicyNav } from './policy-nav.tsx';
import { conditionWords } from './words.ts';
import styles from './due-policies.module.css';

const isOfBoundary = (fact: string): boolean => fact === 'class' || fact === 'national_security';

const Row = ({
  of,
  onAnswer,
}: {
  readonly of: Unanswered['items'][number];
  readonly onAnswer: (() => void) | undefined;
}) => (
  <tr>
    <td>
      <RecordLink kind="poam" id={of.poamId}>
        {of.poamId}
      </RecordLink>
    </td>
    <td>{of.weakness}</td>
    <td>
      {of.unknown.map((fact) => (
        <div key={fact}>
          {conditionWords[fact] ?? fact}
          {isOfBoundary(fact) && of.systemId !== null ? (
            <>
              {': '}
              <a href={`/systems/${encodeURIComponent(of.systemId)}/policies`}>say it of the system</a>
            </>
          ) : null}
        </div>
      ))}
    </td>
    <td className={of.isEvaluationLate ? 'bad strong' : ''} style={{ whiteSpace: 'nowrap' }}>
      {of.evaluateBy === null ? '' : `${of.isEvaluationLate ? 'late, by ' : 'by '}${of.evaluateBy}`}
    </td>
    <td>{of.systemId ?? 'none'}</td>
    <td>
      <Age since={of.since} />
    </td>
    {onAnswer === undefined ? null : (
      <td>
        <Button variant="default" size="compact-sm" aria-label={`Answer ${of.poamId}`} onClick={onAnswer}>
          Answer…
        </Button>
      </td>
    )}
  </tr>
);

export const UnansweredPage = () => {
  const [mayEvaluate, mayAssets] = [useMay('poam:write'), useMay('asset:write')];
  const mayAnswer = mayEvaluate || mayAssets;
  const [offset, setOffset] = useState(0);
  const [answering, setAnswering] = useState<string>();
  const query = useQuery({ ...unansweredQuery(offset), placeholderData: keepPreviousData });
  return (
    <div className={detail['page']}>
      <PageTitle title="What due dates hang on" />
      <PolicyNav />
      <p className={`quiet ${styles['lead'] ?? ''}`}>
        A policy asks for something that nobody has said. Until then the earliest possible date holds. Late
        evaluations come first. The next sync judges by an answer, and takes the row away.
      </p>
      <Loaded query={query} whole>
        {({ items, total }) =>
          total === 0 ? (
            <p>Nothing is unanswered.</p>
          ) : (
            <>
              <div className={detail['scrollX']} tabIndex={0} role="region" aria-label="Unanswered">
                <table className={detail['table']}>
                  <thead>
                    <tr>
                      <th scope="col">POA&M</th>
                      <th scope="col">Weakness</th>
                      <th scope="col">Not known</th>
                      <th scope="col">To be evaluated</th>
                      <th scope="col">System</th>
                      <th scope="col">For</th>
                      {mayAnswer ? (
                        <th scope="col">
                          <span className="hidden-text">Answer</span>
                        </th>
                      ) : null}
                    </tr>
                  </thead>
                  <tbody>
                    {items.map((item) => (
                      <Row
                        key={`${item.poamId} ${item.weakness}`}
                        of={item}
                        onAnswer={mayAnswer ? () => setAnswering(item.poamId) : undefined}
                      />
                    ))}
                  </tbody>
                </table>
              </div>
              <Pager offset={offset} size={unansweredPage} total={total} onTurn={setOffset} />
            </>
          )
        }
      </Loaded>
      {answering === undefined ? null : (
        <EvaluateDialog poamId={answering} onClose={() => setAnswering(undefined)} />
      )}
    </div>
  );
};
