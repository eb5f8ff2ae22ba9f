/** The table of a policy as people read it: a row for each set of conditions, and what has five grades (severity, agency impact) across. */
import type { PolicyVersion } from '../../api/decisions/due-policies.ts';
import detail from '../../kit/detail/detail.module.css';
import { Nothing } from '../../kit/marks/severity.tsx';
import { conditionWords, spanWords } from './words.ts';
import styles from './due-policies.module.css';

type Time = PolicyVersion['times'][number];

const across = ['severity', 'agency_impact'] as const;
const grades: Readonly<Record<(typeof across)[number], readonly string[]>> = {
  severity: ['Critical', 'High', 'Medium', 'Low', 'Info'],
  agency_impact: ['N5', 'N4', 'N3', 'N2', 'N1'],
};

const whenOf = ({ when }: Time, condition: string): string | undefined =>
  (when as Readonly<Record<string, string | undefined>>)[condition]; // any of the conditions

interface Grid {
  /** What goes across, and its grades; undefined: every row has its days in one column. */
  readonly by: (typeof across)[number] | undefined;
  readonly grades: readonly string[];
  readonly conditions: readonly string[];
  readonly rows: readonly {
    readonly key: string;
    readonly when: readonly (string | undefined)[];
    readonly cells: readonly (Time | undefined)[];
  }[];
}

/** Pivots rows that differ in one graded condition alone. Rows keep the order in which they are asked. */
export function gridOf(times: readonly Time[]): Grid {
  const names = Object.keys(conditionWords).filter((name) =>
    times.some((time) => whenOf(time, name) !== undefined),
  );
  const by = across.find(
    (name) => names.includes(name) && times.every((time) => whenOf(time, name) !== undefined),
  );
  const conditions = names.filter((name) => name !== by);
  const keyOf = (time: Time): string => conditions.map((name) => whenOf(time, name) ?? '').join('|');
  const shown =
    by === undefined ? [] : grades[by].filter((grade) => times.some((time) => whenOf(time, by) === grade));
  // A row that asks for the grade alone is the answer of every set of conditions that has none of its own.
  const isGeneral = (time: Time): boolean =>
    by !== undefined && conditions.every((name) => whenOf(time, name) === undefined);
  const generalFor = (beside: Time, graded: string, grade: string): Time | undefined =>
    isGeneral(beside) ? undefined : times.find((time) => isGeneral(time) && whenOf(time, graded) === grade);
  const groups = [...Map.groupBy(times, by === undefined ? (time: Time) => JSON.stringify(time) : keyOf)];
  return {
    by,
    grades: shown,
    conditions,
    rows: groups.flatMap(([key, group]) => {
      const [first] = group;
      if (!first || (isGeneral(first) && groups.length > 1)) return [];
      return [
        {
          key,
          when: conditions.map((name) => whenOf(first, name)),
          cells:
            by === undefined
              ? [first]
              : shown.map(
                  (grade) => group.find((time) => whenOf(time, by) === grade) ?? generalFor(first, by, grade),
                ),
        },
      ];
    }),
  };
}

const Cell = ({ of }: { readonly of: Time | undefined }) =>
  of === undefined ? (
    <Nothing word="no row" />
  ) : (
    <span>
      {of.days === null ? '' : spanWords(of.days)}
      {of.remark === null || (of.days !== null && of.remark === spanWords(of.days)) ? null : (
        <span className={of.days === null ? '' : 'quiet'}>
          {of.days === null ? '' : ', '}
          {of.remark}
        </span>
      )}
      {of.days === null && of.remark === null ? 'no date' : ''}
    </span>
  );

export const PolicyTimes = ({ of }: { readonly of: PolicyVersion }) => {
  if (of.basis === 'kev_due' || of.basis === 'comply_by')
    return (
      <p>
        {of.basis === 'kev_due'
          ? 'It has no days of its own: the catalogue of exploited vulnerabilities gives the due date of each CVE.'
          : 'It has no days of its own: a person enters the comply-by date of the notice with the POA&M (“Evaluate” below, or on the page of the POA&M).'}
      </p>
    );
  const { by, grades: shown, conditions, rows } = gridOf(of.times);
  return (
    <div
      className={detail['scrollX']}
      tabIndex={0}
      role="region"
      aria-label={`Table of version ${of.version}`}
    >
      <table className={`${detail['table'] ?? ''} ${styles['times'] ?? ''}`}>
        <thead>
          <tr>
            {conditions.map((name) => (
              <th key={name} scope="col">
                {conditionWords[name]}
              </th>
            ))}
            {by === undefined ? (
              <th scope="col">Within</th>
            ) : (
              shown.map((grade) => (
                <th key={grade} scope="col">
                  {by === 'agency_impact' ? `Impact ${grade}` : grade}
                </th>
              ))
            )}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.key}>
              {row.when.map((value, at) => (
                <td key={conditions[at]}>{value ?? <span className="quiet">any</span>}</td>
              ))}
              {row.cells.map((time, at) => (
                <td key={shown[at] ?? 'days'} className={styles['days']}>
                  <Cell of={time} />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
};
