/** Why a POA&M is due when it is: what it promises, by which day it is obliged, what each policy says now and from what, and how that came to be. */
import { useQuery } from '@tanstack/react-query';
import { type DueAnswer, type DueExplanation, dueExplanationQuery } from '../../../api/work/poam-life.ts';
import styles from '../../../kit/detail/detail.module.css';
import { Facts, Section } from '../../../kit/detail/facts.tsx';
import { Loaded } from '../../../kit/detail/loaded.tsx';
import { Nothing, SeverityWord } from '../../../kit/marks/severity.tsx';
import { At, Day } from '../../../kit/marks/when.tsx';
import { RecordLink } from '../../../kit/record-link.tsx';
import { PoamActionButton } from './poam-action.tsx';

const factWords: Readonly<Record<string, string>> = {
  severity: 'severity',
  kev: 'known exploited',
  epss: 'EPSS score as high as it names',
  exposed: 'publicly exposed',
  automatable: 'automatable',
  impact: 'technical impact',
  class: 'class of the boundary',
  agency_impact: 'impact on the agency',
  reachable: 'reachable from the internet',
  exploitable: 'likely exploitable',
};
const factWord = (fact: string): string => factWords[fact] ?? fact.replaceAll('_', ' ');

/** What it looked at, with the day from which it counts. */
const Inputs = ({ of: { facts, cve, since, days, adjustment, evaluateBy } }: { readonly of: DueAnswer }) => (
  <>
    {cve === null ? null : <div>{cve}</div>}
    {Object.entries(facts).map(([fact, value]) => (
      <div key={fact} className={value === 'unknown' ? 'attention' : ''}>
        {factWord(fact)}: {value}
      </div>
    ))}
    {adjustment === null ? null : (
      <div>
        by{' '}
        <RecordLink kind="deviation" id={String(adjustment)}>
          deviation {adjustment}
        </RecordLink>
        , a risk adjustment
      </div>
    )}
    {evaluateBy === null ? null : <div className="attention">to be evaluated by {evaluateBy}</div>}
    {since === null ? null : (
      <div className="quiet">
        counted from {since}
        {days === null ? '' : `, ${days} ${days === 1 ? 'day' : 'days'}`}
      </div>
    )}
  </>
);

const AnswerRow = ({ of }: { readonly of: DueAnswer }) => (
  <tr>
    <td>
      {of.title} <span className="quiet">version {of.version}</span>
    </td>
    <td style={{ minWidth: 128 }}>
      {of.on === null ? <Nothing word="no date" /> : <Day at={of.on} />}
      {of.unknown.length === 0 ? null : (
        <div className="attention">
          {of.latest === null ? 'or no date' : `or as late as ${of.latest}`}: not known is{' '}
          {of.unknown.map(factWord).join(', ')}
        </div>
      )}
    </td>
    <td style={{ minWidth: 180 }}>
      <Inputs of={of} />
    </td>
    <td className="quiet">{of.reason}</td>
  </tr>
);

const Weakness = ({ of }: { readonly of: DueExplanation['weaknesses'][number] }) => (
  <>
    <h3 style={{ marginTop: 12 }}>{of.name ?? of.identifier}</h3>
    <p className="quiet">
      <SeverityWord of={of.severity} /> detected on {of.detectedOn}, due {of.dueOn}: {of.dueReason}
    </p>
    {of.answers.length === 0 ? (
      <p className="quiet">No policy applies.</p>
    ) : (
      <div className={styles['scrollX']} tabIndex={0} role="region" aria-label="Policies, to scroll">
        <table className={styles['table']}>
          <thead>
            <tr>
              <th scope="col">Policy that applies</th>
              <th scope="col">Due</th>
              <th scope="col">By what</th>
              <th scope="col">Why</th>
            </tr>
          </thead>
          <tbody>
            {of.answers.map((each) => (
              <AnswerRow key={`${each.policyId} ${each.version}`} of={each} />
            ))}
          </tbody>
        </table>
      </div>
    )}
  </>
);

const Obligations = ({ of }: { readonly of: DueExplanation['history'] }) =>
  of.length === 0 ? null : (
    <>
      <h3 style={{ marginTop: 12 }}>Every obligation that it ever had</h3>
      <table className={styles['table']}>
        <thead>
          <tr>
            <th scope="col">Since</th>
            <th scope="col">Obliged by</th>
            <th scope="col">Why</th>
          </tr>
        </thead>
        <tbody>
          {of.map((each) => (
            <tr key={`${each.since} ${each.policyId} ${each.weakness ?? ''} ${each.obligedBy}`}>
              <td>
                <At at={each.since} />
              </td>
              <td>{each.obligedBy}</td>
              <td>{each.reason}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </>
  );

/** What a person may do about its date. */
const DateActions = ({ of }: { readonly of: DueExplanation }) => (
  <div style={{ display: 'flex', flexWrap: 'wrap', gap: 8, marginTop: 8 }}>
    {of.isLate && of.standsFor !== of.obligedBy ? (
      <>
        <PoamActionButton poamId={of.poamId} action="pull_in" variant="default" />
        <PoamActionButton poamId={of.poamId} action="stand" variant="default" />
      </>
    ) : null}
    {of.weaknesses.length > 0 ? (
      <PoamActionButton poamId={of.poamId} action="evaluate" variant="default" />
    ) : null}
  </div>
);

const Dates = ({ of, original }: { readonly of: DueExplanation; readonly original: string | null }) => {
  const stands = of.isLate && of.standsFor === of.obligedBy;
  return (
    <>
      <Facts
        of={[
          [
            'Promised',
            of.promised === null ? null : (
              <>
                {of.promised}
                {of.proposed === of.promised ? (
                  <span className="quiet"> proposed by Tieline, because the obligation was past</span>
                ) : null}
              </>
            ),
          ],
          ['First promised', original],
          [
            'Obliged by',
            of.obligedBy === null ? null : (
              <>
                {of.obligedBy}
                {of.since === null ? null : (
                  <span className="quiet">
                    {' '}
                    since <At at={of.since} />
                  </span>
                )}
              </>
            ),
          ],
          [
            'Late',
            of.isLate ? (
              <span className={stands ? '' : 'bad strong'}>
                promised later than obliged
                {stands ? `; it stands, says ${of.standsBy ?? 'somebody'}: ${of.standsReason ?? ''}` : ''}
              </span>
            ) : null,
          ],
          [
            'Waits for approval',
            of.asked === null ? null : (
              <RecordLink kind="approval" id={of.asked.approvalId}>
                whether it is pulled in to {of.asked.on}
              </RecordLink>
            ),
          ],
        ]}
      />
      <DateActions of={of} />
    </>
  );
};

export const WhyDue = ({
  poamId,
  original,
}: {
  readonly poamId: string;
  /** The day that was promised first, where it was extended. */
  readonly original: string | null;
}) => (
  <Section title="Why it is due then">
    <Loaded query={useQuery(dueExplanationQuery(poamId))}>
      {(due) => (
        <>
          <Dates of={due} original={original} />
          {due.weaknesses.map((weakness) => (
            <Weakness key={weakness.identifier} of={weakness} />
          ))}
          {due.weaknesses.length === 0 ? (
            <p className="quiet">No weakness is under it: its day is what a person or the GRC system says.</p>
          ) : null}
          <Obligations of={due.history} />
        </>
      )}
    </Loaded>
  </Section>
);
