/** The work on the findings of a POA&M, added up; each number leads to the findings that it counts. */
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { poamWorkQuery } from '../../api/work/remediation.ts';
import { type Fact, Facts, Section } from '../../kit/detail/facts.tsx';
import { Loaded } from '../../kit/detail/loaded.tsx';
import { Day } from '../../kit/marks/when.tsx';
import { workWords } from './words.ts';

const states = ['open', 'in_progress', 'blocked', 'fix_reported'] as const;

export const WorkSummary = ({ poamId }: { readonly poamId: string }) => {
  const query = useQuery(poamWorkQuery(poamId));
  return (
    <Section title="The work on its findings">
      <Loaded query={query}>
        {(of) => (
          <Facts
            columns={1}
            of={[
              [
                'Nobody’s yet',
                <Link
                  key="none"
                  to="/findings"
                  search={{ poam: poamId, assigned: 'none', state: 'open,reopened' }}
                >
                  {of.unassigned}
                </Link>,
              ],
              ...states.flatMap((status): Fact[] =>
                of.byStatus[status] === 0
                  ? []
                  : [
                      [
                        workWords[status],
                        <Link
                          key={status}
                          to="/findings"
                          search={{ poam: poamId, remediation: status, state: 'open,reopened' }}
                        >
                          {of.byStatus[status]}
                        </Link>,
                      ],
                    ],
              ),
              ...(of.byStatus.missing === 0
                ? []
                : [['Not shown by any scan any more', of.byStatus.missing] as const]),
              ['Planned for a day that is past', of.late],
              ['Last planned day', of.lastDue === null ? null : <Day key="last" at={of.lastDue} />],
              ...(of.effortHours === null ? [] : [['Effort', `${of.effortHours} h`] as const]),
              ...(of.cost === null ? [] : [['Cost', of.cost.toFixed(2)] as const]),
              [
                'Who works on it',
                of.assignees.map(({ name, findings }) => `${name} (${findings})`).join(', ') || null,
              ],
            ]}
          />
        )}
      </Loaded>
    </Section>
  );
};
