/** One control of a system: its fields on both sides, what is under it, and what was proposed of its status. */
import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { type ControlDetail, controlQuery, editControl } from '../../api/work/controls.ts';
import detail from '../../kit/detail/detail.module.css';
import { DetailHead } from '../../kit/detail/detail-head.tsx';
import { Section } from '../../kit/detail/facts.tsx';
import { Loaded } from '../../kit/detail/loaded.tsx';
import { SeverityWord } from '../../kit/marks/severity.tsx';
import { Due, When } from '../../kit/marks/when.tsx';
import { RecordLink } from '../../kit/record-link.tsx';
import type { Severity } from '../../api/findings.ts';
import { useMay } from '../../shell/use-session.ts';
import { CollisionPanel } from '../poams/collision-panel.tsx';
import { FieldsTable, Where } from '../poams/fields-table.tsx';
import { useEdit } from '../poams/use-edit.ts';
import { ProposalHistory } from './proposals.tsx';

const Under = ({ of }: { readonly of: ControlDetail['under'] }) =>
  of.length === 0 ? (
    <p className="quiet">No POA&M and no weakness is filed under it.</p>
  ) : (
    <div className={detail['scrollX']} tabIndex={0} role="region" aria-label="Under this control">
      <table className={detail['table']} style={{ maxWidth: 1100 }}>
        <thead>
          <tr>
            <th scope="col">POA&M</th>
            <th scope="col">Severity</th>
            <th scope="col">Weakness</th>
            <th scope="col">Status</th>
            <th scope="col">Due</th>
            <th scope="col" className={detail['num']}>
              Open findings
            </th>
            <th scope="col">A scan last saw it</th>
          </tr>
        </thead>
        <tbody>
          {of.map((each) => (
            <tr key={each.id} className={each.isOpen ? '' : 'quiet'}>
              <td style={{ whiteSpace: 'nowrap' }}>
                {each.isPoam ? (
                  <RecordLink kind="poam" id={each.id}>
                    {each.id}
                  </RecordLink>
                ) : (
                  <span className="attention">none yet</span>
                )}
              </td>
              <td>
                <SeverityWord of={each.severity as Severity | null} /> {/* of the vocabulary */}
              </td>
              <td>{each.title ?? each.id}</td>
              <td>{each.status ?? 'open'}</td>
              <td>
                <Due by={each.due} settled={!each.isOpen} withDay />
              </td>
              <td className={detail['num']}>{each.openFindings}</td>
              <td>
                <When at={each.lastSeen} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );

const Fields = ({ of }: { readonly of: ControlDetail }) => {
  const { systemId, controlId } = of;
  const mayWrite = useMay('control:write');
  const { save, collision, dropCollision } = useEdit({
    queryKey: controlQuery(systemId, controlId).queryKey,
    also: [['systems', systemId], ['me']],
    save: (edit, etag) => editControl(systemId, controlId, edit, etag),
  });
  return (
    <>
      {collision ? (
        <CollisionPanel
          of={collision}
          onKeepMine={() => void save(collision.field, collision.mine)}
          onDrop={dropCollision}
        />
      ) : null}
      <FieldsTable fields={of.fields} onSave={mayWrite ? save : undefined} />
    </>
  );
};

const textOf = (of: ControlDetail, field: string): string | null => {
  const value = of.fields.find((each) => each.field === field)?.here;
  return typeof value === 'string' ? value : null;
};

const Body = ({ of }: { readonly of: ControlDetail }) => (
  <div className={detail['page']}>
    <DetailHead
      parent={{ to: `/systems/${of.systemId}/controls`, title: `Controls of ${of.systemId}` }}
      title={`${of.controlId} ${textOf(of, 'control_title') ?? ''}`.trim()}
      marks={
        <>
          <span>{textOf(of, 'implementation_status') ?? 'no status'}</span>
          <span>
            {textOf(of, 'next_assessment_date') === null ? (
              <span className="quiet">no assessment is planned</span>
            ) : (
              <>
                <span className="quiet">to be assessed </span>
                <Due by={textOf(of, 'next_assessment_date')} withDay />
              </>
            )}
          </span>
        </>
      }
    />
    {of.proposals.length === 0 ? null : (
      <Section title="Proposed status">
        <ProposalHistory of={of.proposals} />
      </Section>
    )}
    <Section title="Under this control">
      <Under of={of.under} />
    </Section>
    <Section title="Fields">
      <Where of={of.remotes} />
      <Fields of={of} />
    </Section>
  </div>
);

export const ControlPage = () => {
  const { systemId = '', controlId = '' } = useParams({ strict: false });
  return (
    <Loaded query={useQuery(controlQuery(systemId, controlId))} whole>
      {({ value }) => <Body of={value} />}
    </Loaded>
  );
};
