// Addresses, mnemonics, derivation and signatures, over random inputs. The
// phrases are new at every run; what fails says which it was.

import assert from 'node:assert/strict';
import { Keyring } from '@polkadot/keyring';
import { stringToU8a, u8aToHex } from '@polkadot/util';
import { decodeAddress, encodeAddress, mnemonicGenerate, mnemonicValidate, sr25519Verify } from '@polkadot/util-crypto';
import { randomOf } from './random.mjs';
import { test } from './tap.mjs';

const ADDRESSES = 1000;
const URIS = 300;
const LETTERS = 'abcdefghijklmnopqrstuvwxyz0123456789ABCXYZ-_.:%&?éß世';

const isReserved = (prefix) => prefix === 46 || prefix === 47;

async function addresses(offline) {
  const random = randomOf(58);
  let spoilt = 0;
  for (let i = 0; i < ADDRESSES; i++) {
    const key = random.hex(32);
    const prefix = random.pick([42, random.below(64), random.below(16384)]);
    if (isReserved(prefix)) continue;
    const { address } = await offline.ask('ss58', { key, prefix });
    assert.equal(address, encodeAddress(key, prefix));
    assert.equal(u8aToHex(decodeAddress(address, false, prefix)), key);
    assert.deepEqual(await offline.ask('account', { address }), { prefix, key });
    const at = random.below(address.length);
    const letter = random.pick('123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz0OIl');
    const other = address.slice(0, at) + letter + address.slice(at + 1);
    if (other === address) continue;
    const ours = await offline.tryTo('account', { address: other });
    let theirs = null;
    try {
      theirs = u8aToHex(decodeAddress(other, false));
    } catch { /* no address */ }
    assert.equal(ours.key ?? null, theirs);
    spoilt += theirs === null;
  }
  return `${ADDRESSES} addresses, ${spoilt} spoilt ones refused by both`;
}

function randomPath(random) {
  const junction = () => {
    if (random.below(3) === 0) return random.bits(64).toString();
    return random.list(1 + random.below(40), () => random.pick([...LETTERS])).join('');
  };
  return random.list(random.below(5), () => random.pick(['/', '//']) + junction()).join('');
}

// A phrase of any length, a seed, or nothing for the development phrase.
function randomUri(random) {
  const words = random.pick([12, 15, 18, 21, 24]);
  const root = random.pick([mnemonicGenerate(words), random.hex(32), mnemonicGenerate(words)]);
  const password = random.below(3) === 0 ? `///${random.pick(['secret', 'a b', 'ß/世', '//'])}` : '';
  return `${root}${randomPath(random)}${password}`;
}

async function uris(offline) {
  const random = randomOf(39);
  const keyring = new Keyring({ type: 'sr25519', ss58Format: 42 });
  for (let i = 0; i < URIS; i++) {
    const suri = i < 100 ? `//Alice${randomPath(random)}` : randomUri(random);
    const message = random.hex(random.below(600));
    const pair = keyring.addFromUri(suri);
    const ours = await offline.ask('sign', { suri, message });
    assert.equal(ours.public, u8aToHex(pair.publicKey), suri);
    assert.equal(sr25519Verify(message, ours.signature, pair.publicKey), true);
    const signature = u8aToHex(pair.sign(message));
    assert.equal((await offline.ask('verify', { public: ours.public, message, signature })).valid, true);
    const spoilt = await offline.ask('verify', { public: ours.public, message: `${message}00`, signature });
    assert.equal(spoilt.valid, false);
  }
  return `${URIS} URIs, ${URIS} signatures each way`;
}

// One word of a phrase is another: one in sixteen is a phrase all the same.
async function phrases(offline) {
  const random = randomOf(2048);
  const words = random.list(40, () => mnemonicGenerate(12).split(' ')).flat();
  let valid = 0;
  const tries = 200;
  for (let i = 0; i < tries; i++) {
    const phrase = mnemonicGenerate(random.pick([12, 15, 18, 21, 24])).split(' ');
    phrase[random.below(phrase.length)] = random.pick(words);
    const suri = phrase.join(' ');
    const ours = await offline.tryTo('sign', { suri, message: u8aToHex(stringToU8a('m')) });
    assert.equal(ours.error === undefined, mnemonicValidate(suri), suri);
    valid += ours.error === undefined;
  }
  return `${tries} phrases with a word changed, ${valid} of them valid to both`;
}

export function keyTests(offline) {
  test('addresses agree', () => addresses(offline));
  test('keys of secret URIs agree, signatures verify both ways', () => uris(offline));
  test('what is a mnemonic and what is not', () => phrases(offline));
}
