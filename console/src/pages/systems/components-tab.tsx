/** The machines of a system on both sides: matched, only in the GRC system, only in scans. */
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import {
  type ComponentKind,
  componentKinds,
  componentsPage,
  type ComponentRow,
  systemComponentsQuery,
} from '../../api/systems.ts';
import detail from '../../kit/detail/detail.module.css';
import { Loaded } from '../../kit/detail/loaded.tsx';
import { Nothing, SeverityCounts } from '../../kit/marks/severity.tsx';
import { When } from '../../kit/marks/when.tsx';
import { RecordLink } from '../../kit/record-link.tsx';
import styles from './system.module.css';
import { componentWords } from './words.ts';
import { Pager } from './pager.tsx';

const Row = ({ of }: { readonly of: ComponentRow }) => (
  <tr>
    <td>
      {of.componentId === null ? (
        <Nothing word="no component" />
      ) : (
        <>
          {of.componentName ?? of.componentId} <span className="quiet mono">{of.componentId}</span>
        </>
      )}
    </td>
    <td>{of.componentType}</td>
    <td>
      {of.assetUuid === null ? (
        <Nothing word="no asset" />
      ) : (
        <RecordLink kind="asset" id={of.assetUuid}>
          {of.hostname ?? of.assetUuid}
        </RecordLink>
      )}
    </td>
    <td>{of.assetUuid === null ? <Nothing /> : <When at={of.lastSeen} />}</td>
    <td>
      {of.assetUuid === null ? (
        <Nothing />
      ) : (
        <SeverityCounts
          counts={{ Critical: of.openCritical, High: of.openHigh }}
          shown={['Critical', 'High']}
        />
      )}
    </td>
  </tr>
);

const Rows = ({ systemId, kind }: { readonly systemId: string; readonly kind: ComponentKind }) => {
  const [offset, setOffset] = useState(0);
  const query = useQuery({
    ...systemComponentsQuery(systemId, kind, offset),
    placeholderData: keepPreviousData,
  });
  return (
    <Loaded query={query}>
      {({ items, total }) =>
        total === 0 ? (
          <p className="quiet">{componentWords[kind].none}</p>
        ) : (
          <>
            <table className={detail['table']} style={{ maxWidth: 1100 }}>
              <thead>
                <tr>
                  <th scope="col">Component</th>
                  <th scope="col">Type</th>
                  <th scope="col">Asset</th>
                  <th scope="col">Last seen</th>
                  <th scope="col">Open</th>
                </tr>
              </thead>
              <tbody>
                {items.map((row) => (
                  <Row key={`${row.componentId ?? ''} ${row.assetUuid ?? ''}`} of={row} />
                ))}
              </tbody>
            </table>
            <Pager offset={offset} size={componentsPage} total={total} onTurn={setOffset} />
          </>
        )
      }
    </Loaded>
  );
};

export const ComponentsTab = ({
  systemId,
  counts,
}: {
  readonly systemId: string;
  readonly counts: Readonly<Record<ComponentKind, number>>;
}) => {
  const [kind, setKind] = useState<ComponentKind>('linked');
  return (
    <>
      <div className={styles['kinds']} role="group" aria-label="Which">
        {componentKinds.map((each) => (
          <button key={each} type="button" aria-pressed={each === kind} onClick={() => setKind(each)}>
            {componentWords[each].title} {counts[each].toLocaleString('en')}
          </button>
        ))}
      </div>
      <Rows key={kind} systemId={systemId} kind={kind} />
    </>
  );
};
