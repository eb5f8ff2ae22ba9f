/** Network zones of assets: whether anybody can reach them from public networks. What is said of an asset itself counts before it. */
import { Button, NativeSelect } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { sayZone, type Zone, zonesQuery } from '../../api/decisions/due-policies.ts';
import { ActionDialog } from '../../kit/act/action-dialog.tsx';
import detail from '../../kit/detail/detail.module.css';
import { Loaded } from '../../kit/detail/loaded.tsx';
import { When } from '../../kit/marks/when.tsx';
import { tell } from '../../kit/notice.tsx';
import { PageTitle } from '../../kit/page-title.tsx';
import { useMay } from '../../shell/use-session.ts';
import { PolicyNav } from './policy-nav.tsx';
import styles from './due-policies.module.css';

const exposedWords = (exposed: boolean | null): string =>
  exposed === null ? 'not known' : exposed ? 'yes' : 'no';

const ZoneDialog = ({ of, onClose }: { readonly of: Zone; readonly onClose: () => void }) => {
  const queryClient = useQueryClient();
  const [answer, setAnswer] = useState(of.exposed === null ? 'unknown' : of.exposed ? 'yes' : 'no');
  return (
    <ActionDialog
      title={`Network zone ${of.zone}`}
      verb="Save"
      reason="optional"
      onClose={onClose}
      onRun={async (reason) => {
        await sayZone(of.zone, {
          exposed: answer === 'unknown' ? null : answer === 'yes',
          reason: reason ?? null,
        });
        for (const queryKey of [['due-policies'], ['me']]) await queryClient.invalidateQueries({ queryKey });
        tell('Saved. The next sync judges by it.');
        onClose();
      }}
    >
      <NativeSelect
        label="Anybody can reach it from public networks"
        value={answer}
        onChange={(event) => setAnswer(event.currentTarget.value)}
        data={[
          { value: 'unknown', label: 'not known' },
          { value: 'yes', label: 'yes' },
          { value: 'no', label: 'no' },
        ]}
      />
    </ActionDialog>
  );
};

const ZoneRow = ({ of, onSay }: { readonly of: Zone; readonly onSay: (() => void) | undefined }) => (
  <tr>
    <td>{of.zone}</td>
    <td className={detail['num']}>
      <a href={`/assets?zone=${encodeURIComponent(of.zone)}`}>{of.assets}</a>
    </td>
    <td className={of.exposed === null ? 'attention' : ''}>{exposedWords(of.exposed)}</td>
    <td>
      {of.setAt === null ? null : (
        <>
          <When at={of.setAt} /> <span className="quiet">by {of.setBy}</span>
        </>
      )}
    </td>
    <td>{of.reason}</td>
    {onSay === undefined ? null : (
      <td>
        <Button variant="default" size="compact-sm" aria-label={`Say it of ${of.zone}`} onClick={onSay}>
          Say…
        </Button>
      </td>
    )}
  </tr>
);

export const ZonesPage = () => {
  const maySay = useMay('policy:write');
  const [open, setOpen] = useState<Zone>();
  return (
    <div className={detail['page']}>
      <PageTitle title="Network zones and exposure" />
      <PolicyNav />
      <p className={`quiet ${styles['lead'] ?? ''}`}>
        What holds for a zone holds for each of its assets, unless something was said of the asset itself. The
        zone of an asset is set on its page, under Business context.
      </p>
      <Loaded query={useQuery(zonesQuery)} whole>
        {(zones) =>
          zones.length === 0 ? (
            <p>No asset has a network zone yet.</p>
          ) : (
            <table className={detail['table']} style={{ maxWidth: 1000 }}>
              <thead>
                <tr>
                  <th scope="col">Network zone</th>
                  <th scope="col" className={detail['num']}>
                    Assets
                  </th>
                  <th scope="col">Publicly exposed</th>
                  <th scope="col">Said</th>
                  <th scope="col">Why</th>
                  {maySay ? (
                    <th scope="col">
                      <span className="hidden-text">Change</span>
                    </th>
                  ) : null}
                </tr>
              </thead>
              <tbody>
                {zones.map((zone) => (
                  <ZoneRow key={zone.zone} of={zone} onSay={maySay ? () => setOpen(zone) : undefined} />
                ))}
              </tbody>
            </table>
          )
        }
      </Loaded>
      {open === undefined ? null : <ZoneDialog of={open} onClose={() => setOpen(undefined)} />}
    </div>
  );
};
