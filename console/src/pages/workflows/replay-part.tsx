/** What a workflow would have done in the last days, shown where it is read and where it is written. */
import { Button, NativeSelect } from '@mantine/core';
import { useState } from 'react';
import { type Problem, problemOf } from '../../api/http/problem.ts';
import { type Replay, replayWorkflow } from '../../api/workflows.ts';
import { Fault } from '../../kit/act/action-dialog.tsx';
import detail from '../../kit/detail/detail.module.css';
import { Section } from '../../kit/detail/facts.tsx';
import { At } from '../../kit/marks/when.tsx';
import { outcomeWords } from './words.ts';
import styles from './workflows.module.css';

const Runs = ({ of }: { readonly of: Replay['items'] }) => (
  <div className={detail['scrollX']} tabIndex={0} role="region" aria-label="Runs that there would have been">
    <table className={detail['table']}>
      <thead>
        <tr>
          <th scope="col">When</th>
          <th scope="col">Record</th>
          <th scope="col">Boundary</th>
          <th scope="col">Its steps</th>
        </tr>
      </thead>
      <tbody>
        {of.map((run) => (
          <tr key={`${run.recordId} ${run.at}`}>
            <td style={{ whiteSpace: 'nowrap' }}>
              <At at={run.at} />
            </td>
            <td>{run.title}</td>
            <td>{run.boundary ?? <span className="quiet">none</span>}</td>
            <td>
              {run.steps.map((step) => (
                <div key={step.id} className={step.outcome === 'skipped' ? 'quiet' : ''}>
                  {step.outcome === 'would_do' ? null : `${outcomeWords(step.outcome)}: `}
                  {step.says}
                </div>
              ))}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  </div>
);

const Outcome = ({ of }: { readonly of: Replay }) => (
  <div role="status">
    {of.unreplayable.map(({ place, field, why }) => (
      <p key={`${place} ${field}`} className="attention">
        <span className="mono">{place}</span>: <span className="mono">{field}</span> {why}.
      </p>
    ))}
    {of.looked === 0 && of.unreplayable.length > 0 ? null : (
      <p>
        <span className="strong">{of.runs.toLocaleString('en')} runs</span> from <At at={of.from} /> to{' '}
        <At at={of.to} />, over {of.looked.toLocaleString('en')} records.{' '}
        {of.busiest
          ? `The most on one day: ${of.busiest.runs.toLocaleString('en')} on ${of.busiest.day}.`
          : null}{' '}
        {of.isCut ? 'There are more records, which were not looked at.' : null}
      </p>
    )}
    {of.unknown.map(({ field, times }) => (
      <p key={field} className="quiet">
        {times.toLocaleString('en')} times it could not be told, because <span className="mono">{field}</span>{' '}
        was empty.
      </p>
    ))}
    {of.items.length > 0 ? <Runs of={of.items} /> : null}
    {of.runs > of.items.length ? <p className="quiet">The first {of.items.length} are shown.</p> : null}
  </div>
);

export const ReplayPart = ({ source }: { readonly source: string }) => {
  const [days, setDays] = useState('90');
  const [found, setFound] = useState<Replay>();
  const [problem, setProblem] = useState<Problem>();
  const [busy, setBusy] = useState(false);
  const run = async (): Promise<void> => {
    setBusy(true);
    setProblem(undefined);
    setFound(undefined);
    try {
      setFound(await replayWorkflow(source, Number(days)));
    } catch (error) {
      setProblem(problemOf(error));
    } finally {
      setBusy(false);
    }
  };
  return (
    <Section title="What would it have done?">
      <div className={styles['bar']}>
        <NativeSelect
          label="In the last"
          value={days}
          onChange={(event) => setDays(event.currentTarget.value)}
          data={['7', '30', '90', '365'].map((value) => ({ value, label: `${value} days` }))}
        />
        <Button variant="default" loading={busy} onClick={() => void run()}>
          Play it
        </Button>
        <span className="quiet">Nothing is written.</span>
      </div>
      {problem ? <Fault of={problem} /> : null}
      {found ? <Outcome of={found} /> : null}
    </Section>
  );
};
