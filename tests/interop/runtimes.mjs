// The metadata to compare on: the development chain's, and every recorded
// blob of CHAIN_DATA.

import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Metadata, TypeRegistry, expandMetadata } from '@polkadot/types';

const V15 = '0x0f000000';

function recorded() {
  const folder = process.env.CHAIN_DATA ?? '../shared/chain-data';
  try {
    return readdirSync(folder)
      .filter((name) => name.endsWith('.scale'))
      .sort()
      .map((name) => ({ name, file: join(folder, name), isRecorded: true }));
  } catch (e) {
    if (process.env.CHAIN_DATA) throw e;
    return [];
  }
}

// [{name, file, isRecorded}], and what removes those that were made.
export async function findRuntimes(chain) {
  const folder = mkdtempSync(join(tmpdir(), 'interop-'));
  const v14 = Buffer.from((await chain.rpc('state_getMetadata')).slice(2), 'hex');
  const answer = await chain.rpc('state_call', 'Metadata_metadata_at_version', V15);
  // Some, and a compact length of four bytes, come before the blob.
  const v15 = Buffer.from(answer.slice(2), 'hex').subarray(5);
  const own = [[14, v14], [15, v15]].map(([version, blob]) => {
    const file = join(folder, `v${version}.scale`);
    assert.equal(blob[4], version);
    writeFileSync(file, blob);
    return { name: `the development chain's V${version}`, file };
  });
  return { runtimes: [...own, ...recorded()], remove: () => rmSync(folder, { recursive: true }) };
}

// One of them as polkadot.js has it: registry, tx and query.
export function readRuntime({ file }) {
  const registry = new TypeRegistry();
  const metadata = new Metadata(registry, `0x${readFileSync(file).toString('hex')}`);
  registry.setMetadata(metadata);
  return { registry, metadata, ...expandMetadata(registry, metadata) };
}
