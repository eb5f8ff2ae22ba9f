export {
  type BoundaryFilter,
  type BoundaryQuery,
  type BoundaryRow,
  countBoundaries,
  facetBoundaries,
  findBoundaryRow,
  listBoundaries,
} from './boundary-list.sql.ts';
export {
  type ComponentKind,
  componentKinds,
  type ComponentRow,
  type ControlRow,
  countComponents,
  listComponents,
  listControls,
  listTopWeaknesses,
  type TopWeakness,
} from './boundary-parts.sql.ts';
