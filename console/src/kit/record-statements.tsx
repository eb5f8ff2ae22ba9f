/** Statements of disagreement under the Privacy Act, where the record that they stay with is shown. Nothing where there are none. */
import { useQuery } from '@tanstack/react-query';
import { statementsQuery } from '../api/work/privacy.ts';
import { Section } from './detail/facts.tsx';
import { At } from './marks/when.tsx';

export const RecordStatements = ({
  entity,
  id,
}: {
  readonly entity: 'poams' | 'assets' | 'systems';
  readonly id: string;
}) => {
  const { data } = useQuery(statementsQuery(entity, id));
  if (data === undefined || data.items.length === 0) return null;
  return (
    <Section title="Statement of disagreement">
      {data.items.map((each) => (
        <p key={each.id} style={{ whiteSpace: 'pre-wrap' }}>
          {each.statement}{' '}
          <span className="quiet">
            Filed <At at={each.at} /> (privacy request {each.request})
          </span>
        </p>
      ))}
    </Section>
  );
};
