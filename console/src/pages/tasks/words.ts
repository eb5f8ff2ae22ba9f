import type { Task } from '../../api/work/tasks.ts';
import type { RecordKind } from '../../kit/record-link.tsx';

export const words = {
  title: 'Tasks',
  many: 'tasks',
  nothingYet: 'A task says what somebody is to do about a record, and until when.',
};

export const aboutWords: Readonly<Record<Task['about'], string>> = {
  poam: 'POA&M',
  finding: 'Finding',
  asset: 'Asset',
  system: 'System',
};

/** Where a record of each kind is searched, and how it is named there. */
export const aboutKinds: Readonly<Record<Task['about'], { readonly link: RecordKind; readonly id: string }>> =
  {
    poam: { link: 'poam', id: 'Its number, such as POAM-2026-0001' },
    finding: { link: 'finding', id: 'Its key, the last part of the address of its page' },
    asset: { link: 'asset', id: 'Its id, the last part of the address of its page' },
    system: { link: 'system', id: 'Its id, such as SYS-001' },
  };

export const recordName = ({ about, recordId, recordTitle }: Task): string =>
  about === 'poam' || about === 'system' ? recordId : (recordTitle ?? recordId.slice(0, 8));
