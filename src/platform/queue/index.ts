export { enqueueJob, queueSchema } from './queue-schema.sql.ts';
export { installQueue, type Tasks, workOnce, workOnQueue } from './queue.ts';
