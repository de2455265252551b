// The least of a test harness: tests run one after the other, TAP on stdout.
// What a test returns is said behind its name: how much it compared.

const tests = [];

const print = (line) => process.stdout.write(`${line}\n`);

export function test(name, body, limit_ms = 60000) {
  tests.push({ name, body, limit_ms });
}

// A test that cannot run here says why: throw new Skip('no chain data').
export class Skip extends Error {}

function within(ms, work, what) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what}: not within ${ms} ms`)), ms);
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}

export async function run() {
  let failed = 0;
  print(`1..${tests.length}`);
  for (const [i, { name, body, limit_ms }] of tests.entries()) {
    try {
      const said = await within(limit_ms, Promise.resolve().then(body), name);
      print(`ok ${i + 1} - ${name}${said === undefined ? '' : ` (${said})`}`);
    } catch (e) {
      if (e instanceof Skip) {
        print(`ok ${i + 1} - ${name} # SKIP ${e.message}`);
        continue;
      }
      failed++;
      print(`not ok ${i + 1} - ${name}`);
      for (const line of String(e.stack ?? e).split('\n').slice(0, 60)) print(`# ${line.slice(0, 200)}`);
    }
  }
  return failed;
}
