export { assignedTo, isNobodys, isOfNamed, isOfPersons } from './assigned.sql.ts';
