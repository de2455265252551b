// OpenAI's own SDK against a whole suite with development miners that asks for API keys: only the base URL and the key are others.

import assert from 'node:assert/strict';
import OpenAI, { toFile } from 'openai';
import { startServed } from './served.mjs';
import { test } from './tap.mjs';

const SENTENCE = 'The first sentence is here. After a while there is a second one.';
const WORDS = ['first', 'sentence', 'while', 'second'];

// What the recogniser makes of the voice is not all of it.
function assertHeard(text) {
  const heard = WORDS.filter((word) => text.toLowerCase().includes(word));
  assert.ok(heard.length >= 3, `of ${WORDS} there is ${heard} in "${text}"`);
  return heard.length;
}

const startsWith = (bytes, magic) => Buffer.from(bytes).subarray(0, magic.length).equals(Buffer.from(magic, 'latin1'));

const PNG = '\x89PNG';

async function assertRejected(call, type, status, code, param) {
  const e = await call.then(() => assert.fail('it was not refused'), (reason) => reason);
  assert.ok(e instanceof type, `${e.constructor.name}, not ${type.name}: ${e.message}`);
  assert.deepEqual([e.status, e.code, e.param], [status, code, param], e.message);
  assert.ok(e.message.length > 10);
}

export async function openaiTests(build) {
  const served = await startServed(build);
  const clientOf = (apiKey) => new OpenAI({ baseURL: `${served.url}/v1`, apiKey, maxRetries: 0, timeout: 50000 });
  const client = clientOf(served.client);
  let recording;

  test('openai speaks: a WAV', async () => {
    const answer = await client.audio.speech.create({ model: 'tts-1', voice: 'rms', input: SENTENCE, response_format: 'wav' });
    recording = Buffer.from(await answer.arrayBuffer());
    assert.ok(startsWith(recording, 'RIFF'));
    assert.match(answer.headers.get('x-job-id'), /^[0-9a-f-]{36}$/);
    return `${recording.length} bytes`;
  });
  for (const [form, magic] of Object.entries({ mp3: 'ID3', opus: 'OggS', aac: '\xff\xf1', flac: 'fLaC' }))
    test(`openai speaks: ${form}`, async () => {
      const answer = await client.audio.speech.create({ model: 'tts-1', voice: 'alloy', input: 'Good day.', response_format: form });
      const bytes = await answer.arrayBuffer();
      assert.ok(startsWith(bytes, magic));
      return `${bytes.byteLength} bytes`;
    });
  test('openai transcribes what it spoke', async () => {
    const { text } = await client.audio.transcriptions.create({ model: 'whisper-1', file: await toFile(recording, 'a.wav') });
    return `${assertHeard(text)} of ${WORDS.length} words`;
  });
  test('openai transcribes with times', async () => {
    const file = await toFile(recording, 'a.wav');
    const verbose = await client.audio.transcriptions.create({ model: 'whisper-1', file, response_format: 'verbose_json', timestamp_granularities: ['segment', 'word'] });
    assertHeard(verbose.segments.map(({ text }) => text).join(' '));
    for (const { start, end } of [...verbose.segments, ...verbose.words]) assert.ok(start >= 0 && end > start && end <= verbose.duration);
    const seconds = (recording.length - 44) / (2 * recording.readUInt32LE(24));
    assert.ok(Math.abs(verbose.duration - seconds) < 1.5, `${verbose.duration} of ${seconds} s`);
    const srt = await client.audio.transcriptions.create({ model: 'whisper-1', file: await toFile(recording, 'a.wav'), response_format: 'srt' });
    assert.match(srt, /^1\n00:00:00,\d{3} --> 00:00:0\d,\d{3}\n/);
    assertHeard(srt);
    const vtt = await client.audio.transcriptions.create({ model: 'whisper-1', file: await toFile(recording, 'a.wav'), response_format: 'vtt' });
    assert.match(vtt, /^WEBVTT\n\n00:00:00\.\d{3} --> /);
    return `${verbose.words.length} words, ${verbose.segments.length} segments`;
  });
  test('openai translates: a transcript and its translation', async () => {
    const { text } = await client.audio.translations.create({ model: 'whisper-1', file: await toFile(recording, 'a.wav') });
    assert.match(text, /^\[en\] /); // the development miners' mark of a translation
    assertHeard(text);
  });
  test('openai asks twice by one Idempotency-Key: one job', async () => {
    const ask = () => client.audio.speech.create({ model: 'tts-1', voice: 'alloy', input: 'Once.', response_format: 'wav' }, { headers: { 'Idempotency-Key': 'once' } });
    const [first, again] = [await ask(), await ask()];
    assert.equal(again.headers.get('x-job-id'), first.headers.get('x-job-id'));
    assert.deepEqual(Buffer.from(await again.arrayBuffer()), Buffer.from(await first.arrayBuffer()));
  });
  test('openai makes pictures', async () => {
    const within = await client.images.generate({ model: 'gpt-image-1', prompt: 'a small picture', size: '256x256' });
    assert.ok(startsWith(Buffer.from(within.data[0].b64_json, 'base64'), PNG));
    const named = await client.images.generate({ model: 'dall-e-2', prompt: 'a small picture', size: '256x256', n: 2 });
    assert.equal(named.data.length, 2);
    const pictures = await Promise.all(named.data.map(async ({ url }) => Buffer.from(await (await fetch(url)).arrayBuffer())));
    for (const picture of pictures) assert.deepEqual([startsWith(picture, PNG), picture.readUInt32BE(16), picture.readUInt32BE(20)], [true, 256, 256]);
    assert.ok(!pictures[0].equals(pictures[1]));
  });
  test('openai edits a picture', async () => {
    const { data: [{ b64_json }] } = await client.images.generate({ model: 'gpt-image-1', prompt: 'a small picture', size: '256x256' });
    const image = await toFile(Buffer.from(b64_json, 'base64'), 'a.png', { type: 'image/png' });
    const edited = await client.images.edit({ model: 'gpt-image-1', image, prompt: 'bluer' });
    assert.ok(startsWith(Buffer.from(edited.data[0].b64_json, 'base64'), PNG));
  });
  test('openai lists models', async () => {
    const ids = (await client.models.list()).data.map(({ id }) => id);
    for (const id of ['whisper-1', 'tts-1', 'gpt-image-1', 'audio.transcribe']) {
      assert.ok(ids.includes(id));
      assert.equal((await client.models.retrieve(id)).id, id);
    }
    return `${ids.length} models`;
  });
  test("openai's errors are its own classes", async () => {
    const file = () => toFile(recording, 'a.wav');
    await assertRejected(clientOf('sk-none').models.list(), OpenAI.AuthenticationError, 401, 'invalid_api_key', null);
    await assertRejected(clientOf(served.validator).audio.speech.create({ model: 'tts-1', voice: 'alloy', input: 'x' }), OpenAI.PermissionDeniedError, 403, 'forbidden', null);
    await assertRejected(client.models.retrieve('gpt-5'), OpenAI.NotFoundError, 404, 'model_not_found', 'model');
    await assertRejected(client.audio.speech.create({ model: 'gpt-5', voice: 'alloy', input: 'x' }), OpenAI.NotFoundError, 404, 'model_not_found', 'model');
    await assertRejected(client.chat.completions.create({ model: 'gpt-5', messages: [] }), OpenAI.NotFoundError, 404, 'not_found', null);
    await assertRejected(client.audio.speech.create({ model: 'tts-1', voice: 'alloy', input: '' }), OpenAI.BadRequestError, 400, 'bad_job', 'input');
    await assertRejected(client.audio.transcriptions.create({ model: 'whisper-1', file: await file(), response_format: 'ass' }), OpenAI.BadRequestError, 400, 'invalid_value', 'response_format');
    await assertRejected(client.audio.transcriptions.create({ model: 'whisper-1', file: await toFile(Buffer.from('no sound'), 'a.wav') }), OpenAI.BadRequestError, 400, 'wrong_input_type', 'file');
    await assertRejected(client.images.generate({ model: 'dall-e-2', prompt: 'x', n: 11 }), OpenAI.BadRequestError, 400, 'invalid_value', 'n');
    // No miner of ours understands French: the job fails, and is not tried again.
    await assertRejected(client.audio.transcriptions.create({ model: 'whisper-1', file: await file(), language: 'fr' }, { maxRetries: 2 }), OpenAI.InternalServerError, 502, 'job_failed', null);
  });
  return served;
}
