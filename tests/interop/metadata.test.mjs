// Our metadata reader against @polkadot/types: every pallet, call, storage
// entry and error of every blob must read the same.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Metadata, TypeRegistry } from '@polkadot/types';
import { startDevchain } from './devchain.mjs';
import { Skip, test } from './tap.mjs';

const V15 = '0x0f000000';

function variants(lookup, type, withArguments) {
  if (type === null) return [];
  const list = lookup.getSiType(type).def.asVariant.variants.map((v) => {
    const one = { name: v.name.toString(), index: v.index.toNumber() };
    if (withArguments) one.args = v.fields.map((f) => f.name.unwrapOr('').toString());
    return one;
  });
  return list.sort((a, b) => a.index - b.index);
}

function storage(pallet) {
  if (pallet.storage.isNone) return [];
  return pallet.storage.unwrap().items.map((item) => ({
    name: item.name.toString(),
    hashers: item.type.isMap ? item.type.asMap.hashers.map((h) => h.type) : [],
  }));
}

const typeOf = (option) => (option.isSome ? option.unwrap().type : null);

// What polkadot.js makes of a blob, in the form dump.c writes.
function theirs(blob) {
  const registry = new TypeRegistry();
  const metadata = new Metadata(registry, `0x${blob.toString('hex')}`);
  registry.setMetadata(metadata);
  const { lookup, pallets } = metadata.asLatest;
  return {
    pallets: pallets
      .map((p) => ({
        name: p.name.toString(),
        index: p.index.toNumber(),
        calls: variants(lookup, typeOf(p.calls), true),
        storage: storage(p),
        errors: variants(lookup, typeOf(p.errors), false),
      }))
      .sort((a, b) => a.index - b.index),
  };
}

function count(dump, what) {
  return dump.pallets.reduce((n, p) => n + p[what].length, 0);
}

function compare(build, file) {
  const ours = JSON.parse(
    execFileSync(`${build}/tests/interop/dump`, [file], { maxBuffer: 1 << 26 }),
  );
  const other = theirs(readFileSync(file));
  assert.ok(count(other, 'calls') > 0 && count(other, 'storage') > 0 && count(other, 'errors') > 0);
  assert.deepEqual(ours, other);
}

function chainDataTests(build) {
  const folder = process.env.CHAIN_DATA ?? '../shared/chain-data';
  let files;
  try {
    files = readdirSync(folder).filter((name) => name.endsWith('.scale'));
  } catch (e) {
    test('recorded metadata reads the same', () => {
      if (process.env.CHAIN_DATA) throw e;
      throw new Skip('no chain data');
    });
    return;
  }
  for (const name of files.sort()) {
    test(`recorded metadata reads the same: ${name}`, () => compare(build, join(folder, name)));
  }
}

export async function metadataTests(build) {
  test('the development chain\'s metadata reads the same, V14 and V15', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'interop-'));
    const chain = await startDevchain(build, ['--block-ms', '0']);
    try {
      const v14 = Buffer.from((await chain.rpc('state_getMetadata')).slice(2), 'hex');
      const answer = await chain.rpc('state_call', 'Metadata_metadata_at_version', V15);
      // Some, and a compact length of four bytes, come before the blob.
      const v15 = Buffer.from(answer.slice(2), 'hex').subarray(5);
      for (const [version, blob] of [[14, v14], [15, v15]]) {
        const file = join(folder, `v${version}.scale`);
        assert.equal(blob[4], version);
        writeFileSync(file, blob);
        compare(build, file);
      }
    } finally {
      rmSync(folder, { recursive: true });
      await chain.stop();
    }
  });
  chainDataTests(build);
}
