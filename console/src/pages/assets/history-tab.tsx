import { useQuery } from '@tanstack/react-query';
import { type AssetChange, assetHistoryQuery } from '../../api/assets.ts';
import { deciderWords } from '../../kit/decider.ts';
import detail from '../../kit/detail/detail.module.css';
import { Loaded } from '../../kit/detail/loaded.tsx';
import { AnyValue, nameWords } from '../../kit/marks/values.tsx';
import { At } from '../../kit/marks/when.tsx';
import { RecordLink } from '../../kit/record-link.tsx';

const directionWords: Readonly<Record<string, string>> = {
  internal: 'here',
  inbound: 'came in',
  outbound: 'sent out',
};

const Row = ({ of }: { readonly of: AssetChange }) => (
  <tr>
    <td>
      <At at={of.at} />
    </td>
    <td>{of.field === null ? 'The record' : nameWords(of.field)}</td>
    <td>
      <AnyValue of={of.before} />
    </td>
    <td>
      <AnyValue of={of.after} />
    </td>
    <td>
      {deciderWords(of.decidedBy)}
      <div className="quiet">{directionWords[of.direction] ?? of.direction}</div>
    </td>
    <td>
      {of.reason}{' '}
      <RecordLink kind="operation" id={of.operationId}>
        <span className="mono">{of.operationId.slice(0, 8)}</span>
      </RecordLink>
    </td>
  </tr>
);

export const HistoryTab = ({ assetUuid }: { readonly assetUuid: string }) => (
  <Loaded query={useQuery(assetHistoryQuery(assetUuid))}>
    {({ items }) =>
      items.length === 0 ? (
        <p className="quiet">
          Nobody has changed anything of it. What scans say of a machine is under Sources and Findings.
        </p>
      ) : (
        <table className={detail['table']}>
          <thead>
            <tr>
              <th scope="col">When</th>
              <th scope="col">Field</th>
              <th scope="col">Before</th>
              <th scope="col">After</th>
              <th scope="col">By</th>
              <th scope="col">Why, and in which operation</th>
            </tr>
          </thead>
          <tbody>
            {items.map((change, index) => (
              <Row key={index} of={change} />
            ))}
          </tbody>
        </table>
      )
    }
  </Loaded>
);
