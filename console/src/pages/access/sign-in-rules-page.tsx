/** How people sign in here, and by which rules: read from the settings, which are changed where the server runs. */
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { type SignInRules, signInRulesQuery } from '../../api/access/accounts.ts';
import detailStyles from '../../kit/detail/detail.module.css';
import { Section } from '../../kit/detail/facts.tsx';
import { Loaded } from '../../kit/detail/loaded.tsx';
import { PageTitle } from '../../kit/page-title.tsx';
import { RecordLink } from '../../kit/record-link.tsx';
import { AccessTabs } from './access-tabs.tsx';

/** What means says in backticks, as code. */
const withCode = (text: string): readonly ReactNode[] =>
  text.split('`').map((part, at) => (at % 2 === 1 ? <code key={at}>{part}</code> : part));

const checks = { local: null, oidc: 'tieline serve check-oidc', cac: 'tieline serve check-cac' } as const;

const Ways = ({ of }: { readonly of: SignInRules['ways'] }) => (
  <Section title="Ways to sign in">
    <ul style={{ margin: 0, paddingInlineStart: 20 }}>
      {of.map(({ way, title }) => (
        <li key={way}>
          {title}
          {checks[way] === null ? null : (
            <span className="quiet">
              {' '}
              · checked by <code>{checks[way]}</code>
            </span>
          )}
        </li>
      ))}
    </ul>
    <p className="quiet">Others are switched on by settings, where the server runs.</p>
  </Section>
);

const Rules = ({ of }: { readonly of: SignInRules['rules'] }) => (
  <Section title="Rules">
    <p className="quiet">
      Set in the settings file or the environment of the server, then it is started again. The same list at
      the machine: <code>tieline users rules</code>
    </p>
    <div className={detailStyles['scrollX']}>
      <table className={detailStyles['table']} style={{ maxWidth: 1100 }}>
        <thead>
          <tr>
            {['Setting', 'Is', 'What it does'].map((head) => (
              <th key={head} scope="col">
                {head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {of.map(({ key, env, value, isDefault, means }) => (
            <tr key={key}>
              <td className="mono" title={env}>
                {key}
              </td>
              <td style={{ whiteSpace: 'nowrap' }}>
                {value === null ? <span className="quiet">not set</span> : <strong>{String(value)}</strong>}
                {isDefault ? null : <span className="quiet"> (not the default)</span>}
              </td>
              <td>{withCode(means)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  </Section>
);

const WithoutFactor = ({ of }: { readonly of: SignInRules['withoutFactor'] }) => (
  <Section title="Without a second factor">
    {of.length === 0 ? (
      <p className="quiet">Everybody who may approve or administer with a password has one.</p>
    ) : (
      <>
        <p className="attention">These people may approve or administer with their password alone:</p>
        <ul style={{ margin: 0, paddingInlineStart: 20 }}>
          {of.map((name) => (
            <li key={name}>
              <RecordLink kind="user" id={name}>
                {name}
              </RecordLink>
            </li>
          ))}
        </ul>
      </>
    )}
  </Section>
);

export const SignInRulesPage = () => (
  <div className={detailStyles['page']}>
    <div className={detailStyles['head']}>
      <PageTitle title="Sign-in" />
      <div className={detailStyles['actions']}>
        <AccessTabs />
      </div>
    </div>
    <Loaded query={useQuery(signInRulesQuery)} whole>
      {({ ways, rules, withoutFactor }) => (
        <>
          <Ways of={ways} />
          <WithoutFactor of={withoutFactor} />
          <Rules of={rules} />
        </>
      )}
    </Loaded>
  </div>
);
