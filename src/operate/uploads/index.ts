export {
  clearUploads,
  plainName,
  type ReceivedFile,
  receiveUpload,
  removeUpload,
  uploadPath,
} from './uploads.ts';
