// node main.mjs BUILD_DIR: every view of the page, in every state, in Chromium. TAP on stdout.

import assert from 'node:assert/strict';
import { run, test as tapTest } from '../interop/tap.mjs';
import { DESK, PHONE, assertAccessible, launch, look, settled, shoot } from './browser.mjs';
import './format.mjs';
import { startServed } from './served.mjs';

// A browser may be slow where much else is going on.
const test = (what, body) => tapTest(what, body, 300000);

const VIEWS = ['', 'jobs', 'miners', 'weights', 'engagement', 'failures'];
const name = (view) => view || 'now';

const served = await startServed(process.argv[2]);
const { url, operator, client } = served;
const browser = await launch();

const api = async (path, key, init = {}) => {
  const response = await fetch(url + path, { ...init, headers: { ...(key ? { Authorization: `Bearer ${key}` } : {}), 'Content-Type': 'application/json' } });
  return { status: response.status, body: await response.json() };
};
const order = async (more = {}) => {
  const { status, body } = await api('/v1/jobs', client, { method: 'POST', body: JSON.stringify({ kind: 'text.translate', params: { text: 'good day', language: 'en', target_language: 'de' }, ...more }) });
  assert.equal(status, 202, JSON.stringify(body));
  return body.id;
};
// No miner takes it.
const unwanted = { kind: 'text.rhyme', params: { text: 'The river rose in the night, and nobody could find a word that goes with it.', language: 'en' } };
const text = (page) => page.locator('#view').innerText();

// -- nothing yet --------------------------------------------------------------

const EMPTY = { now: 'No jobs in the last fifteen minutes', jobs: 'There are no jobs yet', miners: 'No miners yet', weights: 'No weights yet', engagement: 'No gists are committed', failures: 'Nothing failed in the last seven days' };

for (const view of VIEWS) {
  test(`${name(view)}, empty: says that there is nothing, and when there will be`, async () => {
    const l = await look(browser, url);
    await l.go(view);
    assert.match(await text(l.page), new RegExp(EMPTY[name(view)]));
    await assertAccessible(l.page, `${name(view)}, empty`);
    await l.close();
  });
}

test('a job and a miner that are not there: said, with a way out', async () => {
  const l = await look(browser, url);
  for (const [view, says] of [['jobs/0190a0a0-0000-7000-8000-000000000001', 'no such job'], ['miners/5C4hrfjw9DjXZTzV3MwzrrAr9P1MJhSrvWGWqi1eSuyUpnhM', 'no such miner'], ['miners/100%', 'no SS58 address']]) {
    await l.go(view);
    assert.match(await text(l.page), new RegExp(says));
    await assertAccessible(l.page, view);
  }
  await l.close();
});

// -- loading, and going wrong -------------------------------------------------

for (const view of VIEWS) {
  test(`${name(view)}, loading and failing: bones, then what went wrong, then it works again`, async () => {
    const l = await look(browser, url);
    let answer;
    const held = new Promise((resolve) => { answer = resolve; });
    let how = 'hold';
    await l.page.route('**/v1/page/live**', (route) => route.abort());
    await l.page.route(new RegExp(`/v1/page/${name(view)}(\\?.*)?$`), async (route) => {
      if (how === 'hold') await held;
      if (how === 'good') return route.continue();
      return how === 'away' ? route.abort() : route.fulfill({ status: 503, contentType: 'application/problem+json', body: JSON.stringify({ status: 503, code: 'unavailable', detail: 'the database is away', request_id: 'r-1' }) });
    });
    await l.page.goto(`${url}/#/${view}`);
    await l.page.locator('.state.loading').first().waitFor();
    await assertAccessible(l.page, `${name(view)}, loading`);
    how = 'problem';
    answer();
    const alert = l.page.locator('.state.error');
    await alert.waitFor();
    assert.match(await alert.innerText(), /Not now[^]*the database is away[^]*r-1/);
    await assertAccessible(l.page, `${name(view)}, failing`);
    how = 'away';
    await alert.getByRole('button', { name: 'Try again' }).click();
    await l.page.getByText('The server does not answer').waitFor();
    how = 'good'; // and the page tries again by itself
    await l.page.locator('.state.error').waitFor({ state: 'detached' });
    await settled(l.page);
    assert.match(await text(l.page), new RegExp(EMPTY[name(view)]));
    await l.close();
  });
}

test('what fails again and again is said once: who is at its button stays there', async () => {
  const l = await look(browser, url);
  let n = 0;
  await l.page.route('**/v1/page/live**', (route) => route.abort());
  await l.page.route('**/v1/page/miners', (route) => { n += 1; return route.fulfill({ status: 503, contentType: 'application/problem+json', body: '{"detail":"the database is away"}' }); });
  await l.page.goto(`${url}/#/miners`);
  await l.page.getByRole('button', { name: 'Try again' }).focus();
  const before = n;
  while (n < before + 2) await l.page.waitForTimeout(200);
  await l.page.waitForTimeout(200);
  assert.equal(await l.page.evaluate(() => document.activeElement.innerText), 'Try again');
  await l.close();
});

test('a key whose role could not be told at first is that of an operator after all', async () => {
  const l = await look(browser, url, { key: operator });
  let isAway = true;
  await l.page.route('**/v1/page/reader', (route) => (isAway ? route.fulfill({ status: 503, contentType: 'application/problem+json', body: '{}' }) : route.continue()));
  await l.go('');
  assert.equal(await l.page.locator('#key-button').innerText(), 'Key');
  isAway = false;
  await l.page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')));
  await l.page.locator('#key-button').getByText('operator').waitFor();
  await l.close();
});

test('what is typed stays when the kinds of jobs come', async () => {
  const l = await look(browser, url, { key: operator });
  let come;
  const held = new Promise((resolve) => { come = resolve; });
  await l.page.route('**/v1/kinds', async (route) => { await held; return route.continue(); });
  await l.go('jobs');
  await l.page.locator('input[type=search]').fill('5C4hr');
  come();
  await l.page.locator('option[value="text.translate"]').waitFor({ state: 'attached' });
  assert.equal(await l.page.locator('input[type=search]').inputValue(), '5C4hr');
  assert.equal(await l.page.evaluate(() => document.activeElement.type), 'search');
  await l.close();
});

// -- at work ------------------------------------------------------------------

test('the suite works: jobs, rounds, weights', () => served.fill());

const looks = [['desk', { size: DESK }], ['dark', { size: DESK, dark: true }], ['phone', { size: PHONE }]];
for (const [how, options] of looks) {
  for (const view of VIEWS) {
    test(`${name(view)}, ${how}: whole, accessible, nothing wrong in the browser`, async () => {
      const l = await look(browser, url, { key: operator, ...options });
      await l.go(view);
      await l.page.locator('#view table tbody tr').first().waitFor();
      await l.page.locator('.live.on').waitFor();
      await shoot(l.page, how === 'desk' ? name(view) : `${name(view)}-${how}`);
      const minor = await assertAccessible(l.page, `${name(view)}, ${how}`);
      await l.close();
      return `${minor} minor findings`;
    });
  }
}

test('one job: its life, its attempts and its receipt', async () => {
  const { body } = await api('/v1/page/jobs?state=done&kind=text.translate&limit=100', operator);
  const took = (j) => Date.parse(j.finished_at) - Date.parse(j.created_at);
  const { id } = body.jobs.sort((a, b) => b.attempts.length - a.attempts.length || took(b) - took(a))[0];
  for (const [how, options] of looks) {
    const l = await look(browser, url, { key: operator, ...options });
    await l.go(`jobs/${id}`);
    const said = await text(l.page);
    for (const part of ['Life', 'Attempts', 'Why these miners', 'stake', 'drawn at a chance of', 'acme', 'Parameters']) assert.ok(said.includes(part), part);
    assert.ok(await l.page.locator('.life-part.miner').count() > 0);
    const terms = (await l.page.locator('.equation').first().locator('b').allInnerTexts()).slice(0, 4).map(Number);
    assert.ok(Math.abs(terms[0] * terms[1] * terms[2] - terms[3]) < 0.01 * terms[3], `stake × score × failures is not the weight: ${terms}`);
    await shoot(l.page, how === 'desk' ? 'job' : `job-${how}`);
    await assertAccessible(l.page, `job, ${how}`);
    await l.close();
  }
});

test('one miner: why this score, its share and its history', async () => {
  const { body } = await api('/v1/page/miners', operator);
  const best = body.miners.filter((m) => m.score > 0).sort((a, b) => b.score - a.score)[0];
  for (const [how, options] of looks) {
    const l = await look(browser, url, { key: operator, ...options });
    await l.go(`miners/${best.hotkey}`);
    const said = await text(l.page);
    for (const part of ['Why this score', 'Median', 'Score history', 'It was to be drawn', 'Counted in the round', 'Lately']) assert.ok(said.includes(part), part);
    await shoot(l.page, how === 'desk' ? 'miner' : `miner-${how}`);
    await assertAccessible(l.page, `miner, ${how}`);
    await l.close();
  }
});

test('what is shown is what the rows say', async () => {
  const l = await look(browser, url, { key: operator });
  // A round that comes meanwhile changes nothing here.
  await l.page.route('**/v1/page/live**', (route) => route.abort());
  const read = (path) => l.page.waitForResponse((r) => r.url() === url + path).then((r) => r.json());
  const [miners] = await Promise.all([read('/v1/page/miners'), l.go('miners')]);
  assert.equal(await l.page.locator('tbody tr').count(), miners.miners.length);
  const scores = await l.page.locator('tbody tr td:nth-child(5)').allInnerTexts();
  const sorted = miners.miners.map((m) => m.score ?? -1).sort((a, b) => b - a).map((s) => (s < 0 ? '–' : s.toFixed(3)));
  assert.deepEqual(scores, sorted);
  await l.page.getByRole('button', { name: 'uid' }).click();
  const uids = (await l.page.locator('tbody tr td:nth-child(1)').allInnerTexts()).map(Number);
  assert.deepEqual(uids, [...uids].sort((a, b) => a - b));
  assert.equal(await l.page.locator('th[aria-sort=ascending]').innerText().then((t) => t.trim()), 'uid ↑');
  const [weights] = await Promise.all([read('/v1/page/weights'), l.go('weights')]);
  assert.ok((await text(l.page)).includes(weights.proofs[0].proven_hash));
  await l.close();
  const { body: shares } = await api('/v1/page/shares');
  assert.ok(shares.receipts > 50, shares.receipts);
  assert.equal(shares.replayed, shares.receipts);
  assert.ok(Math.abs(shares.shares.reduce((sum, x) => sum + x.received_share, 0) - 1) < 1e-6);
  return `${miners.miners.length} miners, ${shares.receipts} receipts`;
});

test('lines are drawn, by uPlot if it was built in', async () => {
  const l = await look(browser, url);
  await l.go('');
  const has = (await fetch(`${url}/page/uplot.js`)).status === 200;
  await l.page.locator(has ? '.drawing canvas' : '.drawing svg').first().waitFor();
  await l.close();
  return has ? 'uPlot' : 'plain';
});

test('without uPlot lines are drawn all the same', async () => {
  const l = await look(browser, url);
  await l.page.route('**/page/uplot.js', (route) => route.abort());
  await l.go('');
  await l.page.locator('.drawing svg polyline').first().waitFor();
  await l.close();
});

// -- live ---------------------------------------------------------------------

test('live: a job that is ordered shows by itself, and changes', async () => {
  const l = await look(browser, url, { key: operator });
  await l.go('jobs');
  await l.page.locator('.live.on').waitFor();
  const id = await order();
  const row = l.page.locator(`tr[data-row="${id}"]`);
  await row.waitFor();
  await row.getByText('done').first().waitFor();
  await l.close();
});

test('live: one job that is looked at changes while it is', async () => {
  const id = await order({ ...unwanted, deadline_ms: 20000 });
  const l = await look(browser, url, { key: operator });
  await l.go(`jobs/${id}`);
  await l.page.locator('.head .chip').getByText('queued').waitFor();
  await l.page.locator('.head .chip').getByText('expired').waitFor();
  await l.close();
});

test('live: figures move, and when the stream breaks that is said and mended', async () => {
  const l = await look(browser, url);
  let broken = false;
  await l.page.route('**/v1/page/live**', (route) => (broken ? route.abort() : route.continue()));
  await l.go('');
  await l.page.locator('.live.on').waitFor();
  const accepted = l.page.locator('tbody tr', { hasText: 'text.translate' }).locator('td:nth-child(4)');
  const before = Number(await accepted.innerText());
  await order();
  await l.page.waitForFunction(([n]) => [...document.querySelectorAll('tbody tr')].some((r) => r.innerText.includes('text.translate') && Number(r.cells[3].innerText) > n), [before]);
  broken = true;
  await l.page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')));
  await l.page.locator('.live.off').waitFor();
  broken = false;
  await l.page.locator('.live.on').waitFor();
  await l.close();
});

test('without a stream figures move all the same', async () => {
  const l = await look(browser, url);
  await l.page.route('**/v1/page/live**', (route) => route.abort());
  await l.go('');
  const accepted = l.page.locator('tbody tr', { hasText: 'text.translate' }).locator('td:nth-child(4)');
  const before = Number(await accepted.innerText());
  await order();
  await l.page.waitForFunction(([n]) => [...document.querySelectorAll('tbody tr')].some((r) => r.innerText.includes('text.translate') && Number(r.cells[3].innerText) > n), [before]);
  await l.close();
});

test('figures that do not come while the stream is there are said to be older', async () => {
  const l = await look(browser, url);
  let isAway = false;
  await l.page.route('**/v1/page/live**', (route) => route.fulfill({ contentType: 'text/event-stream', body: 'event: away\ndata: {}\n\n' }));
  await l.page.route('**/v1/page/now', (route) => (isAway ? route.fulfill({ status: 503, contentType: 'application/problem+json', body: '{"detail":"the database is away"}' }) : route.continue()));
  await l.go('');
  isAway = true;
  await l.page.locator('.banner').getByText('the database is away').waitFor();
  isAway = false;
  await l.page.locator('.banner').waitFor({ state: 'detached' });
  await l.close();
});

// -- who is shown what, and may do what ---------------------------------------

test('the public sees no tenant, no plan and nothing to press', async () => {
  const l = await look(browser, url);
  for (const view of VIEWS) {
    await l.go(view);
    const said = await text(l.page);
    assert.ok(!said.includes('acme'), view);
    assert.equal(await l.page.getByRole('button', { name: /Redrive|Cancel/ }).count(), 0, view);
  }
  await l.go('weights');
  assert.match(await text(l.page), /until then it is nobody's to copy/);
  await l.close();
});

test('a key is given, looked at, kept for the tab, and forgotten', async () => {
  const l = await look(browser, url);
  await l.go('failures');
  await l.page.locator('#key-button').click();
  await assertAccessible(l.page, 'the dialog of the key');
  await l.page.getByLabel('Key', { exact: true }).fill('snk_nonsense');
  await l.page.getByRole('button', { name: 'Use it' }).click();
  await l.page.locator('#dialog [role=alert]').getByText('that is no API key').waitFor();
  await l.page.getByLabel('Key', { exact: true }).fill(operator);
  await l.page.getByRole('button', { name: 'Use it' }).click();
  await l.page.getByRole('button', { name: /Redrive/ }).first().waitFor();
  assert.equal(await l.page.locator('#key-button').innerText(), 'operator');
  await l.page.reload();
  await l.page.getByRole('button', { name: /Redrive/ }).first().waitFor();
  await l.page.locator('#key-button').click();
  await l.page.getByRole('button', { name: 'Forget it' }).click();
  await l.page.getByRole('button', { name: /Redrive/ }).first().waitFor({ state: 'detached' });
  await l.close();
});

test('where the browser keeps nothing the page works all the same', async () => {
  const l = await look(browser, url);
  await l.page.addInitScript(() => {
    for (const where of ['localStorage', 'sessionStorage']) Object.defineProperty(window, where, { get() { throw new DOMException('denied', 'SecurityError'); } });
  });
  await l.go('');
  await l.page.keyboard.press('t');
  assert.equal(await l.page.evaluate(() => document.documentElement.dataset.theme), 'light');
  await l.page.locator('#key-button').click();
  await l.page.getByLabel('Key', { exact: true }).fill(operator);
  await l.page.getByRole('button', { name: 'Use it' }).click();
  await l.page.locator('#key-button').getByText('operator').waitFor();
  await l.close();
});

test('an operator redrives a group of failures, after being asked', async () => {
  const l = await look(browser, url, { key: operator, size: PHONE });
  await l.go('failures');
  const box = await l.page.locator('tbody').getByRole('button', { name: /Redrive/ }).first().boundingBox();
  assert.ok(box.x >= 0 && box.x + box.width <= PHONE.width, JSON.stringify(box));
  const row = l.page.locator('tbody tr', { hasText: 'text.rhyme' }).first();
  const jobs = async () => (await api('/v1/page/jobs?kind=text.rhyme&limit=100', operator)).body.jobs.length;
  const before = await jobs();
  await row.getByRole('button', { name: /Redrive/ }).click();
  await l.page.locator('#dialog').getByRole('button', { name: 'No' }).click();
  assert.equal(await jobs(), before);
  await row.getByRole('button', { name: /Redrive/ }).click();
  await l.page.locator('#dialog').getByRole('button', { name: 'Redrive them' }).click();
  await l.page.locator('.toast').getByText('queued once more').waitFor();
  assert.ok(await jobs() > before);
  await l.close();
  return `${await jobs() - before} jobs`;
});

test('an operator cancels a job', async () => {
  const id = await order(unwanted);
  const l = await look(browser, url, { key: operator });
  await l.go(`jobs/${id}`);
  await l.page.getByRole('button', { name: 'Cancel' }).click();
  await l.page.locator('#dialog').getByRole('button', { name: 'Cancel the job' }).click();
  await l.page.locator('.head .chip').getByText('cancelled').waitFor();
  await l.close();
});

test('what clients write is text, whatever it is', async () => {
  const evil = '<img src=x onerror="alert(1)"><script>alert(2)</script>';
  const id = await order({ params: { text: evil, language: 'en', target_language: 'de' } });
  const l = await look(browser, url, { key: operator });
  await l.go(`jobs/${id}`);
  await l.page.getByText('Parameters').click();
  await l.page.locator('pre.json').getByText('onerror').waitFor();
  assert.equal(await l.page.locator('#view img, #view script').count(), 0);
  await l.close();
});

test('an answer that is cut short is none', async () => {
  const l = await look(browser, url);
  await l.go('');
  const status = await l.page.evaluate(async () => {
    const { ask } = await import('/page/api.js');
    window.fetch = async () => new Response(new ReadableStream({ start: (c) => { c.enqueue(new TextEncoder().encode('{')); c.error(new TypeError('network error')); } }));
    return ask('/v1/page/now').catch((error) => error.status);
  });
  assert.equal(status, 0);
  await l.close();
});

// -- by keyboard --------------------------------------------------------------

test('everything is reached by the keyboard', async () => {
  const l = await look(browser, url);
  const at = () => l.page.evaluate(() => location.hash);
  const becomes = (hash) => l.page.waitForFunction((wanted) => location.hash.startsWith(wanted), hash);
  await l.go('');
  for (const [key, hash] of [['j', '#/jobs'], ['m', '#/miners'], ['w', '#/weights'], ['e', '#/engagement'], ['f', '#/failures'], ['n', '#/']]) {
    await l.page.keyboard.press('g');
    await l.page.keyboard.press(key);
    await becomes(hash);
  }
  await l.go('miners');
  await l.page.locator('tbody tr').first().waitFor();
  await l.page.locator('.skip').focus();
  await l.page.keyboard.press('Enter');
  await l.page.waitForFunction(() => document.activeElement.id === 'view');
  assert.equal(await at(), '#/miners');
  await l.page.keyboard.press('/');
  await l.page.keyboard.type((await l.page.locator('tbody tr a').first().getAttribute('title')).slice(0, 12));
  await l.page.waitForFunction(() => document.querySelectorAll('tbody tr').length === 1);
  await l.page.keyboard.press('Escape');
  await l.page.keyboard.press('j');
  await l.page.keyboard.press('Enter');
  await becomes('#/miners/5');
  await l.page.keyboard.press('u');
  await l.page.waitForFunction(() => location.hash === '#/miners');
  await l.page.keyboard.press('?');
  await l.page.locator('#dialog[open]').waitFor();
  await assertAccessible(l.page, 'the keys');
  await l.page.keyboard.press('Escape');
  await l.page.locator('#dialog[open]').waitFor({ state: 'detached' });
  await l.page.keyboard.press('t');
  assert.equal(await l.page.evaluate(() => document.documentElement.dataset.theme), 'light');
  await l.page.keyboard.press('t');
  assert.equal(await l.page.evaluate(() => document.documentElement.dataset.theme), 'dark');
  assert.ok((await at()).startsWith('#/miners'));
  await l.close();
});

test('the row that the keyboard is at is not covered', async () => {
  for (const size of [DESK, PHONE]) {
    const l = await look(browser, url, { size });
    await l.go('jobs');
    await l.page.locator('tbody tr').nth(40).waitFor();
    const isSeen = () => l.page.evaluate(() => {
      const { left, top, bottom } = document.activeElement.getBoundingClientRect();
      return document.activeElement.contains(document.elementFromPoint(left + 3, (top + bottom) / 2));
    });
    for (const key of ['j', 'k']) {
      for (let i = 0; i < 40; i += 1) {
        await l.page.keyboard.press(key);
        assert.ok(await isSeen(), `${key} ${i}`);
      }
    }
    await l.close();
  }
});

const failed = await run();
await browser.close();
const status = await served.stop();
process.exit(failed > 0 || status !== 0 ? 1 : 0);
