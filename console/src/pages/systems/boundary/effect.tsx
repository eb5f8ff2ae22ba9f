/** What a change of a rule moves, before it is made. */
import type { RuleEffect } from '../../../api/boundary-rules.ts';
import detail from '../../../kit/detail/detail.module.css';
import { RecordLink } from '../../../kit/record-link.tsx';
import styles from './boundary.module.css';
import { effectWords } from './words.ts';

const placesText = (places: RuleEffect['moves'][number]['before']): string =>
  places.length === 0
    ? 'no system'
    : places
        .map(({ systemId, role }) => `${systemId}${role === 'inherited' ? ', inherited' : ''}`)
        .join('; ');

const shownAtMost = 50;

export const Effect = ({ of }: { readonly of: RuleEffect }) => (
  <div className={styles['effect']} role="status">
    <p className="strong">{effectWords(of)}</p>
    {of.moves.length === 0 ? null : (
      <table className={detail['table']}>
        <thead>
          <tr>
            <th scope="col">Asset</th>
            <th scope="col">Now in, by rules</th>
            <th scope="col">Then in</th>
          </tr>
        </thead>
        <tbody>
          {of.moves.slice(0, shownAtMost).map((move) => (
            <tr key={move.assetUuid}>
              <td>
                <RecordLink kind="asset" id={move.assetUuid}>
                  {move.hostname ?? move.assetUuid.slice(0, 8)}
                </RecordLink>
              </td>
              <td>{placesText(move.before)}</td>
              <td>{placesText(move.after)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    )}
    {of.moved > shownAtMost ? (
      <p className="quiet">and {(of.moved - shownAtMost).toLocaleString('en')} more</p>
    ) : null}
    {of.questions.length === 0 ? null : (
      <p>
        Asked about:{' '}
        {of.questions
          .slice(0, 10)
          .map(
            ({ hostname, assetUuid, systemIds }) =>
              `${hostname ?? assetUuid.slice(0, 8)} (${systemIds.join(' or ')})`,
          )
          .join(', ')}
        {of.asked > 10 ? ` and ${of.asked - 10} more` : ''}. These are in no system until somebody decides.
      </p>
    )}
  </div>
);
