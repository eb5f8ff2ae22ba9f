export { type FilesChecked, type FileStore, type KeptFile, openFileStore } from './file-store.ts';
