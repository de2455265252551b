// SI-SDR: `subnetctl calc si_sdr` on random recordings against the formula as it stands in the paper, written here.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { randomOf } from './random.mjs';
import { test } from './tap.mjs';

const PAIRS = 250; // of each form
const NEAR = 1e-8; // dB

// How samples are stored: bytes, the format's code, and the value as it is read again.
const forms = {
  'PCM of 8 bits': { bytes: 1, code: 1, put: (b, v, at) => { const q = Math.max(0, Math.min(255, Math.round(v * 128) + 128)); b.writeUInt8(q, at); return (q - 128) / 128; } },
  'PCM of 16 bits': { bytes: 2, code: 1, put: (b, v, at) => putPcm(b, v, at, 2) },
  'PCM of 24 bits': { bytes: 3, code: 1, put: (b, v, at) => putPcm(b, v, at, 3) },
  'PCM of 32 bits': { bytes: 4, code: 1, put: (b, v, at) => putPcm(b, v, at, 4) },
  'floating point of 32 bits': { bytes: 4, code: 3, put: (b, v, at) => { b.writeFloatLE(v, at); return Math.fround(v); } },
  'floating point of 64 bits': { bytes: 8, code: 3, put: (b, v, at) => { b.writeDoubleLE(v, at); return v; } },
};

function putPcm(b, v, at, bytes) {
  const half = 2 ** (8 * bytes - 1);
  const q = Math.max(-half, Math.min(half - 1, Math.round(v * half)));
  b.writeIntLE(q, at, bytes);
  return q / half;
}

// The file, and the mean of its channels as they are stored.
function wavOf(form, channels, rate, samples) {
  const stride = form.bytes * channels;
  const file = Buffer.alloc(44 + stride * samples.length);
  file.write('RIFF', 0);
  file.writeUInt32LE(file.length - 8, 4);
  file.write('WAVEfmt ', 8);
  file.writeUInt32LE(16, 16);
  file.writeUInt16LE(form.code, 20);
  file.writeUInt16LE(channels, 22);
  file.writeUInt32LE(rate, 24);
  file.writeUInt32LE(rate * stride, 28);
  file.writeUInt16LE(stride, 32);
  file.writeUInt16LE(8 * form.bytes, 34);
  file.write('data', 36);
  file.writeUInt32LE(stride * samples.length, 40);
  const mono = samples.map((values, i) =>
    values.reduce((sum, v, c) => sum + form.put(file, v, 44 + i * stride + c * form.bytes), 0) / channels);
  return { file, mono };
}

const dot = (a, b) => a.reduce((sum, v, i) => sum + v * b[i], 0);

function siSdr(reference, estimate, zeroMean) {
  const n = Math.min(reference.length, estimate.length);
  const centred = (x) => {
    const mean = zeroMean ? x.slice(0, n).reduce((sum, v) => sum + v, 0) / n : 0;
    return x.slice(0, n).map((v) => v - mean);
  };
  const s = centred(reference);
  const e = centred(estimate);
  const scale = dot(e, s) / dot(s, s);
  const target = s.map((v) => scale * v);
  const noise = target.map((v, i) => v - e[i]);
  // One that is constant has no likeness to anything: silence, which we say is -100.
  if (dot(s, s) === 0 || dot(e, e) === 0) return -100;
  return 10 * Math.log10(dot(target, target) / dot(noise, noise));
}

function calc(build, input) {
  return new Promise((resolve, reject) => {
    const child = spawn(join(build, 'bin/subnetctl'), ['calc', 'si_sdr'], { stdio: ['pipe', 'pipe', 'pipe'] });
    let out = '';
    let err = '';
    child.stdout.on('data', (data) => { out += data; });
    child.stderr.on('data', (data) => { err += data; });
    child.on('error', reject);
    child.on('close', (status) => (status === 0 ? resolve(JSON.parse(out).value) : reject(new Error(`${status}: ${err}`))));
    child.stdin.end(JSON.stringify(input));
  });
}

// A reference of a few tones, and an estimate of it: louder or softer, turned or not, noisy, off zero, a little shorter.
function pairOf(random) {
  const unit = () => random.u32() / 2 ** 31 - 1;
  const channels = 1 + random.below(3);
  const n = 200 + random.below(1500);
  const tones = random.list(3, () => ({ at: Math.abs(unit()) * 1.5, gain: unit() * 0.15 }));
  const [gain, offset] = [unit() * 0.5 || 0.25, unit() * 0.2];
  const amount = 0.3 * 10 ** (-4 * Math.abs(unit()));
  const clean = random.list(n, (i) => random.list(channels, (c) =>
    tones.reduce((sum, t) => sum + t.gain * Math.sin(t.at * i + c), 0.05)));
  const noisy = clean.slice(0, n - random.below(Math.floor(n / 20))).map((values) =>
    values.map((v) => gain * v + offset * 0.3 + amount * 0.1 * unit()));
  return { channels, clean, noisy, zeroMean: random.below(4) > 0 };
}

async function comparePairs(build, form, random, dir) {
  const rate = random.pick([8000, 16000, 22050, 48000]);
  let worst = 0;
  let [least, most] = [Infinity, -Infinity];
  for (let i = 0; i < PAIRS; i++) {
    const { channels, clean, noisy, zeroMean } = pairOf(random);
    const reference = wavOf(form, channels, rate, clean);
    const estimate = wavOf(form, channels, rate, noisy);
    const path = join(dir, 'reference.wav');
    writeFileSync(path, reference.file);
    const want = siSdr(reference.mono, estimate.mono, zeroMean);
    const got = await calc(build, {
      reference_wav: path,
      estimate_wav: estimate.file.toString('base64'),
      ...(zeroMean ? {} : { zero_mean: false }),
    });
    assert.ok(Math.abs(got - want) <= NEAR, `pair ${i}: ${got}, not ${want}`);
    worst = Math.max(worst, Math.abs(got - want));
    [least, most] = [Math.min(least, want), Math.max(most, want)];
  }
  return `${PAIRS} pairs, ${least.toFixed(1)} to ${most.toFixed(1)} dB, off by ${worst.toExponential(1)} at most`;
}

export function soundTests(build) {
  for (const [i, [name, form]] of Object.entries(forms).entries()) {
    test(`SI-SDR of ${name} is the paper's`, async () => {
      const dir = mkdtempSync(join(tmpdir(), 'sound-'));
      try {
        return await comparePairs(build, form, randomOf(1000 + i), dir);
      } finally {
        rmSync(dir, { recursive: true });
      }
    });
  }
}
