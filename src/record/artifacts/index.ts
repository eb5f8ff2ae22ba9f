export {
  type ArtifactFile,
  findArtifactFile,
  insertArtifacts,
  listArtifacts,
  markDelivered,
  markUnsent,
  type PoamArtifact,
  type UnsentCode,
  unsentSentences,
  unsentEvidence,
} from './artifacts.sql.ts';
export {
  acceptDifference,
  listSentArtifacts,
  lostEvidence,
  noteStandings,
  replaceArtifact,
  type SentArtifact,
  type Standing,
} from './standings.sql.ts';
