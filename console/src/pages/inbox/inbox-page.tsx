/** Everything that waits for whoever is signed in: by kind, each with its number, what it is, since when, and the answer. */
import { useQuery } from '@tanstack/react-query';
import { Link, useSearch } from '@tanstack/react-router';
import { type InboxCount, type InboxKind, inboxQuery } from '../../api/work/inbox.ts';
import { Loaded } from '../../kit/detail/loaded.tsx';
import { useKeys } from '../../kit/keys.ts';
import { When } from '../../kit/marks/when.tsx';
import { PageTitle } from '../../kit/page-title.tsx';
import { listPath } from '../../kit/record-link.tsx';
import { InboxRow } from './inbox-row.tsx';
import styles from './inbox.module.css';
import { kindOrder, kindWords } from './words.ts';

/** Of each kind so many where all kinds are shown, and where one is. */
const few = 5;
const many = 500;

/** Those of which any waits, the ones that the person can do something about first. */
const inOrder = (counts: readonly InboxCount[]): readonly InboxCount[] =>
  counts
    .filter(({ count }) => count > 0)
    .toSorted(
      (a, b) => Number(b.mayAct) - Number(a.mayAct) || kindOrder.indexOf(a.kind) - kindOrder.indexOf(b.kind),
    );

const number = (count: number): string => count.toLocaleString('en');

/** Moves the focus from row to row. */
function step(by: 1 | -1): void {
  const all = [...document.querySelectorAll<HTMLElement>('[data-inbox-focus]')];
  const at = all.findIndex((each) => each.closest('[data-inbox-row]')?.contains(document.activeElement));
  const next = all[at === -1 ? (by === 1 ? 0 : all.length - 1) : at + by];
  next?.focus();
  next?.scrollIntoView({ block: 'nearest' });
}

const Kinds = ({
  of,
  chosen,
}: {
  readonly of: readonly InboxCount[];
  readonly chosen: InboxKind | undefined;
}) => (
  <nav className={styles['kinds']} aria-label="Kinds of what waits">
    <Link
      to="/inbox"
      activeOptions={{ exact: true, includeSearch: true }}
      aria-current={chosen === undefined ? 'page' : undefined}
      className={styles['kind'] ?? ''}
    >
      <span>Everything</span>
      <span className={styles['number']}>{number(of.reduce((sum, { count }) => sum + count, 0))}</span>
    </Link>
    {of.map(({ kind, count, mayAct }) => (
      <Link
        key={kind}
        to="/inbox"
        search={{ kind }}
        aria-current={chosen === kind ? 'page' : undefined}
        className={styles['kind'] ?? ''}
      >
        <span className={mayAct ? '' : 'quiet'}>{kindWords[kind].title}</span>
        <span className={styles['number']}>{number(count)}</span>
      </Link>
    ))}
  </nav>
);

const Group = ({ of, isAlone }: { readonly of: InboxCount; readonly isAlone: boolean }) => {
  const { system } = useSearch({ strict: false });
  const query = useQuery(inboxQuery(system, of.kind, isAlone ? many : few));
  const { title, what } = kindWords[of.kind];
  const list = listPath(of.list.noun);
  return (
    <section aria-label={title} className={styles['group']}>
      <h2>
        {title} <span className="quiet">{number(of.count)}</span>
      </h2>
      <p className="quiet">
        {of.mayAct ? what : 'You can see these; others act on them.'}
        {of.since === null ? null : (
          <>
            {' '}
            The oldest waits since <When at={of.since} />.
          </>
        )}{' '}
        {list === undefined ? null : (
          <Link to={list} search={of.list.filter}>
            As a list
          </Link>
        )}
      </p>
      <Loaded query={query}>
        {({ items }) => (
          <>
            <ul className={styles['rows']}>
              {items.map((item) => (
                <InboxRow key={item.subject} of={item} mayAct={of.mayAct} />
              ))}
            </ul>
            {items.length < of.count ? (
              isAlone ? (
                <p className="quiet">
                  The {number(items.length)} that wait longest are shown; {number(of.count - items.length)}{' '}
                  more wait.
                </p>
              ) : (
                <Link to="/inbox" search={{ kind: of.kind }}>
                  Show all {number(of.count)}
                </Link>
              )
            ) : null}
          </>
        )}
      </Loaded>
    </section>
  );
};

export const InboxPage = () => {
  const { system, kind: asked } = useSearch({ strict: false });
  const chosen = kindOrder.find((kind) => kind === asked);
  const query = useQuery(inboxQuery(system, undefined, 1));
  useKeys('Inbox', [
    { press: 'j', does: 'Next row', run: () => step(1) },
    { press: 'k', does: 'Row before', run: () => step(-1) },
  ]);
  return (
    <div className={styles['page']}>
      <PageTitle title="Inbox" />
      <Loaded query={query} whole>
        {({ counts }) => {
          const waiting = inOrder(counts);
          const shown = waiting.filter(({ kind }) => chosen === undefined || kind === chosen);
          if (waiting.length === 0)
            return <p>Nothing waits for you{system === undefined ? '' : ' in this system'}.</p>;
          return (
            <div className={styles['panes']}>
              <Kinds of={waiting} chosen={chosen} />
              <div className={styles['groups']}>
                {shown.map((each) => (
                  <Group key={each.kind} of={each} isAlone={chosen !== undefined} />
                ))}
                {shown.length === 0 && chosen !== undefined ? (
                  <p>
                    {kindWords[chosen].title}: none waits now. <Link to="/inbox">Everything that waits</Link>
                  </p>
                ) : null}
              </div>
            </div>
          );
        }}
      </Loaded>
    </div>
  );
};
