/** What a change of a rule would do, before it is saved. */
import { useEffect, useRef } from 'react';
import type { RulePreview } from '../../api/rules.ts';
import detail from '../../kit/detail/detail.module.css';
import { RecordLink } from '../../kit/record-link.tsx';
import { keptTextWords } from './kept-texts.ts';
import styles from './rules.module.css';

type Outcome = RulePreview['poams'][number];

const What = ({ of: { outcome, other, isSent } }: { readonly of: Outcome }) => {
  const ended = isSent ? 'Cancelled' : 'Withdrawn';
  switch (outcome) {
    case 'made':
      return 'Made';
    case 'split':
      return (
        <>
          Split from{' '}
          <RecordLink kind="poam" id={other ?? ''}>
            {other}
          </RecordLink>
        </>
      );
    case 'merged':
      return (
        <>
          {ended}: merged into{' '}
          <RecordLink kind="poam" id={other ?? ''}>
            {other}
          </RecordLink>
        </>
      );
    case 'ended':
      return `${ended}: the rule names none of its findings`;
    case 'continued':
      return 'Continues, about other findings';
    case 'reworded':
      return 'Stays as it is';
  }
};

const Counts = ({ of }: { readonly of: RulePreview }) => (
  <table className={`${detail['table'] ?? ''} ${styles['counts'] ?? ''}`}>
    <thead>
      <tr>
        <th scope="col">Open now</th>
        {[
          'Weaknesses',
          'Critical',
          'High',
          'Medium',
          'Low',
          'Findings',
          'Excluded',
          'Accepted at the scanner',
        ].map((title) => (
          <th key={title} scope="col" className={detail['num']}>
            {title}
          </th>
        ))}
      </tr>
    </thead>
    <tbody>
      {(
        [
          ['by the rule in force', of.before],
          ['by this rule', of.after],
        ] as const
      ).map(([title, counts]) => (
        <tr key={title}>
          <th scope="row">{title}</th>
          {[
            counts.weaknesses,
            ...['Critical', 'High', 'Medium', 'Low'].map((severity) => counts.bySeverity[severity] ?? 0),
            counts.findings,
            counts.excluded,
            counts.accepted,
          ].map((n, column) => (
            // The columns stand still.
            // oxlint-disable-next-line react/no-array-index-key
            <td key={column} className={detail['num']}>
              {n}
            </td>
          ))}
        </tr>
      ))}
    </tbody>
  </table>
);

const textWords: Readonly<Record<string, string>> = {
  weakness_description: 'Description',
  remediation_plan: 'Plan',
  milestones: 'Milestone',
};

/** Which texts change, before and after, and which stay though the rule says them otherwise. */
const Texts = ({ of: { texts, kept } }: { readonly of: Outcome }) => (
  <dl className={styles['texts']}>
    {texts.map(({ field, before, after }, place) => (
      // Several milestones of one POA&M may say the same.
      // oxlint-disable-next-line react/no-array-index-key
      <div key={place}>
        <dt>{textWords[field] ?? field}</dt>
        <dd>
          <del>{before}</del>
          <ins>{after}</ins>
        </dd>
      </div>
    ))}
    {kept.map(({ field, why, text }, place) => (
      // oxlint-disable-next-line react/no-array-index-key
      <div key={`kept ${place}`}>
        <dt>{textWords[field] ?? field}</dt>
        <dd>
          {text === undefined ? '' : `“${text}” `}
          <span className="quiet">stays: {keptTextWords[why]}</span>
        </dd>
      </div>
    ))}
  </dl>
);

function sentenceOf({ outcomes }: RulePreview): string {
  const parts = (
    [
      [outcomes.made, 'made'],
      [outcomes.split, 'split off'],
      [outcomes.merged, 'merged into others'],
      [outcomes.ended, 'ended'],
      [outcomes.continued, 'continued about other findings'],
      [outcomes.reworded, 'with texts to look at'],
    ] as const
  ).flatMap(([n, word]) => (n > 0 ? [`${n} ${word}`] : []));
  return parts.length === 0
    ? 'No POA&M changes with the next sync.'
    : `POA&Ms with the next sync: ${parts.join(', ')}. None is completed because of a rule.`;
}

export const PreviewOf = ({ of }: { readonly of: RulePreview }) => {
  const shown = useRef<HTMLElement>(null);
  // It appears below a long form.
  useEffect(() => {
    shown.current?.scrollIntoView({ block: 'start' }); // in newer browsers a promise, which is no cleanup
  }, []);
  return (
    <section ref={shown} className={styles['preview']} aria-label="What it would change">
      <h2>What it would change</h2>
      {of.systemId === null ? (
        <p className="quiet">In {of.boundaries.length} boundaries that have no rule of their own.</p>
      ) : null}
      <Counts of={of} />
      <p className="strong" role="status">
        {sentenceOf(of)}
      </p>
      {of.poams.length === 0 ? null : (
        <div className={detail['scrollX']} tabIndex={0} role="region" aria-label="POA&Ms that change">
          <table className={detail['table']}>
            <thead>
              <tr>
                <th scope="col">POA&M</th>
                <th scope="col">What becomes of it</th>
                <th scope="col" className={detail['num']}>
                  Open findings
                </th>
                <th scope="col">Weakness</th>
              </tr>
            </thead>
            <tbody>
              {of.poams.map((each) => (
                <tr key={each.poamId}>
                  <td className={detail['oneLine']}>
                    {each.outcome === 'made' || each.outcome === 'split' ? (
                      each.poamId
                    ) : (
                      <RecordLink kind="poam" id={each.poamId}>
                        {each.poamId}
                      </RecordLink>
                    )}
                    {of.systemId === null ? <div className="quiet mono">{each.systemId}</div> : null}
                  </td>
                  <td>
                    <What of={each} />
                    {each.texts.length + each.kept.length > 0 ? <Texts of={each} /> : null}
                  </td>
                  <td className={detail['num']}>{each.findings}</td>
                  <td>{each.title}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
};
