import { useQuery } from '@tanstack/react-query';
import { useParams, useSearch } from '@tanstack/react-router';
import { type ConflictDetail, conflictQuery } from '../../api/decisions/conflicts.ts';
import { deciderWords } from '../../kit/decider.ts';
import detailStyles from '../../kit/detail/detail.module.css';
import { DetailHead } from '../../kit/detail/detail-head.tsx';
import { Drawer } from '../../kit/detail/drawer.tsx';
import { Loaded } from '../../kit/detail/loaded.tsx';
import { AnyValue, nameWords } from '../../kit/marks/values.tsx';
import { At, When } from '../../kit/marks/when.tsx';
import { EntityLink, RecordLink } from '../../kit/record-link.tsx';
import { fieldTitle } from '../poams/field-row.tsx';
import { Choices } from './choices.tsx';
import styles from './conflicts.module.css';
import { Sides } from './sides.tsx';
import { nameOf, resolutionWords, titleOf, typeMeanings, typeWords, words } from './words.ts';

const Marks = ({ of }: { readonly of: ConflictDetail }) => (
  <>
    <EntityLink entity={of.entity} id={of.entityId}>
      <span className="mono">{of.entityId}</span>
    </EntityLink>
    <span>{titleOf(of)}</span>
    <span title={typeMeanings[of.type]}>{typeWords[of.type]}</span>
    {of.boundary === null ? null : (
      <span>
        <span className="quiet">system </span>
        <RecordLink kind="system" id={of.boundary}>
          {of.boundaryName ?? of.boundary}
        </RecordLink>
      </span>
    )}
    <span className="quiet">
      found <When at={of.createdAt} />
    </span>
  </>
);

const Settled = ({ of }: { readonly of: ConflictDetail }) => (
  <div className={styles['settled']} role="status">
    Settled by {of.resolvedBy ?? 'a rule'} <When at={of.resolvedAt} />
    {of.resolution === null ? null : <div className="quiet">{resolutionWords(of.resolution)}</div>}
  </div>
);

const sideWords = { here: 'here', there: 'came from there', sent: 'sent there' } as const;

const History = ({ of }: { readonly of: ConflictDetail }) => (
  <section className={detailStyles['section']} aria-label="History of both sides">
    <h2>History of both sides</h2>
    {of.history.length === 0 ? (
      <p className="quiet">Nothing has changed since it was first read.</p>
    ) : (
      <div className={detailStyles['scrollX']} tabIndex={0} role="region" aria-label="History, to scroll">
        <table className={detailStyles['table']}>
          <thead>
            <tr>
              <th scope="col">When</th>
              <th scope="col">Field</th>
              <th scope="col">Before</th>
              <th scope="col">After</th>
              <th scope="col">By</th>
              <th scope="col">Why</th>
            </tr>
          </thead>
          <tbody>
            {of.history
              .toSorted((one, other) => other.at.localeCompare(one.at))
              .map((event, index) => (
                <tr key={index}>
                  <td>
                    <At at={event.at} />
                  </td>
                  <td>{event.field === null ? 'The record' : fieldTitle(event.field)}</td>
                  <td>
                    <AnyValue of={event.before} />
                  </td>
                  <td>
                    <AnyValue of={event.after} />
                  </td>
                  <td>
                    {deciderWords(event.decidedBy)}
                    <div className="quiet">{sideWords[event.side]}</div>
                  </td>
                  <td>{event.reason}</td>
                </tr>
              ))}
          </tbody>
        </table>
      </div>
    )}
  </section>
);

/** The rest of the record, folded: a conflict about one field holds up no other. */
const OtherFields = ({ of }: { readonly of: ConflictDetail }) => {
  const others = of.fields.filter(({ field }) => field !== of.field);
  if (others.length === 0) return null;
  const inConflict = others.filter((each) => each.inConflict).length;
  return (
    <details className={styles['folded']}>
      <summary>
        {inConflict === 0
          ? `Nothing else of this record is in conflict (${others.length} fields)`
          : `${inConflict} of the ${others.length} other fields are in conflict too`}
      </summary>
      <table className={detailStyles['table']}>
        <thead>
          <tr>
            <th scope="col">Field</th>
            <th scope="col">Here</th>
            <th scope="col">Agreed last</th>
            <th scope="col">How it stands</th>
          </tr>
        </thead>
        <tbody>
          {others.map((each) => (
            <tr key={each.field}>
              <td>{fieldTitle(each.field)}</td>
              <td>
                <AnyValue of={each.here} />
              </td>
              <td>
                <AnyValue of={each.agreed} />
              </td>
              <td className={each.inConflict ? 'bad' : 'quiet'}>
                {each.inConflict
                  ? 'in conflict'
                  : JSON.stringify(each.here) === JSON.stringify(each.agreed)
                    ? 'agreed'
                    : 'changed here'}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </details>
  );
};

const Panel = ({ of }: { readonly of: ConflictDetail }) => (
  <div key={of.id}>
    <p className="quiet">{typeMeanings[of.type]}</p>
    <Sides of={of} />
    {of.policy === null ? null : (
      <p>
        <span className="quiet">Policy: </span>
        {of.policy.words} <span className="quiet">({of.policy.decidedBy})</span>
      </p>
    )}
    {of.status === 'pending' ? <Choices of={of} /> : <Settled of={of} />}
    <OtherFields of={of} />
    <History of={of} />
  </div>
);

export const ConflictPage = () => {
  const { conflictId = '' } = useParams({ strict: false });
  const { from } = useSearch({ strict: false });
  const query = useQuery(conflictQuery(conflictId));
  if (from === 'list')
    return (
      <Drawer title={`Conflict ${conflictId}`} list="/conflicts" wide>
        <Loaded query={query}>
          {(of) => (
            <div className={detailStyles['page']}>
              <h2>{of.title ?? `${nameWords(of.entity)} ${of.entityId}`}</h2>
              <div className={detailStyles['marks']}>
                <Marks of={of} />
              </div>
              <Panel key={of.id} of={of} />
            </div>
          )}
        </Loaded>
      </Drawer>
    );
  return (
    <Loaded query={query} whole>
      {(of) => (
        <div className={detailStyles['page']}>
          <DetailHead
            parent={{ to: '/conflicts', title: words.title }}
            title={nameOf(of)}
            marks={<Marks of={of} />}
          />
          <Panel key={of.id} of={of} />
        </div>
      )}
    </Loaded>
  );
};
