import type { PoamDetail } from '../../api/poams.ts';
import styles from '../../kit/detail/detail.module.css';
import { SeverityMark } from '../../kit/marks/severity.tsx';
import { Day, Due, When } from '../../kit/marks/when.tsx';
import { keptTextWords } from '../rules/kept-texts.ts';
import { fieldWords } from './words.ts';
import { RecordLink } from '../../kit/record-link.tsx';

/** What would close it: the open findings of each weakness. */
export const WeaknessesTable = ({ of }: { readonly of: PoamDetail }) => (
  <>
    {of.madeUnder && (
      <p className="quiet">
        Made by version {of.madeUnder.version} of the weakness rule of{' '}
        {of.madeUnder.systemId ?? 'all boundaries'}
        {of.madeUnder.splitFrom && (
          <>
            , split from{' '}
            <RecordLink kind="poam" id={of.madeUnder.splitFrom}>
              {of.madeUnder.splitFrom}
            </RecordLink>
          </>
        )}
        {of.madeUnder.mergedInto && (
          <>
            ; merged into{' '}
            <RecordLink kind="poam" id={of.madeUnder.mergedInto}>
              {of.madeUnder.mergedInto}
            </RecordLink>{' '}
            when the rule was changed
          </>
        )}
        {of.madeUnder.endedAt !== null &&
          of.madeUnder.mergedInto === null &&
          '; ended when the rule was changed: it names none of its findings'}
        .
        {of.madeUnder.reworded && (
          <>
            {' '}
            Its texts follow version {of.madeUnder.reworded.version} since{' '}
            <When at={of.madeUnder.reworded.at} />
            {of.madeUnder.reworded.kept.length === 0 ? '.' : ', but for '}
            {of.madeUnder.reworded.kept
              .map(
                ({ field, why, text }) =>
                  `${text === undefined ? (fieldWords[field] ?? field).toLowerCase() : `the milestone “${text}”`} (${keptTextWords[why]})`,
              )
              .join(', ')}
          </>
        )}
      </p>
    )}
    <WeaknessRows of={of} />
  </>
);

const WeaknessRows = ({ of }: { readonly of: PoamDetail }) =>
  of.weaknesses.length === 0 ? (
    <p className="quiet">No weakness is under this POA&M: it was made in the GRC system or by hand.</p>
  ) : (
    <table className={styles['table']}>
      <thead>
        <tr>
          <th scope="col">Severity</th>
          <th scope="col">Weakness</th>
          <th scope="col">Detected</th>
          <th scope="col">Due</th>
          <th scope="col">Because</th>
          <th scope="col">Control</th>
          <th scope="col" className={styles['num']}>
            Findings open
          </th>
        </tr>
      </thead>
      <tbody>
        {of.weaknesses.map((weakness) => (
          <tr key={`${weakness.grouping} ${weakness.identifier}`}>
            <td>
              <SeverityMark of={weakness.severity} />
            </td>
            <td>
              {weakness.grouping === 'plugin' ? (
                <RecordLink kind="plugin" id={weakness.identifier}>
                  {weakness.name ?? weakness.identifier}
                </RecordLink>
              ) : (
                (weakness.name ?? weakness.identifier)
              )}
            </td>
            <td>
              <Day at={weakness.detectedOn} />
            </td>
            <td>
              <Due by={weakness.dueOn} settled={!of.poam.isOpen} withDay />
            </td>
            <td className="quiet">{weakness.dueReason}</td>
            <td>{weakness.controls.join(', ')}</td>
            <td className={styles['num']}>
              {weakness.findings.open} of {weakness.findings.all}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );

export const AssetsTable = ({ of }: { readonly of: PoamDetail }) =>
  of.assets.length === 0 ? (
    <p className="quiet">No asset is listed in it.</p>
  ) : (
    <>
      <table className={styles['table']}>
        <thead>
          <tr>
            <th scope="col">Asset</th>
            <th scope="col">System</th>
            <th scope="col">Last seen</th>
            <th scope="col" className={styles['num']}>
              Findings open
            </th>
          </tr>
        </thead>
        <tbody>
          {of.assets.map((asset) => (
            <tr key={asset.assetUuid}>
              <td>
                <RecordLink kind="asset" id={asset.assetUuid}>
                  {asset.hostname ?? asset.assetUuid}
                </RecordLink>
              </td>
              <td>{asset.systemId}</td>
              <td>
                <When at={asset.lastSeen} />
              </td>
              <td className={styles['num']}>
                {asset.findings.open} of {asset.findings.all}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {of.poam.assets > of.assets.length ? (
        <p className="quiet">… {of.poam.assets - of.assets.length} more: see its findings for all of them.</p>
      ) : null}
    </>
  );
