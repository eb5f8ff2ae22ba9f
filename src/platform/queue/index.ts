export { countWorkers, enqueueJob, enqueueJobs, queueSchema } from './queue-schema.sql.ts';
export { ensureQueue, installQueue, type QueueDatabase, type Tasks, workOnce, workOnQueue } from './queue.ts';
