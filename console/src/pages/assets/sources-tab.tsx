/** What each source says of the machine, field by field, and which value counts. */
import { useQuery } from '@tanstack/react-query';
import { type AssetSources, assetSourcesQuery } from '../../api/assets.ts';
import detail from '../../kit/detail/detail.module.css';
import { Loaded } from '../../kit/detail/loaded.tsx';
import { Nothing } from '../../kit/marks/severity.tsx';
import { valueWords } from '../../kit/marks/values.tsx';
import { When } from '../../kit/marks/when.tsx';
import styles from './asset.module.css';
import { identifierWords } from './words.ts';

const whyWords = {
  only: 'only one says it',
  latest: 'saw the machine last',
  all: 'all of them are kept',
  earliest: 'the earliest counts',
} as const satisfies Record<AssetSources['fields'][number]['why'], string>;

const Table = ({ of }: { readonly of: AssetSources }) => (
  <div className={detail['scrollX']}>
    <table className={detail['table']}>
      <thead>
        <tr>
          <th scope="col">Field</th>
          {of.sources.map((source) => (
            <th key={`${source.source} ${source.externalId}`} scope="col">
              {source.source}
              <div className="quiet">
                as <span className="mono">{source.externalId}</span>
              </div>
              <div className="quiet">
                saw it <When at={source.lastSeen} />
              </div>
            </th>
          ))}
          <th scope="col">Why it counts</th>
        </tr>
      </thead>
      <tbody>
        {of.fields.map((field) => (
          <tr key={field.field}>
            <th scope="row">{identifierWords(field.field)}</th>
            {field.values.map((value, index) => {
              const text = valueWords(value);
              const isTaken = field.from.includes(index);
              return (
                <td key={index} className={isTaken ? styles['taken'] : ''}>
                  {text === '' ? <Nothing word="says nothing" /> : text}
                  {isTaken ? <span className="hidden-text"> (counts)</span> : null}
                </td>
              );
            })}
            <td className="quiet">{whyWords[field.why]}</td>
          </tr>
        ))}
      </tbody>
    </table>
  </div>
);

export const SourcesTab = ({ assetUuid }: { readonly assetUuid: string }) => (
  <Loaded query={useQuery(assetSourcesQuery(assetUuid))}>
    {(found) =>
      found.sources.length === 0 ? (
        <p className="quiet">No source has reported this machine since sources are kept apart.</p>
      ) : (
        <>
          <p className={styles['note']}>
            What counts is marked: of single values that of the source that saw the machine last, of lists
            all.
          </p>
          <Table of={found} />
        </>
      )
    }
  </Loaded>
);
