export { type FileStore, openFileStore } from './file-store.ts';
export { writeFileWhole } from './write-whole.ts';
