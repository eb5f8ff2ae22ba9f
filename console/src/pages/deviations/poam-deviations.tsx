/** The deviations of one POA&M: what holds, what waits, what is over, and where one is asked for. */
import { useMemo, useState } from 'react';
import type { PoamDetail } from '../../api/poams.ts';
import { ActButton } from '../../kit/act/act-button.tsx';
import styles from '../../kit/detail/detail.module.css';
import { ListPage } from '../../kit/list/list-page.tsx';
import { useMay } from '../../shell/use-session.ts';
import { deviationList } from './deviation-list.tsx';
import { RequestDialog } from './request-dialog.tsx';
import { heldText } from './words.ts';

/** `2 assets accepted until 2026-12-31; the POA&M stays open.` */
export const HeldBack = ({ of }: { readonly of: PoamDetail }) =>
  of.deviations.length === 0 ? null : (
    <span>
      {of.deviations.map(heldText).join('; ')}
      <span className="quiet">; it stays open</span>
    </span>
  );

const all = 'requested,approved,rejected,withdrawn,expired,lapsed';

export const PoamDeviations = ({ of }: { readonly of: PoamDetail }) => {
  const { poamId, isOpen } = of.poam;
  const fixed = useMemo(() => ({ poam: poamId, system: undefined, state: all }), [poamId]);
  const may = useMay('deviation:request');
  const [asks, setAsks] = useState(false);
  return (
    <>
      {may ? (
        <div className={styles['actions']} style={{ padding: '8px 16px' }}>
          <ActButton
            why={isOpen ? undefined : 'The POA&M is over: there is nothing to deviate from.'}
            onPress={() => setAsks(true)}
          >
            Ask for a deviation…
          </ActButton>
        </div>
      ) : null}
      <ListPage spec={deviationList} fixed={fixed} />
      {asks ? <RequestDialog of={of} onClose={() => setAsks(false)} /> : null}
    </>
  );
};
