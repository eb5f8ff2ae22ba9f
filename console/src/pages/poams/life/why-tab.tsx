/** Why a POA&M is as it is: its state, by which rule it was made, why it is due then, the evidence of each finding, what may become of it. */
import { useQuery } from '@tanstack/react-query';
import { explanationQuery, type PoamExplanation as Explanation } from '../../../api/work/poam-life.ts';
import { deciderWords } from '../../../kit/decider.ts';
import styles from '../../../kit/detail/detail.module.css';
import { Facts, Section } from '../../../kit/detail/facts.tsx';
import { Loaded } from '../../../kit/detail/loaded.tsx';
import { Nothing } from '../../../kit/marks/severity.tsx';
import { At, Day } from '../../../kit/marks/when.tsx';
import { RecordLink } from '../../../kit/record-link.tsx';
import { LacksList } from './lacks.tsx';
import { WhyDue } from './why-due.tsx';

const PoamLink = ({ id }: { readonly id: string }) => (
  <RecordLink kind="poam" id={id}>
    {id}
  </RecordLink>
);

const State = ({ of: { status, meaning, since } }: { readonly of: Explanation }) => (
  <Section title="State">
    <p>
      <span className="strong">{status ?? 'No status'}</span>:{' '}
      {meaning ?? 'none of the states; it is moved by people only'}
    </p>
    {since === null ? null : (
      <p className="quiet">
        Since <At at={since.at} />, by {deciderWords(since.by)}
        {since.reason === null ? '' : `: ${since.reason}`}
      </p>
    )}
  </Section>
);

const Made = ({ of: { made, rating } }: { readonly of: Explanation }) => (
  <Section title="Why it was made">
    <Facts
      of={[
        [
          'Made',
          made.at === null ? (
            'before Tieline kept a journal, or in the GRC system'
          ) : (
            <>
              <At at={made.at} />
              {made.by === null ? null : ` by ${deciderWords(made.by)}`}
            </>
          ),
        ],
        ['Because', made.reason],
        [
          'Rule',
          made.rule === null
            ? 'none: a person or another system made it'
            : `version ${made.rule.version} of the weakness rule of ${made.rule.boundary ?? 'all boundaries'}`,
        ],
        ['Follows', made.follows === null ? null : <PoamLink id={made.follows} />],
        ['Followed by', made.followedBy === null ? null : <PoamLink id={made.followedBy} />],
        ['Rating', rating.present],
        ['First rating', rating.original],
      ]}
    />
  </Section>
);

type Finding = Explanation['findings'][number];
type Evidence = NonNullable<Finding['evidence']>;
const parts = [
  ['after', 'Scan after the fix'],
  ['sawHost', 'Saw the machine'],
  ['authenticated', 'With credentials'],
  ['ranPlugin', 'Ran the check'],
] as const satisfies readonly (readonly [keyof Evidence, string])[];
const answerTones = { yes: '', no: 'bad strong', unknown: 'attention' } as const;

const stateOf = ({ state, isFalsePositive, isInside }: Finding): string =>
  [state, isFalsePositive ? 'approved false positive' : '', isInside ? '' : 'left the boundary']
    .filter(Boolean)
    .join(', ');

const EvidenceTable = ({ of }: { readonly of: readonly Finding[] }) => (
  <div className={styles['scrollX']} tabIndex={0} role="region" aria-label="Evidence, to scroll">
    <table className={styles['table']}>
      <thead>
        <tr>
          <th scope="col">Plugin</th>
          <th scope="col">Asset</th>
          <th scope="col">State</th>
          <th scope="col">Last found</th>
          <th scope="col">Fixed</th>
          {parts.map(([part, title]) => (
            <th key={part} scope="col">
              {title}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {of.map((each) => (
          <tr key={each.id}>
            <td>
              <RecordLink kind="plugin" id={each.plugin}>
                {each.plugin}
              </RecordLink>
            </td>
            <td>{each.asset}</td>
            <td>{stateOf(each)}</td>
            <td>
              <Day at={each.lastFound} />
            </td>
            <td>
              <Day at={each.fixedAt} />
            </td>
            {parts.map(([part]) => {
              const answer = each.evidence?.[part];
              return (
                <td key={part} className={answer === undefined ? '' : answerTones[answer]}>
                  {answer ?? <Nothing word="not fixed" />}
                </td>
              );
            })}
          </tr>
        ))}
      </tbody>
    </table>
  </div>
);

const Proof = ({ of: { findings, isVerified } }: { readonly of: Explanation }) => (
  <Section title="Evidence of each finding">
    {findings.length === 0 ? (
      <p className="quiet">No finding is under it.</p>
    ) : (
      <>
        <p className={isVerified ? 'strong' : 'quiet'}>
          {isVerified
            ? 'Each finding is fixed with evidence, or an approved false positive.'
            : 'It closes by evidence once each finding is fixed and all four answers are yes.'}
        </p>
        <EvidenceTable of={findings} />
      </>
    )}
  </Section>
);

const Next = ({ of: { moves } }: { readonly of: Explanation }) => (
  <Section title="What may become of it">
    {moves.length === 0 ? <p className="quiet">Nothing that a person decides.</p> : null}
    <ul>
      {moves.map(({ event, status, lacks }) => (
        <li key={event}>
          <span className="strong">{status}</span>
          {lacks.length === 0 ? ': it lacks nothing for that' : ', once:'}
          {lacks.length === 0 ? null : <LacksList of={lacks} />}
        </li>
      ))}
    </ul>
  </Section>
);

export const WhyTab = ({ poamId }: { readonly poamId: string }) => (
  <Loaded query={useQuery(explanationQuery(poamId))}>
    {(explanation) => (
      <>
        <State of={explanation} />
        <WhyDue poamId={poamId} original={explanation.due.original} />
        <Made of={explanation} />
        <Proof of={explanation} />
        <Next of={explanation} />
      </>
    )}
  </Loaded>
);
