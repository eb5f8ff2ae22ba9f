export { type Replay, replayWorkflow } from './replay.ts';
