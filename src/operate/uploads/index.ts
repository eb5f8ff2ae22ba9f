export { clearUploads, plainName, receiveUpload, removeUpload } from './uploads.ts';
