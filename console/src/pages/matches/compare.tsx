/** The asset beside its candidates, identifier by identifier; what both have is marked with what it counts. */
import type { Candidate, MatchDetail } from '../../api/matches.ts';
import detail from '../../kit/detail/detail.module.css';
import { Nothing } from '../../kit/marks/severity.tsx';
import { When } from '../../kit/marks/when.tsx';
import { RecordLink } from '../../kit/record-link.tsx';
import styles from './matches.module.css';
import { identifierOrder, identifierWords, nameOf } from './words.ts';

type Identifiers = Candidate['identifiers'];

/** Kinds that either side has, the strongest first. */
function kindsOf(of: MatchDetail): readonly string[] {
  const kinds = new Set(
    [of.asset?.identifiers ?? [], ...of.candidates.map((each) => each.identifiers)].flat().map(({ kind }) => kind),
  );
  for (const { evidence } of of.candidates) for (const { kind } of evidence) kinds.add(kind);
  const place = (kind: string): number => (identifierOrder.indexOf(kind) + 100) % 100;
  return [...kinds].toSorted((one, other) => place(one) - place(other));
}

const Values = ({
  of,
  kind,
  against,
}: {
  readonly of: Identifiers;
  readonly kind: string;
  readonly against?: Candidate;
}) => {
  const values = of.filter((each) => each.kind === kind).map(({ value }) => value);
  const counted = against?.evidence.filter((each) => each.kind === kind) ?? [];
  const shown = values.length > 0 ? values : counted.map(({ value }) => value);
  if (shown.length === 0 && counted.length === 0) return <Nothing />;
  return (
    <>
      {shown.slice(0, 4).map((value) => {
        const hit = counted.find((each) => each.value === value);
        return (
          <div key={value}>
            <span className={hit && hit.weight > 0 ? `mono ${styles['same'] ?? ''}` : 'mono'}>{value}</span>
            {hit ? <Weight of={hit} /> : null}
          </div>
        );
      })}
      {shown.length > 4 ? <div className="quiet">and {shown.length - 4} more</div> : null}
      {counted
        .filter(({ value }) => !shown.includes(value))
        .map((each) => (
          <div key={`${each.value} ${each.weight}`} className="quiet">
            {each.value} <Weight of={each} />
          </div>
        ))}
    </>
  );
};

const Weight = ({ of }: { readonly of: Candidate['evidence'][number] }) => (
  <span className={styles['weight']} title={of.note}>
    {of.weight > 0 ? '+' : ''}
    {of.weight}
    {of.note === undefined ? '' : ` (${of.note})`}
  </span>
);

const CandidateHead = ({ of, match }: { readonly of: Candidate; readonly match: MatchDetail }) => (
  <>
    {match.kind === 'component' ? (
      nameOf(of)
    ) : (
      <RecordLink kind="asset" id={of.choice}>
        {nameOf(of)}
      </RecordLink>
    )}
    {match.kind === 'component' && of.name !== null ? <div className="quiet mono">{of.choice}</div> : null}
    {of.isProposed ? null : (
      <div className="quiet">{of.decision === 'linked' ? 'the present match' : 'ruled out'}</div>
    )}
  </>
);

const SystemOf = ({ id }: { readonly id: string | null }) =>
  id === null ? (
    <Nothing word="no system" />
  ) : (
    <RecordLink kind="system" id={id}>
      {id}
    </RecordLink>
  );

export const Compare = ({ of }: { readonly of: MatchDetail }) => {
  const candidates = of.candidates.toSorted((one, other) => Number(other.isProposed) - Number(one.isProposed));
  return (
    <div className={`${detail['scrollX'] ?? ''} ${styles['scroll'] ?? ''}`} tabIndex={0} role="region" aria-label="Both sides, to scroll">
      <table className={`${detail['table'] ?? ''} ${styles['compare'] ?? ''}`}>
        <thead>
          <tr>
            <th scope="col">Known by</th>
            {of.asset === null ? null : (
              <th scope="col">
                {of.assetUuid === null ? (
                  (of.assetName ?? 'The asset')
                ) : (
                  <RecordLink kind="asset" id={of.assetUuid}>
                    {of.assetName ?? of.assetUuid.slice(0, 8)}
                  </RecordLink>
                )}
                <div className="quiet">this asset</div>
              </th>
            )}
            {candidates.map((each) => (
              <th key={each.choice} scope="col">
                <CandidateHead of={each} match={of} />
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {kindsOf(of).map((kind) => (
            <tr key={kind}>
              <th scope="row">{identifierWords(kind)}</th>
              {of.asset === null ? null : (
                <td>
                  <Values of={of.asset.identifiers} kind={kind} />
                </td>
              )}
              {candidates.map((each) => (
                <td key={each.choice}>
                  <Values of={each.identifiers} kind={kind} against={each} />
                </td>
              ))}
            </tr>
          ))}
          <tr>
            <th scope="row">System</th>
            {of.asset === null ? null : (
              <td>
                <SystemOf id={of.asset.systemId} />
              </td>
            )}
            {candidates.map((each) => (
              <td key={each.choice}>
                <SystemOf id={each.systemId} />
              </td>
            ))}
          </tr>
          <tr>
            <th scope="row">Has it now</th>
            {of.asset === null ? null : (
              <td className="quiet">
                seen <When at={of.asset.lastSeen} /> by {of.asset.sources.join(', ') || 'nobody'}
                {of.asset.operatingSystem === null ? '' : `; ${of.asset.operatingSystem}`}
              </td>
            )}
            {candidates.map((each) => (
              <td key={each.choice}>{each.heldBy.length === 0 ? <Nothing word="nobody" /> : each.heldBy.join(', ')}</td>
            ))}
          </tr>
          <tr>
            <th scope="row">Score</th>
            {of.asset === null ? null : <td className="quiet">50, and 30 ahead of the next, are matched by rule</td>}
            {candidates.map((each) => (
              <td key={each.choice}>
                <span className="strong">{each.score ?? '–'}</span> <span className="quiet">{each.reason}</span>
              </td>
            ))}
          </tr>
        </tbody>
      </table>
    </div>
  );
};
