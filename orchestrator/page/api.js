// Asking the API. The key, if there is one, is kept for this tab alone and sent in a header.

// What the browser keeps, in sessionStorage or localStorage; where it keeps nothing for us, until the page is left.
const here = new Map();

export const kept = (where) => ({
  get(name) {
    try { return window[where].getItem(name); } catch { return here.get(name); }
  },
  set(name, text) {
    try { window[where].setItem(name, text); } catch { here.set(name, text); }
  },
});

const STORE = 'subnetd.key';
const session = kept('sessionStorage');

export const key = {
  get: () => session.get(STORE) ?? '',
  set: (text) => session.set(STORE, text),
};

export function headers() {
  const text = key.get();
  return text ? { Authorization: `Bearer ${text}` } : {};
}

// What was answered instead: a problem of RFC 9457, or no answer at all (status 0).
export class Refusal extends Error {
  constructor(status, problem) {
    super(problem?.detail ?? (status ? `the answer is ${status}` : 'it may be starting again, or the way to it is cut'));
    this.status = status;
    this.code = problem?.code ?? (status ? 'unknown' : 'unreachable');
    this.requestId = problem?.request_id;
  }
}

export const refusalOf = async (response) => new Refusal(response.status, await response.json().catch(() => undefined));

// The way to the server may be cut before the answer, or in it.
export async function ask(path, { method = 'GET', signal } = {}) {
  try {
    const response = await fetch(path, { method, headers: headers(), signal, cache: 'no-store', credentials: 'omit' });
    if (!response.ok) throw await refusalOf(response);
    return await response.json();
  } catch (why) {
    throw why.name === 'TypeError' ? new Refusal(0) : why;
  }
}
