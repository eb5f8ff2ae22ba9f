export {
  type Actor,
  everywhere,
  type Grant,
  heldBy,
  intersected,
  isEmpty,
  isInside,
  isWithin,
  localOperator,
  nowhere,
  rolesWithin,
  type Scope,
  scopeFor,
} from './actor.ts';
export { type NamedIn, namedInFields, namedInWords } from './named-in.ts';
export { allPermissions, type Permission, permissions } from './permission.ts';
export { allRoles, isPrivileged, type Role, roles } from './role.ts';
export { inScope } from './scope.sql.ts';
