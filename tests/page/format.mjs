// Numbers, times and names as the page writes them (orchestrator/page/format.js), which needs no browser.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from '../interop/tap.mjs';

const source = readFileSync(new URL('../../orchestrator/page/format.js', import.meta.url), 'utf8');
const f = await import(`data:text/javascript,${encodeURIComponent(source)}`);

function says(what, cases) {
  test(`${what} is written as people read it`, () => {
    for (const [given, wanted] of cases) assert.equal(f[what](...[given].flat()), wanted, JSON.stringify(given));
    return `${cases.length} cases`;
  });
}

says('ms', [[null, '–'], [undefined, '–'], [0, '0.0 ms'], [9.94, '9.9 ms'], [812.4, '812 ms'], [1000, '1.0 s'], [59999, '60 s'], [61000, '1 min 1 s'], [3600000, '1 h 0 min'], [90000000, '1 d 1 h']]);
says('count', [[null, '–'], [0, '0'], [1234567, '1,234,567'], [NaN, '–']]);
says('short', [[9999, '9,999'], [12345, '12.3K'], [1200000, '1.2M'], [null, '–']]);
says('percent', [[0, '0.0 %'], [0.12345, '12.3 %'], [[0.12345, 2], '12.35 %'], [null, '–']]);
says('rate', [[0, '0.00/s'], [9.999, '10.00/s'], [12.34, '12.3/s'], [123.4, '123/s'], [undefined, '–']]);
says('hotkey', [['5C4hrfjw9DjXZTzV3MwzrrAr9P1MJhSrvWGWqi1eSuyUpnhM', '5C4hrf…UpnhM'], ['short', 'short'], [null, '–']]);
says('isUuid', [['0190a0a0-0000-7000-8000-000000000001', true], ['0190A0A0-0000-7000-8000-000000000001', false], ['', false], ['0190a0a0', false]]);
says('isHotkey', [['5C4hrfjw9DjXZTzV3MwzrrAr9P1MJhSrvWGWqi1eSuyUpnhM', true], ['0C4hrfjw9DjXZTzV3MwzrrAr9P1MJhSrvWGWqi1eSuyUpnhM', false], ['', false]]);

test('how long ago is written as people say it', () => {
  const now = Date.parse('2026-01-02T00:00:00Z');
  for (const [at, wanted] of [[null, '–'], ['2026-01-02T00:00:00Z', 'now'], ['2026-01-01T23:59:20Z', '40 s ago'], ['2026-01-01T23:10:00Z', '50 min ago'], ['2026-01-01T02:00:00+02:00', '1 d ago'], ['2026-01-02T00:01:00Z', 'in 1 min 0 s']]) assert.equal(f.ago(at, now), wanted, at);
});
