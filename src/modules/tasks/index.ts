export { countTasks, facetTasks, listTasks, type TaskRow } from './task-list.sql.ts';
export { addTask, settleTask } from './tasks.ts';
