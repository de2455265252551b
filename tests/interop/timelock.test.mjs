// Timelock encryption, over noble's BLS12-381: what is encrypted there opens
// here, and the other way round, for a beacon of our own and for rounds that
// drand's quicknet has published.

import assert from 'node:assert/strict';
import { createCipheriv, createDecipheriv, createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { bls12_381 as bls } from '@noble/curves/bls12-381';
import { randomOf } from './random.mjs';
import { Skip, test } from './tap.mjs';

const MESSAGES = 20;
const DST = 'BLS_SIG_BLS12381G1_XMD:SHA-256_SSWU_RO_NUL_';
const ORDER = bls.fields.Fr.ORDER;
const QUICKNET = '83cf0f2896adee7eb8b5f01fcad3912212c437e0073e911fb90022d3e760183c8c4b450b6a0a6c3ac6a5776a2d106451' +
  '0d1fec758c921cc22b0e17e63aaf4bcb5ed66304de9cf809bd274ca73bab4af5a6e9c76a4bc09e76eae8991ef5ece45a';
const PULSES = [
  [1000, 'b44679b9a59af2ec876b1a6b1ad52ea9b1615fc3982b19576350f93447cb1125e342b73a8dd2bacbe47e4b6b63ed5e39'],
];

const G1 = bls.G1.ProjectivePoint;
const G2 = bls.G2.ProjectivePoint;
const sha256 = (...parts) => parts.reduce((hash, part) => hash.update(part), createHash('sha256')).digest();
const xor = (a, b) => Buffer.from(a.map((byte, i) => byte ^ b[i]));
const hexOf = (bytes) => `0x${Buffer.from(bytes).toString('hex')}`;
const bytesOf = (hex) => Buffer.from(hex.replace(/^0x/, ''), 'hex');
const scalar = (bytes) => BigInt(hexOf(bytes)) % ORDER;

function u64le(n) {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt(n));
  return bytes;
}

function pointOf(round) {
  const be = Buffer.alloc(8);
  be.writeBigUInt64BE(BigInt(round));
  return G1.fromAffine(bls.G1.hashToCurve(sha256(be), { DST }).toAffine());
}

// Twelve coefficients, lowest first, each little-endian.
function gtBytes(gt) {
  const parts = [];
  for (const c6 of [gt.c0, gt.c1]) {
    for (const c2 of [c6.c0, c6.c1, c6.c2]) {
      for (const c of [c2.c0, c2.c1]) parts.push(bytesOf(c.toString(16).padStart(96, '0')).reverse());
    }
  }
  return Buffer.concat(parts);
}

const exponent = (sigma, esk) => scalar(sha256(sigma, esk));
const counted = (bytes) => Buffer.concat([u64le(bytes.length), bytes]);

function seal(publicKey, round, { sigma, esk, nonce }, message) {
  const r = exponent(sigma, esk);
  const gt = bls.pairing(pointOf(round), G2.fromHex(publicKey).multiply(r));
  const cipher = createCipheriv('aes-256-gcm', esk, nonce);
  const ct = Buffer.concat([cipher.update(message), cipher.final(), cipher.getAuthTag()]);
  return Buffer.concat([
    G2.BASE.multiply(r).toRawBytes(true),
    counted(xor(sigma, sha256(gtBytes(gt)))),
    counted(xor(esk, sha256(sigma))),
    counted(Buffer.concat([counted(ct), counted(nonce)])),
    counted(Buffer.from('AES_GCM_')),
  ]);
}

function reader(bytes) {
  let at = 0;
  const take = (n) => {
    assert.ok(n <= bytes.length - at, 'the ciphertext breaks off');
    at += n;
    return bytes.subarray(at - n, at);
  };
  return {
    take,
    counted: () => take(Number(take(8).readBigUInt64LE())),
    isDone: () => at === bytes.length,
  };
}

function open(signature, sealed) {
  const r = reader(sealed);
  const u = Buffer.from(r.take(96));
  const v = r.counted();
  const w = r.counted();
  const body = reader(r.counted());
  const ct = body.counted();
  const nonce = body.counted();
  assert.equal(r.counted().toString(), 'AES_GCM_');
  assert.ok(r.isDone() && body.isDone());
  const sigma = xor(v, sha256(gtBytes(bls.pairing(G1.fromHex(signature), G2.fromHex(u)))));
  const esk = xor(w, sha256(sigma));
  assert.deepEqual(Buffer.from(G2.BASE.multiply(exponent(sigma, esk)).toRawBytes(true)), u);
  const decipher = createDecipheriv('aes-256-gcm', esk, nonce);
  decipher.setAuthTag(ct.subarray(-16));
  return Buffer.concat([decipher.update(ct.subarray(0, -16)), decipher.final()]);
}

const randomSecrets = (random) => ({ sigma: random.bytes(32), esk: random.bytes(32), nonce: random.bytes(12) });

async function bothWays(offline, random, publicKey, round, signature) {
  const message = random.bytes(random.pick([0, 1, 59, 1069, 4000]));
  const ours = await offline.ask('encrypt', { public: hexOf(publicKey), round, message: hexOf(message) });
  assert.equal(bytesOf(ours.hex).length, message.length + 244);
  assert.deepEqual(open(signature, bytesOf(ours.hex)), Buffer.from(message));
  const theirs = seal(publicKey, round, randomSecrets(random), message);
  const opened = await offline.ask('decrypt', { signature: hexOf(signature), hex: hexOf(theirs) });
  assert.equal(opened.message, hexOf(message));
  theirs[random.below(theirs.length)] ^= 1 + random.below(255);
  const spoilt = await offline.tryTo('decrypt', { signature: hexOf(signature), hex: hexOf(theirs) });
  assert.notEqual(spoilt.error, undefined);
}

async function ownBeacon(offline) {
  const random = randomOf(381);
  for (let i = 0; i < MESSAGES; i++) {
    const secret = random.bytes(32);
    const round = Number(random.bits(48)) + 1;
    const { public: key, signature } = await offline.ask('beacon', { secret: hexOf(secret), round });
    const publicKey = Buffer.from(G2.BASE.multiply(scalar(secret)).toRawBytes(true));
    assert.equal(key, hexOf(publicKey));
    assert.equal(signature, hexOf(pointOf(round).multiply(scalar(secret)).toRawBytes(true)));
    await bothWays(offline, random, publicKey, round, bytesOf(signature));
  }
  return `${MESSAGES} keys, signatures and messages each way`;
}

function recordedPulses() {
  const folder = process.env.CHAIN_DATA ?? '../shared/chain-data';
  try {
    const { drand_pulses: pulses } = JSON.parse(readFileSync(join(folder, 'golden_spec438.json')));
    return pulses.map(({ round, signature }) => [round, signature]);
  } catch (e) {
    if (process.env.CHAIN_DATA) throw e;
    return [];
  }
}

async function quicknet(offline) {
  const random = randomOf(1692803367);
  const pulses = [...PULSES, ...recordedPulses()];
  const publicKey = bytesOf(QUICKNET);
  for (const [round, signature] of pulses) {
    const left = bls.pairing(G1.fromHex(signature), G2.BASE);
    const right = bls.pairing(pointOf(round), G2.fromHex(publicKey));
    assert.ok(bls.fields.Fp12.eql(left, right), `round ${round}`);
    for (const [asked, valid] of [[round, true], [round + 1, false]]) {
      const pulse = { public: hexOf(publicKey), round: asked, signature: `0x${signature}` };
      assert.equal((await offline.ask('pulse', pulse)).valid, valid);
    }
    await bothWays(offline, random, publicKey, round, bytesOf(signature));
  }
  return `${pulses.length} published rounds`;
}

// Ciphertexts that a third implementation made, with the secrets it had.
async function vectors(offline) {
  const folder = process.env.CHAIN_DATA ?? '../shared/chain-data';
  let text;
  try {
    text = readFileSync(join(folder, 'tlock_vectors_blst.txt'), 'utf8');
  } catch (e) {
    if (process.env.CHAIN_DATA) throw e;
    throw new Skip('no chain data');
  }
  const sealed = [...text.matchAll(/^CT\d=([0-9a-f]+)$/gm)].map((m) => m[1]);
  const [[round, signature]] = PULSES;
  let opened = 0;
  for (const hex of sealed) {
    const ours = await offline.tryTo('decrypt', { signature: `0x${signature}`, hex: `0x${hex}` });
    let theirs = null;
    try {
      theirs = hexOf(open(bytesOf(signature), bytesOf(hex)));
    } catch { /* of another round */ }
    assert.equal(ours.message ?? null, theirs);
    opened += theirs !== null;
  }
  assert.ok(opened > 0);
  return `${sealed.length} ciphertexts, ${opened} of them of round ${round}`;
}

export function timelockTests(offline) {
  test('the pairing is the one of arkworks and blst', () => {
    const gt = bls.pairing(G1.BASE, G2.BASE);
    assert.equal(gt.c0.c0.c0.toString(16), '1250ebd871fc0a92a7b2d83168d0d727272d441befa15c503dd8e90ce98db3e7' +
      'b6d194f60839c508a84305aaca1789b6');
  });
  test('timelocks open both ways under beacons of our own', () => ownBeacon(offline));
  test('timelocks open both ways with signatures of quicknet', () => quicknet(offline));
  test('recorded timelocks open alike', () => vectors(offline));
}
