export {
  countImports,
  countImportsBy,
  type ImportListFilter,
  type ImportListQuery,
  type ImportRow,
  listImports,
} from './import-list.sql.ts';
export {
  bringFile,
  cancelImport,
  fetchImport,
  type ImportDetail,
  type ImportPlaces,
  importPlaces,
  keepCommandImport,
  clearLeftUploads,
} from './imports.ts';
