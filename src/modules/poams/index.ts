export { type EvidenceRow, evidenceOf, type FindingUnder } from './life/decide-life.ts';
export { refusalOfDecision, statusFaults } from './life/edited-status.ts';
export { evidenceNote } from './life/evidence-note.ts';
export { factsOf, lifeStep } from './life/life-step.ts';
export { completeByPerson, extendByPerson, pullInByPerson, reopenByPerson } from './life/person-moves.ts';
export {
  afterEvent,
  poamEvents,
  type PoamEvent,
  poamStates,
  type PoamState,
  stateOf,
  statusOf,
} from './life/poam-states.ts';
export { lacksFor, type PoamContents } from './life/requirements.ts';
export { type MadePoam, makePoam } from './make-poam.ts';
export { weaknessStep } from './plan-poams.ts';
