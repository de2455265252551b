// Violet's door. At "pulled" its miners are two of the suite's, and what they sign is signed here; f.violet has the tasks that they were given.

import assert from 'node:assert/strict';
import { createHash, randomUUID } from 'node:crypto';
import { u8aToHex } from '@polkadot/util';
import { Keyring } from '@polkadot/keyring';
import { cryptoWaitReady } from '@polkadot/util-crypto';

await cryptoWaitReady();

const NO_ID = '0190a0a0-0000-7000-8000-000000000001';
const BOUNDARY = 'contract-5c1b';
const URL_ENCODED = 'application/x-www-form-urlencoded';
const LONG = 'The river rose in the night, and by the morning the lower fields were under water as far as the mill.';
const at = 'pulled';

// -- what is signed -----------------------------------------------------------

// Epistula v2, of a body that goes out now.
function signed(pair, signedFor, body = '') {
  const digest = createHash('sha256').update(body).digest('hex');
  const uuid = randomUUID();
  const timestamp = String(Date.now());
  const signature = u8aToHex(pair.sign(`${digest}.${uuid}.${timestamp}.${signedFor}`));
  return {
    Authorization: `Epistula ${signature}`,
    'Epistula-Signature': signature,
    'Epistula-Timestamp': timestamp,
    'Epistula-UUID': uuid,
    'Epistula-Signed-By': pair.address,
    'Epistula-Signed-For': signedFor,
  };
}

// A part that is bytes is a sound.
function multipart(fields) {
  const parts = Object.entries(fields).flatMap(([name, value]) => {
    const isFile = Buffer.isBuffer(value);
    const head = `--${BOUNDARY}\r\nContent-Disposition: form-data; name="${name}"`;
    return [`${head}${isFile ? '; filename="a.wav"\r\nContent-Type: audio/wav' : ''}\r\n\r\n`, value, '\r\n'];
  });
  return Buffer.concat([...parts, `--${BOUNDARY}--\r\n`].map((part) => Buffer.from(part)));
}

// -- the cases ----------------------------------------------------------------

function clients(f, state) {
  const { done, given } = f.violet;
  const wav = { bytes: Buffer.from(f.wav, 'base64'), type: 'audio/wav', name: 'a tone.wav' };
  const clip = () => ({ bytes: state.clip, type: 'video/mp4', name: 'a clip.mp4' });
  const letter = { bytes: Buffer.from(LONG), type: 'text/plain', name: 'a letter.txt' };
  const spoken = { text: LONG, source_language: 'en', priority: 'high' };
  const both = { source_language: 'en', target_language: 'de' };
  const orders = [
    ['violetTranscribe', () => ({ audio_file: wav }), { audio_file: { ...wav, bytes: Buffer.alloc(0) } }],
    ['violetSpeak', () => spoken, { text: 'short' }],
    ['violetSummarize', () => spoken, { text: 'too short for a summary' }],
    ['violetTranscribeVideo', () => ({ video_file: clip() }), { audio_file: wav }],
    ['violetTranslate', () => ({ ...spoken, ...both }), { ...spoken, target_language: 'en' }],
    ['violetTranslateDocument', () => ({ document_file: letter, ...both }), { document_file: letter }],
    ['violetEnhance', () => ({ audio_file: wav }), { audio_file: { ...wav, type: 'image/png', name: 'a.png' } }],
  ];
  const texts = ['violetSpeak', 'violetSummarize', 'violetTranslate'];
  const task = { ...spoken, ...both };
  const once = { 'Idempotency-Key': 'violet' };
  const ofClient = () => ({ Authorization: `Bearer ${state.key}` });
  const reads = ['violetTask', 'violetTaskStatus', 'violetTaskResponses'];
  const types = Object.keys(done);
  const result = (type, id, more) => ({ op: 'violetTaskResult', status: 200, at, path: { type, id }, ...more });
  const listed = (query) => ({ op: 'violetTasks', status: 200, at, query });
  const file = (status, path, more) => ({ op: 'violetFile', status, at, path, ...more });
  const download = (status, path, more) => ({ op: 'violetFileDownload', status, at, path, ...more });
  const speech = () => ({ id: state.speech });
  const named = () => Object.fromEntries(new URL(state.url).searchParams);
  return [
    download(200, { id: done['video-transcription'] }, { then: (b) => { state.clip = b; } }),
    ...orders.flatMap(([op, form, bad]) => [
      { op, status: 200, at, form, then: (b) => { state.task = b.task_id; } },
      { op, status: 400, at, form: bad },
      { op, status: 400, at, form: () => ({ ...form(), priority: 'nonsense' }) },
      { op, status: 400, at, json: { text: LONG } },
      { op, status: 400, at, raw: 'x', headers: { 'Content-Type': 'text/plain' } },
    ]),
    ...texts.map((op) => ({ op, status: 200, at, raw: new URLSearchParams(task).toString(), headers: { 'Content-Type': URL_ENCODED } })),
    { op: 'violetSpeak', status: 404, at, form: { ...spoken, voice_name: 'nobody' } },
    { op: 'violetTranslate', status: 200, at, form: task, headers: once, then: (b) => { state.once = b.task_id; } },
    { op: 'violetTranslate', status: 200, at, form: task, headers: once, then: (b, r) => assert.deepEqual([b.task_id, r.headers.get('idempotent-replayed')], [state.once, 'true']) },
    { op: 'violetTranslate', status: 400, at, form: { ...task, target_language: 'fr' }, headers: once },
    { op: 'makeKey', status: 201, json: { role: 'client', tenant: 'violet', quotas: [{ kind: '*', jobs: 1, window_s: 600 }] }, then: (b) => { state.key = b.key; } },
    { op: 'violetTranslate', status: 200, form: task, headers: ofClient, then: (b) => { state.ours = b.task_id; } },
    { op: 'violetTranslate', status: 429, form: task, headers: ofClient, then: (b, r) => assert.ok(r.headers.has('ratelimit-policy')) },
    { op: 'violetTasks', status: 200, headers: ofClient, then: (b) => assert.deepEqual(b.map((one) => one.task_id), [state.ours]) },
    { op: 'cancelJob', status: 200, path: () => ({ id: state.ours }) },
    { op: 'violetTaskStatus', status: 200, path: () => ({ id: state.ours }), then: (b) => assert.equal(b.status, 'cancelled') },
    listed(undefined),
    ...['pending', 'assigned', 'in_progress', 'processing', 'completed', 'failed', 'cancelled'].map((status) => listed({ status })),
    listed({ limit: 1, after: given.tts }),
    ...[{ status: 'nonsense' }, { limit: 0 }, { limit: 1001 }, { after: 'nonsense' }].map((query) => ({ ...listed(query), status: 400 })),
    ...reads.flatMap((op) => [
      ...Object.values({ ...done, given: given.tts, cancelled: f.violet.cancelled }).map((id) => ({ op, status: 200, at, path: { id } })),
      { op, status: 404, at, path: { id: NO_ID } },
      { op, status: 404, at, path: { id: 'nonsense' } },
    ]),
    ...types.flatMap((type) => [
      result(type, done[type], { then: (b) => assert.equal(b.available, true) }),
      result('task', done[type], { then: (b) => assert.equal(b.task_type, type.replaceAll('-', '_')) }),
      result(type, given[type], { then: (b) => assert.deepEqual([b.available, b.status], [false, 'in_progress']) }),
      result(type, NO_ID, { then: (b) => assert.equal(b.status, 'not_found') }),
    ]),
    result('tts', done.tts, { then: (b) => { state.speech = b.audio_file.file_id; state.url = b.audio_url; } }),
    result('task', f.violet.cancelled, { then: (b) => assert.equal(b.status, 'cancelled') }),
    result('tts', done.transcription, { status: 400 }),
    result('nonsense', done.tts, { status: 404 }),
    file(200, { id: done.transcription }, { then: (b) => assert.equal(b.is_result, false) }),
    file(200, speech, { then: (b) => assert.equal(b.is_result, true) }),
    file(404, { id: NO_ID }),
    file(404, { id: done.tts }),
    download(200, speech),
    download(200, speech, { query: named, then: (b) => assert.equal(b.subarray(0, 4).toString(), 'RIFF') }),
    download(206, speech, { headers: { Range: 'bytes=0-9' }, then: (b) => assert.equal(b.length, 10) }),
    download(403, speech, { query: () => ({ ...named(), signature: 'nonsense' }) }),
    download(404, { id: NO_ID }),
    download(416, speech, { headers: { Range: 'bytes=99999999-' } }),
    { op: 'violetVoices', status: 200, at, then: (b) => assert.ok(b.count > 0) },
  ];
}

function miners(f, state) {
  const { validator, given, done } = f.violet;
  const keyring = new Keyring({ type: 'sr25519', ss58Format: 42 });
  const [miner, other] = [f.violet.miner, f.violet.other].map(({ suri, uid }) => ({ uid, pair: keyring.addFromUri(suri) }));
  const wav = Buffer.from(f.wav, 'base64');
  const said = { response_data: '{"output_data":{"transcript":"a tone","language":"en"}}' };
  const asked = (who, status, more) => ({ op: 'violetMinerTasks', status, at, path: { uid: who.uid }, headers: () => signed(who.pair, validator), ...more });
  const content = (who, status, type, id) => ({ op: 'violetMinerContent', status, at, path: { type, id }, headers: () => signed(who.pair, validator) });
  const brought = (op, who, status, fields, more) => {
    let body;
    return {
      op,
      status,
      at,
      raw: () => (body = multipart(fields)),
      headers: () => ({ 'Content-Type': `multipart/form-data; boundary=${BOUNDARY}`, ...signed(who.pair, validator, body) }),
      ...more,
    };
  };
  const ways = [
    ['violetResponse', given.transcription, said],
    ['violetResponse', given.summarization, { response_data: 'the river rose' }],
    ['violetBringTranslation', given['text-translation'], { translated_text: 'der Fluss stieg' }],
    ['violetBringTranscript', given['video-transcription'], { transcript: 'a tone', language: 'en' }],
    ['violetBringDocument', given['document-translation'], { translated_text: 'der Fluss stieg' }],
    ['violetBringSpeech', given.tts, { audio_file: wav }],
    ['violetBringSpeechAsBefore', f.violet.speech, { audio_file: wav }],
    ['violetBringSound', given['audio-enhancement'], { audio_file: wav }],
  ];
  const of = (who, id, more) => ({ task_id: id, miner_uid: String(who.uid), ...more });
  return [
    asked(miner, 200, { query: { status: 'assigned', capacity: 9, types: 'tts' }, then: (b) => { state.open = b.map((one) => one.task_id); } }),
    asked(miner, 200, { query: { status: 'in_progress' }, then: (b) => assert.deepEqual(b.map((one) => one.task_id), state.open) }),
    ...[{ status: 'nonsense' }, { capacity: 0 }, { capacity: 1001 }].map((query) => asked(miner, 400, { query })),
    asked(miner, 400, { path: { uid: 'nonsense' } }),
    asked(miner, 401, { headers: {} }),
    asked(miner, 401, { at: 'url', headers: {} }),
    asked(miner, 403, { path: { uid: other.uid } }),
    ...Object.entries(given).map(([type, id]) => content(miner, 200, type, id)),
    { ...content(miner, 401, 'tts', given.tts), headers: {} },
    content(miner, 400, 'summarization', given.tts),
    content(miner, 403, 'tts', done.tts),
    content(other, 403, 'tts', given.tts),
    content(miner, 404, 'nonsense', given.tts),
    content(miner, 404, 'tts', NO_ID),
    ...ways.flatMap(([op, id, result]) => [
      brought(op, miner, 400, {}),
      brought(op, miner, 400, { task_id: id, miner_uid: 'nonsense', ...result }),
      brought(op, miner, 400, of(miner, id)),
      brought(op, miner, 401, of(miner, id, result), { headers: { 'Content-Type': `multipart/form-data; boundary=${BOUNDARY}` } }),
      brought(op, miner, 403, of(other, id, result)),
      brought(op, other, 403, of(other, id, result)),
      brought(op, miner, 404, of(miner, NO_ID, result)),
      brought(op, miner, 200, of(miner, id, result), { then: (b) => assert.equal(b.status, 'accepted') }),
      brought(op, miner, 400, of(miner, id, result)),
    ]),
    brought('violetBringTranslation', miner, 409, of(miner, f.violet.cancelled, { translated_text: 'x' })),
    brought('violetBringTranscript', miner, 400, of(miner, done['text-translation'], { transcript: 'x' })),
  ];
}

function validators(f) {
  const who = { validator_uid: 7, validator_identifier: 'v7' };
  const task_id = f.violet.done.tts;
  const state = {};
  const finished = (status, query, more) => ({ op: 'violetFinishedTasks', status, at, query, ...more });
  const seen = (status, more) => ({ op: 'violetMarkSeen', status, at, ...more });
  const evaluated = (status, uid, query) => ({ op: 'violetEvaluated', status, at, path: { uid }, query });
  const told = (status, more) => ({ op: 'violetMinerStatus', status, at, ...more });
  const board = (status, query) => ({ op: 'violetLeaderboard', status, at, query });
  const sorts = ['overall_score', 'uptime_score', 'invocation_count', 'diversity_count', 'bounty_count', 'total_tasks_completed', 'average_response_time'];
  const bad = [{ limit: 0 }, { limit: 101 }, { after: 'nonsense' }];
  const is = (already) => (b) => assert.equal(b.already_seen, already);
  return [
    finished(200, { ...who, limit: 2 }, { then: (b) => { state.next = b.next; } }),
    finished(200, () => ({ ...who, after: state.next }), { then: (b) => assert.ok(b.count > 0) }),
    ...[{}, { validator_uid: 'x' }, { validator_identifier: 'x'.repeat(101) }, ...bad.map((one) => ({ ...who, ...one }))].map((query) => finished(400, query)),
    seen(200, { json: { ...who, task_id }, then: is(false) }),
    seen(200, { form: { ...who, task_id }, then: is(true) }),
    seen(400, { json: who }),
    seen(400, { json: { task_id } }),
    seen(404, { json: { ...who, task_id: NO_ID } }),
    seen(409, { json: { ...who, task_id: f.violet.cancelled } }),
    { ...evaluated(200, 7, { validator_identifier: 'v7', limit: 1 }), then: (b) => assert.deepEqual(b.evaluated_tasks, [task_id]) },
    evaluated(200, 8, undefined),
    evaluated(400, 'nonsense', undefined),
    ...bad.map((query) => evaluated(400, 7, query)),
    told(200, { json: { ...who, miner_statuses: [{ uid: 1 }], epoch: 5 } }),
    told(200, { form: { ...who, miner_statuses: '[]' } }),
    told(400, { json: { ...who, miner_statuses: 'nonsense' } }),
    told(400, { json: { miner_statuses: [] } }),
    board(200, undefined),
    ...sorts.map((sort_by) => board(200, { sort_by, order: 'asc', limit: 1 })),
    ...[{ sort_by: 'nonsense' }, { order: 'nonsense' }, { limit: 0 }].map((query) => board(400, query)),
    { op: 'violetLeaderboardOne', status: 200, at, path: { uid: f.violet.miner.uid }, then: (b) => assert.ok(b.miner.score > 0) },
    { op: 'violetLeaderboardOne', status: 404, at, path: { uid: 65535 } },
    { op: 'violetLeaderboardOne', status: 404, at, path: { uid: 'nonsense' } },
    { op: 'violetIntegration', status: 200, at, then: (b) => assert.ok(b.miners.length > 0 && b.pending_tasks.length > 0) },
    ...['violetHealth', 'violetHealthShort', 'violetMetrics', 'violetMetricsShort'].map((op) => ({ op, status: 200, at })),
  ];
}

// What there is not any more.
const gone = (operations) =>
  [...operations.keys()]
    .filter((op) => op.startsWith('violetGone'))
    .map((op) => ({ op, status: 410, path: { id: NO_ID, type: 'x', name: 'x', uid: '1' } }));

export default function cases(f, operations) {
  const state = {};
  return [...miners(f, state).slice(0, 1), ...clients(f, state), ...miners(f, state).slice(1), ...validators(f), ...gone(operations)];
}
