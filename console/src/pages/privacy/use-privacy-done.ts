import { useDone } from '../../kit/act/use-done.ts';

const changed = [['list', 'privacy'], ['privacy'], ['disclosures'], ['statements'], ['me']];

/** Says what was done, and asks again for what it changed; whoever opened a dialog closes it. */
export const usePrivacyDone = (): ((told: string) => Promise<void>) => useDone(() => undefined, changed);
