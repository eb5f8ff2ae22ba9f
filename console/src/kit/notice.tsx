/** Short messages at the corner. What failed stays until it is closed (WCAG 2.2.1); what worked goes after 10 seconds. */
import IconX from '@tabler/icons-react/dist/esm/icons/IconX.mjs';
import { useSyncExternalStore } from 'react';
import { problemOf } from '../api/http/problem.ts';
import styles from './notice.module.css';

interface Notice {
  readonly id: number;
  readonly text: string;
  readonly detail?: string;
  readonly failed: boolean;
  readonly action?: { readonly words: string; readonly run: () => void };
}

let notices: readonly Notice[] = [];
let lastId = 0;
const listeners = new Set<() => void>();
const change = (next: readonly Notice[]): void => {
  notices = next;
  for (const listener of listeners) listener();
};
const close = (id: number): void => change(notices.filter((notice) => notice.id !== id));
const subscribe = (listener: () => void) => {
  listeners.add(listener);
  return () => listeners.delete(listener);
};

function show(notice: Omit<Notice, 'id'>): void {
  lastId += 1;
  const id = lastId;
  change([...notices.slice(-3), { ...notice, id }]);
  if (!notice.failed) setTimeout(() => close(id), 10_000);
}

export const tell = (text: string, action?: Notice['action']): void =>
  show({ text, failed: false, ...(action ? { action } : {}) });
export function tellProblem(what: string, error: unknown): void {
  const problem = problemOf(error);
  const fields = problem.body.errors?.map((fault) => fault.detail).join('; ');
  const detail = [problem.message, fields, problem.body.remedy].filter(Boolean).join(' ');
  show({ text: `${what} (${problem.code})`, detail, failed: true });
}

const One = ({ notice }: { readonly notice: Notice }) => (
  <div className={styles['notice']} data-failed={notice.failed} role={notice.failed ? 'alert' : undefined}>
    <div>
      <div>{notice.text}</div>
      {notice.detail === undefined ? null : <div className="quiet">{notice.detail}</div>}
    </div>
    {notice.action ? (
      <button
        type="button"
        className={styles['action']}
        onClick={() => {
          close(notice.id);
          notice.action?.run();
        }}
      >
        {notice.action.words}
      </button>
    ) : null}
    <button
      type="button"
      className={styles['close']}
      aria-label="Close message"
      onClick={() => close(notice.id)}
    >
      <IconX size={14} />
    </button>
  </div>
);

export const Notices = () => {
  const shown = useSyncExternalStore(subscribe, () => notices);
  return (
    <div className={styles['notices']} role="status" data-no-print>
      {shown.map((notice) => (
        <One key={notice.id} notice={notice} />
      ))}
    </div>
  );
};
