export { countTasks, facetTasks, listTasks, type TaskRow } from './task-list.sql.ts';
export { addTask, changeTask, fetchTask, settleTask } from './tasks.ts';
export { findSameTask } from './write-task.sql.ts';
