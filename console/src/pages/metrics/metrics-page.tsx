/** Every metric by what it is about: value, target, trend, and what it needs where it has none. */
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { type MetricRow, metricsQuery } from '../../api/metrics.ts';
import detail from '../../kit/detail/detail.module.css';
import { Section } from '../../kit/detail/facts.tsx';
import { Loaded } from '../../kit/detail/loaded.tsx';
import { PageTitle } from '../../kit/page-title.tsx';
import { Commands } from './commands.tsx';
import { categoryWords, targetWords, trendOf, valueWords } from './words.ts';

const Rows = ({ of: metric }: { readonly of: MetricRow }) => {
  const lacks = metric.problem === null ? metric.needs : `repair: ${metric.problem}`;
  if (lacks !== null)
    return (
      <tr>
        <td className="mono">{metric.code}</td>
        <td>
          <Link to="/metrics/$metricName" params={{ metricName: metric.name }}>
            {metric.title}
          </Link>
        </td>
        <td colSpan={4} className="quiet">
          <Commands in={`Needs ${lacks}`} />
        </td>
      </tr>
    );
  return metric.measures.map((measure, n) => {
    const trend = trendOf(measure);
    return (
      <tr key={measure.key}>
        <td className="mono">{n === 0 ? metric.code : null}</td>
        <td>
          <Link
            to="/metrics/$metricName"
            params={{ metricName: metric.name }}
            search={n === 0 ? {} : { measure: measure.key }}
          >
            {measure.title}
          </Link>
        </td>
        <td className={detail['num']}>
          {measure.value === null ? '–' : valueWords(measure.value, measure.unit)}
        </td>
        <td>{targetWords(measure)}</td>
        <td className={measure.isMet === false ? 'bad' : 'good'}>
          {measure.isMet === null ? '' : measure.isMet ? '✓ met' : '✗ missed'}
        </td>
        <td className={trend?.tone}>{trend?.words}</td>
      </tr>
    );
  });
};

export const MetricsPage = () => {
  const metrics = useQuery(metricsQuery);
  return (
    <div className={detail['page']}>
      <PageTitle title="Metrics" />
      <Loaded query={metrics} whole>
        {({ items }) => (
          <>
            <p className="quiet">
              Of all your systems, taken once a day. A value opens its history and the records behind it.
            </p>
            <p>
              <Link to="/dashboards/{-$dashboardId}">See them side by side on a dashboard</Link>
            </p>
            {[...Map.groupBy(items, ({ category }) => category)].map(([category, own]) => (
              <Section key={category} title={categoryWords[category]}>
                <table className={detail['table']}>
                  <thead>
                    <tr>
                      <th scope="col" style={{ width: 56 }}>
                        Code
                      </th>
                      <th scope="col">Metric</th>
                      <th scope="col" className={detail['num']} style={{ width: 110 }}>
                        Value
                      </th>
                      <th scope="col" style={{ width: 130 }}>
                        Target
                      </th>
                      <th scope="col" style={{ width: 90 }}>
                        <span className="hidden-text">Met or missed</span>
                      </th>
                      <th scope="col" style={{ width: 190 }}>
                        Trend
                      </th>
                    </tr>
                  </thead>
                  <tbody>
                    {own.map((metric) => (
                      <Rows key={metric.name} of={metric} />
                    ))}
                  </tbody>
                </table>
              </Section>
            ))}
          </>
        )}
      </Loaded>
    </div>
  );
};
