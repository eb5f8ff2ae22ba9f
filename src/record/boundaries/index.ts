export {
  type BoundaryRow,
  countBoundaries,
  facetBoundaries,
  findBoundaryRow,
  isBoundaryWithin,
  listBoundaries,
} from './boundary-list.sql.ts';
export { findControlRef, listUnderControl, plainControl, type UnderControl } from './control-parts.sql.ts';
export {
  type ComponentKind,
  type ComponentRow,
  type ControlRow,
  countComponents,
  listComponents,
  listControls,
  listTopWeaknesses,
  type TopWeakness,
} from './boundary-parts.sql.ts';
