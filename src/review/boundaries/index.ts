export {
  type BoundaryDetail,
  type BoundarySummary,
  boundarySummary,
  fetchBoundary,
  listBoundaryComponents,
  listBoundaryControls,
} from './boundaries.ts';
