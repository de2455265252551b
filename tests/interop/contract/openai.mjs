// OpenAI's door. What is said, drawn or spoken here is brought by miners who know it by f.openai; all else is refused before it is a job.

import assert from 'node:assert/strict';

export default function cases(f) {
  const { text, timed, untimed } = f.openai;
  const at = {};
  const wav = { bytes: Buffer.from(f.wav, 'base64'), type: 'audio/wav' };
  const png = { bytes: Buffer.from(f.openai.png, 'base64'), type: 'image/png' };
  const heard = (more = {}) => ({ file: wav, model: 'whisper-1', language: timed, ...more });
  const spoken = (more = {}) => ({ model: 'tts-1', input: text, voice: 'alloy', ...more });
  const drawn = (more = {}) => ({ model: 'dall-e-3', prompt: text, ...more });
  const edited = (more = {}) => ({ image: png, model: 'gpt-image-1', prompt: text, ...more });
  const named = () => Object.fromEntries(new URL(at.url).searchParams);
  const picture = () => ({ id: new URL(at.url).pathname.split('/').pop() });
  const transcribe = 'createOpenaiTranscription';
  const translate = 'createOpenaiTranslation';
  const speak = 'createOpenaiSpeech';
  const draw = 'createOpenaiImages';
  const edit = 'editOpenaiImage';
  const refused = (op, status, code, more) => ({ op, status, code, ...more });
  return [
    ...['json', 'text', 'srt', 'vtt', 'verbose_json'].map((response_format) => ({ op: transcribe, status: 200, form: heard({ response_format }) })),
    { op: transcribe, status: 200, form: heard({ response_format: 'verbose_json', 'timestamp_granularities[]': 'word' }) },
    { op: transcribe, status: 200, form: heard({ language: untimed }) },
    refused(transcribe, 502, 'no_timestamps', { form: heard({ language: untimed, response_format: 'srt' }) }),
    refused(transcribe, 400, 'missing_field', { form: { file: wav } }),
    refused(transcribe, 400, 'invalid_value', { form: heard({ response_format: 'ass' }) }),
    refused(transcribe, 400, 'bad_job', { form: heard({ language: 'xx' }) }),
    refused(transcribe, 400, 'bad_content_type', { json: {} }),
    refused(transcribe, 400, 'bad_content_type', { raw: 'x', headers: { 'Content-Type': 'text/plain' } }),
    refused(transcribe, 400, 'wrong_input_type', { form: heard({ file: png }) }),
    refused(transcribe, 404, 'model_not_found', { form: heard({ model: 'nonsense' }) }),
    { op: translate, status: 200, form: heard() },
    { op: translate, status: 200, form: heard({ response_format: 'text' }) },
    refused(translate, 400, 'invalid_value', { form: heard({ response_format: 'srt' }) }),
    refused(translate, 404, 'model_not_found', { form: heard({ model: 'tts-1' }) }),
    ...['mp3', 'opus', 'aac', 'flac', 'wav', 'pcm'].map((response_format) => ({ op: speak, status: 200, json: spoken({ response_format }) })),
    { op: speak, status: 200, json: spoken({ speed: 2 }), headers: { 'Idempotency-Key': 'spoken' }, then: (b, r) => { at.spoken = r.headers.get('x-job-id'); } },
    { op: speak, status: 200, json: spoken({ speed: 1 }), headers: { 'Idempotency-Key': 'spoken' }, then: (b, r) => assert.equal(r.headers.get('x-job-id'), at.spoken) },
    refused(speak, 400, 'idempotency_key_reused', { json: spoken({ voice: 'onyx' }), headers: { 'Idempotency-Key': 'spoken' } }),
    refused(speak, 400, 'bad_idempotency_key', { json: spoken(), headers: { 'Idempotency-Key': '""' } }),
    refused(speak, 400, 'bad_body', { raw: '{"model":', headers: { 'Content-Type': 'application/json' } }),
    refused(speak, 400, 'bad_content_type', { form: { model: 'tts-1', input: text } }),
    refused(speak, 400, 'missing_field', { json: { input: text } }),
    refused(speak, 400, 'invalid_value', { json: spoken({ response_format: 'ogg' }) }),
    refused(speak, 400, 'bad_job', { json: spoken({ input: '' }) }),
    refused(speak, 404, 'model_not_found', { json: spoken({ model: 'whisper-1' }) }),
    { op: draw, status: 200, json: drawn(), then: (b) => { at.url = b.data[0].url; } },
    { op: draw, status: 200, json: drawn({ response_format: 'b64_json', n: 2, size: '256x256', quality: 'hd', seed: 7 }) },
    refused(draw, 400, 'invalid_value', { json: drawn({ n: 11 }) }),
    refused(draw, 400, 'bad_job', { json: drawn({ size: '9999x9999' }) }),
    refused(draw, 404, 'model_not_found', { json: drawn({ model: 'nonsense' }) }),
    { op: edit, status: 200, form: edited() },
    { op: edit, status: 200, form: edited({ response_format: 'url', n: '2' }) },
    refused(edit, 400, 'invalid_value', { form: { model: 'gpt-image-1', prompt: text } }),
    refused(edit, 400, 'invalid_value', { form: edited({ mask: { bytes: Buffer.alloc(3000000), type: 'image/png', name: 'mask.png' } }) }),
    { op: 'getOpenaiImage', status: 200, path: picture, query: named },
    { op: 'getOpenaiImage', status: 206, path: picture, query: named, headers: { Range: 'bytes=0-9' } },
    refused('getOpenaiImage', 403, 'bad_signature', { path: picture, query: () => ({ ...named(), signature: 'nonsense' }) }),
    refused('getOpenaiImage', 403, 'bad_signature', { path: { id: 'nonsense' } }),
    refused('getOpenaiImage', 416, 'bad_range', { path: picture, query: named, headers: { Range: 'bytes=99999999-' } }),
    { op: 'listOpenaiModels', status: 200 },
    { op: 'getOpenaiModel', status: 200, path: { id: 'whisper-1' } },
    refused('getOpenaiModel', 404, 'model_not_found', { path: { id: 'nonsense' } }),
  ];
}
