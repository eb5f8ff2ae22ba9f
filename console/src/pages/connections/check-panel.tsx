/** The lines of a check, each with what helps. */
import type { Check } from '../../api/connections.ts';
import detailStyles from '../../kit/detail/detail.module.css';
import { checkTone } from './words.ts';

export const CheckLines = ({ of }: { readonly of: readonly Check[] }) => (
  <table className={detailStyles['table']} style={{ maxWidth: 1000 }} aria-label="What was checked">
    <thead>
      <tr>
        <th scope="col">Result</th>
        <th scope="col">What</th>
        <th scope="col">Detail</th>
      </tr>
    </thead>
    <tbody>
      {of.map(({ check, status, detail, remedy }) => (
        <tr key={check} data-check={status}>
          <td className={checkTone[status].tone} style={{ whiteSpace: 'nowrap' }}>
            {checkTone[status].text}
          </td>
          <td style={{ whiteSpace: 'nowrap' }}>{check}</td>
          <td>
            {detail}
            {remedy === undefined ? null : <div className="quiet">→ {remedy}</div>}
          </td>
        </tr>
      ))}
    </tbody>
  </table>
);

/** How a check came out, in a sentence. */
export function checkSummary(checks: readonly Check[]): string {
  const failed = checks.filter(({ status }) => status === 'failed').length;
  const warned = checks.filter(({ status }) => status === 'warning').length;
  if (failed > 0) return `${failed} of ${checks.length} failed.`;
  return warned > 0 ? `It works; ${warned} of ${checks.length} need a look.` : 'All is well.';
}
