export { refuseSource, usualSource } from './file-sources.ts';
export {
  type FileOutcome,
  importFiles,
  type ImportOptions,
  listScanFiles,
  readerOf,
} from './import-files.ts';
export { endImportWith, keepImport } from './keep-import.ts';
export { endImport, insertImport } from './scan-imports.sql.ts';
export { watchFolders } from './watch-folders.ts';
export { listWatchedFolders, needsPerson, type WatchedFolder } from './watched-folders.sql.ts';
