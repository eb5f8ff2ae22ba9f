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
