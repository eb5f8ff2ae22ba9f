import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { useMemo } from 'react';
import { type PluginDetail, pluginQuery } from '../../api/findings.ts';
import { pluginRiskQuery } from '../../api/intelligence.ts';
import styles from '../../kit/detail/detail.module.css';
import { DetailHead } from '../../kit/detail/detail-head.tsx';
import { Facts } from '../../kit/detail/facts.tsx';
import { Loaded } from '../../kit/detail/loaded.tsx';
import { ListPage } from '../../kit/list/list-page.tsx';
import { SeverityMark } from '../../kit/marks/severity.tsx';
import { Day } from '../../kit/marks/when.tsx';
import { Groups, Parts, pluginParts } from '../intelligence/risk-parts.tsx';
import { findingList } from './finding-list.tsx';
import { words } from './words.ts';

/** Folded, so that the list keeps its room; its line says the score. */
const Risk = ({ of: { pluginId } }: { readonly of: PluginDetail }) => {
  const { data } = useQuery(pluginRiskQuery(pluginId));
  if (!data) return null;
  return (
    <details style={{ marginTop: 12 }}>
      <summary>
        {data.score === null ? 'Risk: nothing of it counts' : `Risk ${data.score.toFixed(1)} of 100`}
      </summary>
      <Parts of={pluginParts(data)} />
      {data.groups.length === 0 ? null : <Groups of={data} />}
    </details>
  );
};

const Head = ({ of }: { readonly of: PluginDetail }) => (
  <div className={styles['page']}>
    <DetailHead
      parent={{ to: '/findings', title: words.title }}
      title={of.name}
      marks={
        <>
          <SeverityMark of={of.severity} />
          <span className="quiet">plugin {of.pluginId}</span>
          {of.hasExploit === true ? <span className="attention strong">exploit available</span> : null}
        </>
      }
    />
    <Facts
      of={[
        ['Family', of.family],
        [
          'CVEs',
          of.cves.length === 0
            ? null
            : of.cves.map((cve) => (
                <span key={cve}>
                  <Link to="/intelligence/$cve" params={{ cve }}>
                    {cve}
                  </Link>{' '}
                </span>
              )),
        ],
        ['VPR', of.vpr?.toFixed(1)],
        ['CVSS', of.cvss?.toFixed(1)],
        ['EPSS', of.epss?.toFixed(2)],
        ['Published', <Day key="d" at={of.publishedAt} />],
        ['Patch since', <Day key="p" at={of.patchPublishedAt} />],
      ]}
    />
    <Risk of={of} />
    <details style={{ marginTop: 12 }}>
      <summary>Description and solution</summary>
      <p className={styles['prose']}>{of.description}</p>
      <p className={styles['prose']} style={{ marginTop: 8 }}>
        {of.solution}
      </p>
    </details>
  </div>
);

/** One plugin across all assets that one may see. */
export const PluginPage = () => {
  const { pluginId = '' } = useParams({ strict: false });
  const fixed = useMemo(() => ({ plugin: pluginId }), [pluginId]);
  return (
    <Loaded query={useQuery(pluginQuery(pluginId))} whole>
      {(plugin) => (
        <div className={styles['fill']}>
          <Head of={plugin} />
          <div className={styles['tabList']}>
            <ListPage spec={findingList} fixed={fixed} />
          </div>
        </div>
      )}
    </Loaded>
  );
};
