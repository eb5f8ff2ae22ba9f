export {
  type BoundaryDetail,
  fetchBoundary,
  listBoundaryComponents,
  listBoundaryControls,
  listBoundaryHistory,
} from './boundaries.ts';
