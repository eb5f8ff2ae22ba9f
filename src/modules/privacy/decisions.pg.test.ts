/** What a decision stands on: the copy that is handed out, and the search behind an appeal. */
import { describe, expect, it } from 'vitest';
import {
  acknowledgePrivacyRequest,
  appealPrivacyRequest,
  fetchPrivacyRequest,
  grantPrivacyRequest,
  identifySubject,
  leaveOutHits,
  makePrivacyCopy,
  refusePrivacyRequest,
  reviewPrivacyRequest,
  runPrivacySearch,
  startPrivacySearch,
} from './index.ts';
import { by, privacyWorld, watch } from '../../../test/support/privacy-world.ts';

const world = privacyWorld();

describe('the copy of a record', () => {
  const copiesOf = async (id: number) => {
    const { readableSha256, jsonSha256 } = await fetchPrivacyRequest(world.app.db, id, world.app.now());
    return [readableSha256, jsonSha256];
  };

  it('goes when its records are searched again, so that nothing is granted with what an earlier search found', async () => {
    const id = await world.reviewed();
    await makePrivacyCopy(world.app, id, by);
    const { searchId } = await startPrivacySearch(world.app, id, { terms: ['Doe-Smith'], by });
    expect(await copiesOf(id)).toEqual([null, null]);
    await runPrivacySearch(world.app, searchId, watch);
    await reviewPrivacyRequest(world.app, id, { by });
    await expect(grantPrivacyRequest(world.app, id, { partly: false, by })).rejects.toMatchObject({
      fields: [{ field: 'copy' }],
    });
  });

  it('goes when rows are left out of it, or taken into it again', async () => {
    const id = await world.reviewed();
    for (const because of ['not_of_person', null] as const) {
      await makePrivacyCopy(world.app, id, by);
      await leaveOutHits(world.app, id, { table: 'data_access_logs', because, by });
      expect([because, ...(await copiesOf(id))]).toEqual([because, null, null]);
    }
  });

  /** Does something else while the first of the two files is written. */
  const copyWhile = (id: number, meanwhile: () => Promise<unknown>) => {
    const { files } = world.app;
    if (!files) throw new Error('no files');
    let isFirst = true;
    const { store } = files;
    const keep: typeof store.keep = async (...args) => {
      const kept = await store.keep(...args);
      if (isFirst) {
        isFirst = false;
        await meanwhile();
      }
      return kept;
    };
    return makePrivacyCopy({ ...world.app, files: { ...files, store: { ...store, keep } } }, id, by);
  };

  it('is refused when a new search began while it was made, ended or not', async () => {
    for (const isEnded of [false, true]) {
      const id = await world.reviewed();
      const made = copyWhile(id, async () => {
        const { searchId } = await startPrivacySearch(world.app, id, { terms: ['Doe-Smith'], by });
        if (!isEnded) return;
        await runPrivacySearch(world.app, searchId, watch);
        await reviewPrivacyRequest(world.app, id, { by });
      });
      await expect(made).rejects.toMatchObject({ fields: [{ field: isEnded ? 'search' : 'status' }] });
      expect(await copiesOf(id)).toEqual([null, null]);
    }
  });

  it('is refused when rows were left out while it was made', async () => {
    const id = await world.reviewed();
    const made = copyWhile(id, () =>
      leaveOutHits(world.app, id, { table: 'data_access_logs', because: 'k2', by }),
    );
    await expect(made).rejects.toMatchObject({ fields: [{ field: 'copy' }] });
    expect(await copiesOf(id)).toEqual([null, null]);
  });
});

describe('an appeal', () => {
  const refusal = {
    exemption: 'record_is_accurate',
    reason: 'It is right.',
    appealTo: 'Privacy Office',
    by,
  } as const;
  const decisions = {
    granted: (id: number) => grantPrivacyRequest(world.app, id, { partly: false, by }),
    refused: (id: number) => refusePrivacyRequest(world.app, id, refusal),
  };

  it('is decided only after the records were searched, as the first decision is', async () => {
    const id = await world.verified('amendment');
    await refusePrivacyRequest(world.app, id, refusal);
    await appealPrivacyRequest(world.app, id, { grounds: 'Nobody looked.', by });
    const lacksSearch = async (): Promise<void> => {
      for (const decide of Object.values(decisions))
        await expect(decide(id)).rejects.toMatchObject({ fields: [{ field: 'search' }] });
    };
    await lacksSearch();
    const { searchId } = await startPrivacySearch(world.app, id, { terms: [], by });
    await lacksSearch();
    await runPrivacySearch(world.app, searchId, watch);
    expect(await decisions.granted(id)).toMatchObject({ status: 'granted' });
  });

  it('of a person who was not identified may be refused unsearched, and is granted only after they were identified', async () => {
    const { id } = await world.received('amendment');
    await acknowledgePrivacyRequest(world.app, id, { by });
    await refusePrivacyRequest(world.app, id, refusal);
    const appealed = await appealPrivacyRequest(world.app, id, { grounds: 'Here is my passport.', by });
    expect(appealed.next).toEqual(['ask_identity', 'identify', 'refuse', 'withdraw']);
    for (const early of [decisions.granted(id), startPrivacySearch(world.app, id, { terms: [], by })])
      await expect(early).rejects.toMatchObject({ fields: [{ field: 'status' }] });
    await decisions.refused(id);
    await appealPrivacyRequest(world.app, id, { grounds: 'Here is my passport.', by });
    const known = await identifySubject(world.app, id, { how: 'in_person', consent: 'written', by });
    expect(known).toMatchObject({ status: 'appealed', due: appealed.due });
    expect(known.next).toEqual(['search', 'grant', 'grant_partly', 'refuse', 'withdraw']);
    const { searchId } = await startPrivacySearch(world.app, id, { terms: [], by });
    await runPrivacySearch(world.app, searchId, watch);
    expect(await decisions.granted(id)).toMatchObject({ status: 'granted' });
  });
});
