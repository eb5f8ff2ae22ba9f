export { enqueueJob, queueSchema } from './queue-schema.sql.ts';
export { installQueue, type QueueDatabase, type Tasks, workOnce, workOnQueue } from './queue.ts';
