/** A person's word about who is who: this asset is another one, or one of its sources reports another machine. */
import { Button, NativeSelect, TextInput } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useRouter } from '@tanstack/react-router';
import { useState } from 'react';
import {
  type AssetIdentity,
  type AssetSources,
  assetSourcesQuery,
  mergeAsset,
  splitAsset,
} from '../../api/assets.ts';
import { ActionDialog } from '../../kit/act/action-dialog.tsx';
import { tell } from '../../kit/notice.tsx';
import { recordPath } from '../../kit/record-link.tsx';

const uuidPattern = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Shows the asset that it came to. */
function useDecided(): (into: string, said: string) => Promise<void> {
  const queryClient = useQueryClient();
  const router = useRouter();
  return async (into, said) => {
    tell(said);
    await router.navigate({ to: recordPath('asset', into) });
    await queryClient.invalidateQueries();
  };
}

type Others = ReadonlyMap<string, string>;

/** Assets that bear an identifier of this one, with their names. */
const othersOf = (of: AssetIdentity): Others =>
  new Map(
    of.identifiers.flatMap(({ sharedBy }) =>
      sharedBy.map(({ assetUuid, name }) => [assetUuid, name ?? assetUuid] as const),
    ),
  );

const MergeDialog = ({
  assetUuid,
  others,
  onClose,
}: {
  readonly assetUuid: string;
  readonly others: Others;
  readonly onClose: () => void;
}) => {
  const [named, setNamed] = useState('');
  const [typed, setTyped] = useState('');
  const decided = useDecided();
  const into = named === '' ? typed.trim() : named;
  return (
    <ActionDialog
      title="Merge into another asset"
      verb="Merge"
      reason="required"
      incomplete={!uuidPattern.test(into) || into === assetUuid}
      onClose={onClose}
      onRun={async (reason = '') => {
        const merged = await mergeAsset(assetUuid, into, reason);
        await decided(merged.into, 'They are one asset now.');
      }}
    >
      <p>
        The other asset stays, with the findings, sources and history of both. To take it back, split a source
        off.
      </p>
      {others.size === 0 ? null : (
        <NativeSelect
          mt="sm"
          label="It is"
          description="Assets that bear the same identifiers"
          value={named}
          onChange={(event) => setNamed(event.currentTarget.value)}
          data={[
            { value: '', label: 'another one' },
            ...[...others].map(([value, name]) => ({ value, label: `${name} (${value.slice(0, 8)})` })),
          ]}
        />
      )}
      {named === '' ? (
        <TextInput
          mt="sm"
          label="UUID of the asset that stays"
          value={typed}
          onChange={(event) => setTyped(event.currentTarget.value)}
          error={
            typed.trim() !== '' && !uuidPattern.test(typed.trim())
              ? 'A UUID is 32 digits and letters a to f, in groups of 8, 4, 4, 4 and 12.'
              : undefined
          }
        />
      ) : null}
    </ActionDialog>
  );
};

/** Names a source's record, whatever the order in which they come. */
const keyOf = ({ source, externalId }: AssetSources['sources'][number]): string =>
  JSON.stringify([source, externalId]);

const SplitDialog = ({
  assetUuid,
  sources,
  onClose,
}: {
  readonly assetUuid: string;
  readonly sources: AssetSources['sources'];
  readonly onClose: () => void;
}) => {
  const [key, setKey] = useState(sources[0] ? keyOf(sources[0]) : '');
  const decided = useDecided();
  const chosen = sources.find((each) => keyOf(each) === key);
  return (
    <ActionDialog
      title="Split a source off"
      verb="Split"
      reason="required"
      incomplete={chosen === undefined}
      onClose={onClose}
      onRun={async (reason = '') => {
        if (!chosen) return;
        const { source, externalId } = chosen;
        const { into, isSynced } = await splitAsset(assetUuid, { source, externalId }, reason);
        const next = isSynced ? `The next sync of ${source}` : `The next scan file of ${source}`;
        await decided(into, `It is an asset of its own. ${next} brings its findings.`);
      }}
    >
      <p>What this source reports becomes an asset of its own; the others stay here.</p>
      <NativeSelect
        mt="sm"
        label="Source"
        value={key}
        onChange={(event) => setKey(event.currentTarget.value)}
        data={sources.map((each) => ({ value: keyOf(each), label: `${each.source}, as ${each.externalId}` }))}
      />
    </ActionDialog>
  );
};

export const SayOtherwise = ({
  assetUuid,
  of,
}: {
  readonly assetUuid: string;
  readonly of: AssetIdentity;
}) => {
  const [asked, setAsked] = useState<'merge' | 'split'>();
  const { data } = useQuery(assetSourcesQuery(assetUuid));
  const close = () => setAsked(undefined);
  return (
    <>
      <p className="quiet">Where the rules are wrong, your word counts, and they keep to it.</p>
      <Button variant="default" mt="sm" mr="sm" onClick={() => setAsked('merge')}>
        Merge into another asset…
      </Button>
      {data === undefined ? null : data.sources.length > 1 ? (
        <Button variant="default" mt="sm" onClick={() => setAsked('split')}>
          Split a source off…
        </Button>
      ) : (
        <span className="quiet">Only one source reports it: there is nothing to split off.</span>
      )}
      {asked === 'merge' ? <MergeDialog assetUuid={assetUuid} others={othersOf(of)} onClose={close} /> : null}
      {asked === 'split' && data ? (
        <SplitDialog assetUuid={assetUuid} sources={data.sources} onClose={close} />
      ) : null}
    </>
  );
};
