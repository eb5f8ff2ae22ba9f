export { countImports, countImportsBy, type ImportRow, listImports } from './import-list.sql.ts';
export {
  bringFile,
  cancelImport,
  fetchImport,
  importPlaces,
  keepCommandImport,
  clearLeftUploads,
} from './imports.ts';
