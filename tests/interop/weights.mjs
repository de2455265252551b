// Random weight vectors as the arguments of whatever weight calls a runtime
// has.

const CALLS = [
  'set_weights', 'set_mechanism_weights', 'commit_weights', 'commit_mechanism_weights', 'reveal_weights',
  'reveal_mechanism_weights', 'commit_timelocked_weights', 'commit_timelocked_mechanism_weights',
  'commit_crv3_weights', 'commit_crv3_mechanism_weights', 'batch_set_weights', 'batch_commit_weights',
  'batch_reveal_weights',
];

// Each argument by its name; an integer is a BigInt, bytes are hex.
function argument(name, random, vector, subnets) {
  const u16 = () => BigInt(random.below(65536));
  const u64 = () => random.bits(64);
  const salt = () => random.u16s(8).map(BigInt);
  switch (name) {
    case 'netuid': return u16();
    case 'mecid': return BigInt(random.below(256));
    case 'dests': case 'uids': return vector.uids;
    case 'values': return vector.values;
    case 'weights': return subnets > 0
      ? random.list(subnets, () => vector.uids.map((uid, i) => [uid, vector.values[i]])) : vector.values;
    case 'version_key': case 'reveal_round': return u64();
    case 'commit_reveal_version': return 4n;
    case 'salt': return salt();
    case 'commit_hash': return random.hex(32);
    case 'commit': return random.hex(random.below(1400));
    case 'netuids': return random.list(subnets, u16);
    case 'version_keys': return random.list(subnets, u64);
    case 'commit_hashes': return random.list(subnets, () => random.hex(32));
    case 'uids_list': return random.list(subnets, () => vector.uids);
    case 'values_list': return random.list(subnets, () => vector.values);
    case 'salts_list': return random.list(subnets, salt);
    default: throw new Error(`an argument we do not know: ${name}`);
  }
}

const camel = (name) => name.replace(/_([a-z0-9])/g, (_, c) => c.toUpperCase());

// The weight calls there are: {name, make, fields}.
export function weightCalls(tx) {
  return CALLS.filter((name) => tx.subtensorModule[camel(name)]).map((name) => {
    const make = tx.subtensorModule[camel(name)];
    return { name, make, fields: make.meta.fields.map((f) => f.name.unwrap().toString()) };
  });
}

export function randomCall(calls, random) {
  const n = random.pick([0, 1, 2, 8, 64, 256]);
  const vector = { uids: random.distinct(n, 1024).map(BigInt), values: random.u16s(n).map(BigInt) };
  const call = random.pick(calls);
  const subnets = call.name.startsWith('batch_set') || call.name.startsWith('batch_commit') ? 1 + random.below(3) : 0;
  const inner = call.fields.includes('uids_list') ? 1 + random.below(3) : subnets;
  const args = {};
  for (const field of call.fields) args[field] = argument(field, random, vector, inner);
  return { ...call, args };
}

// What is sent to us as JSON: integers beyond 2^53 are decimal texts.
export function asJson(value) {
  if (typeof value === 'bigint') return value <= BigInt(2 ** 53) ? Number(value) : value.toString();
  if (Array.isArray(value)) return value.map(asJson);
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, asJson(v)]));
  }
  return value;
}

// The same value in one form, whoever decoded it.
export function plain(value) {
  if (typeof value === 'number' || typeof value === 'bigint') return value.toString();
  if (typeof value === 'string') return value;
  if (typeof value.toBigInt === 'function') return value.toBigInt().toString();
  if (Array.isArray(value)) return [...value].map(plain);
  return value.toHex();
}
