// What is loaded and drawn, and drawn again when it has changed: the states that every view has. While there is something
// to see it stays, and what went wrong since is said above it.

import { empty, h, put, skeleton } from './dom.js';

export function problem(error, again) {
  const needsKey = error.status === 401 || error.code === 'jobs_hidden';
  const title = { 401: 'An API key is needed', 403: 'This key may not see that', 404: 'There is no such thing', 503: 'Not now' }[error.status] ?? (error.status ? 'That did not work' : 'The server does not answer');
  return h('div', { class: 'state error', role: 'alert' },
    h('p', { class: 'state-title' }, needsKey ? 'An API key is needed' : title),
    h('p', { class: 'quiet' }, error.message, error.requestId ? ` (request ${error.requestId})` : ''),
    h('p', null,
      needsKey ? h('button', { type: 'button', class: 'primary', onclick: () => document.getElementById('key-button').click() }, 'Give a key') : null,
      h('button', { type: 'button', onclick: again }, 'Try again')));
}

const RETRY_MS = 5000;

// load(signal) gives the data, draw(data) the elements; isEmpty(data) and nothing() are for when there are none.
export function loader(place, { load, draw, isEmpty, nothing }) {
  const aborter = new AbortController();
  const banner = h('div');
  const body = h('div', { class: 'stack' });
  let has = false;
  let busy = false;
  let due = false;
  let drawn;
  let failed; // what is said of it
  let timer;
  place.append(banner, body);
  put(body, skeleton());

  // Nothing is drawn again while it is the same, or a reader has a part of it marked.
  function show(data) {
    const text = JSON.stringify(data);
    const marked = getSelection();
    put(banner);
    failed = undefined;
    if (has && (text === drawn || (marked.type === 'Range' && body.contains(marked.anchorNode)))) return;
    has = true;
    drawn = text;
    put(body, isEmpty?.(data) ? (nothing?.(data) ?? empty('Nothing here yet', '')) : draw(data));
  }

  function fail(error) {
    if (error.name === 'AbortError') return;
    if (!(error.status >= 0)) console.error(error);
    clearTimeout(timer);
    if (error.status === 0 || error.status >= 500) timer = setTimeout(refresh, RETRY_MS);
    if (has && error.status !== 401 && error.status !== 404) {
      const text = `What you see is older: ${error.message}.`;
      if (banner.textContent !== text) put(banner, h('p', { class: 'banner warn', role: 'status' }, text));
      return;
    }
    has = false;
    put(banner);
    if (failed === `${error.status} ${error.message}`) return; // it is there, and was read out
    failed = `${error.status} ${error.message}`;
    put(body, problem(error, again));
  }

  function again() {
    has = false;
    failed = undefined;
    put(body, skeleton());
    refresh();
  }

  async function refresh() {
    if (busy) { due = true; return; }
    busy = true;
    try {
      const data = await load(aborter.signal);
      if (!aborter.signal.aborted) show(data);
    } catch (error) {
      fail(error);
    }
    busy = false;
    if (due && !aborter.signal.aborted) { due = false; refresh(); }
  }

  refresh();
  return { refresh, stop: () => { clearTimeout(timer); aborter.abort(); } };
}
