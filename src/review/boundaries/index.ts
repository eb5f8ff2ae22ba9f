export {
  type BoundaryDetail,
  type BoundarySummary,
  boundarySummary,
  fetchBoundary,
  listBoundaryComponents,
  listBoundaryControls,
  listBoundaryHistory,
} from './boundaries.ts';
