// Random inputs, the same at every run.

export function randomOf(seed) {
  let state = seed >>> 0;

  // mulberry32
  function u32() {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return (t ^ (t >>> 14)) >>> 0;
  }
  const below = (n) => u32() % n;
  const list = (n, make) => Array.from({ length: n }, (_, i) => make(i));
  const bytes = (n) => Uint8Array.from(list(n, () => below(256)));

  return {
    u32,
    below,
    list,
    bytes,
    hex: (n) => `0x${Buffer.from(bytes(n)).toString('hex')}`,
    pick: (from) => from[below(from.length)],
    // Of any width up to so many bits.
    bits(most) {
      let n = 0n;
      for (let have = below(most + 1); have > 0; have--) n = (n << 1n) | BigInt(below(2));
      return n;
    },
    u16s: (n) => list(n, () => below(65536)),
    // So many of 0..top-1, none twice, in order.
    distinct(n, top) {
      const chosen = new Set();
      while (chosen.size < n) chosen.add(below(top));
      return [...chosen].sort((a, b) => a - b);
    },
  };
}
