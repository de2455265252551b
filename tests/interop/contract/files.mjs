// The door of files.

const NO_FILE = '0190a0a0-0000-7000-8000-000000000001';

export default function cases(f) {
  const at = {};
  const wav = Buffer.from(f.wav, 'base64');
  const sound = { 'Content-Type': 'audio/wav' };
  const named = () => ({ kind: 'audio.transcribe', params: {}, input_file: at.file });
  return [
    { op: 'sendFile', status: 201, raw: wav, headers: sound, then: (b) => { at.file = b.id; } },
    { op: 'sendFile', status: 201, form: { file: { bytes: wav, type: 'audio/wav' } }, then: (b) => { at.other = b.id; } },
    { op: 'sendFile', status: 422, raw: wav.subarray(0, 20), headers: sound },
    { op: 'sendFile', status: 422, form: { nonsense: 'x' } },
    { op: 'listFiles', status: 200 },
    { op: 'listFiles', status: 200, query: { limit: 1 }, then: (b, r) => { at.next = /cursor=([^>&]+)/.exec(r.headers.get('link'))[1]; } },
    { op: 'listFiles', status: 200, query: () => ({ cursor: at.next }) },
    { op: 'listFiles', status: 400, query: { limit: 0 } },
    { op: 'listFiles', status: 400, query: { cursor: 'nonsense' } },
    { op: 'getFile', status: 200, path: () => ({ id: at.file }) },
    { op: 'getFile', status: 404, path: { id: NO_FILE } },
    { op: 'getFileContent', status: 200, path: () => ({ id: at.file }) },
    { op: 'getFileContent', status: 206, path: () => ({ id: at.file }), headers: { Range: 'bytes=0-9' } },
    { op: 'getFileContent', status: 404, path: { id: NO_FILE } },
    { op: 'getFileContent', status: 416, path: () => ({ id: at.file }), headers: { Range: 'bytes=99999999-' } },
    { op: 'createJob', status: 202, json: named, then: (b) => { at.job = b.id; } },
    { op: 'getJob', status: 200, path: () => ({ id: at.job }) },
    { op: 'cancelJob', status: 200, path: () => ({ id: at.job }) },
    { op: 'deleteFile', status: 204, path: () => ({ id: at.file }) },
    { op: 'deleteFile', status: 404, path: () => ({ id: at.file }) },
    { op: 'createJob', status: 422, json: named },
    { op: 'deleteFile', status: 204, path: () => ({ id: at.other }) },
  ];
}
