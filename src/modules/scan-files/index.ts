export { usualSource } from './file-sources.ts';
export {
  type FileOutcome,
  importFiles,
  type ImportOptions,
  listScanFiles,
  readerOf,
} from './import-files.ts';
export { watchFolders } from './watch-folders.ts';
