// The stream of what happens, /v1/page/live. It is read by fetch, as EventSource cannot send a key. It comes back by
// itself, sooner or later by how often it failed, and is closed while nobody looks. While no figures come by it, "away"
// is told: whoever shows some asks for them.

import { headers, refusalOf } from './api.js';

const SILENT_MS = 9000;
const LONGEST_MS = 15000;

export class Live extends EventTarget {
  #job = '';
  #aborter;
  #timer;
  #watchdog;
  #failures = 0;
  state = 'connecting';

  start() {
    document.addEventListener('visibilitychange', () => this.again());
    this.again();
  }

  // The job whose changes are told, too.
  watch(job) {
    if (job === this.#job) return;
    this.#job = job;
    this.again();
  }

  again() {
    this.#close(document.hidden ? 'paused' : 'connecting');
    if (!document.hidden) this.#run();
  }

  #say(state, why) {
    this.state = state;
    this.dispatchEvent(new CustomEvent('state', { detail: { state, why } }));
  }

  #close(state) {
    clearTimeout(this.#timer);
    clearTimeout(this.#watchdog);
    this.#aborter?.abort();
    this.#aborter = undefined;
    this.#say(state);
  }

  #heard(aborter) {
    clearTimeout(this.#watchdog);
    this.#watchdog = setTimeout(() => aborter.abort(), SILENT_MS);
  }

  async #run() {
    const aborter = new AbortController();
    this.#aborter = aborter;
    let why;
    try {
      this.#heard(aborter);
      const path = `/v1/page/live${this.#job ? `?job=${this.#job}` : ''}`;
      const response = await fetch(path, { headers: headers(), signal: aborter.signal, cache: 'no-store', credentials: 'omit' });
      if (!response.ok) throw await refusalOf(response);
      await this.#read(response, aborter);
    } catch (error) {
      why = error;
    }
    if (this.#aborter !== aborter) return; // another has taken its place
    clearTimeout(this.#watchdog);
    this.#failures += 1;
    this.#say('lost', why);
    if (!(why?.status < 500)) this.dispatchEvent(new CustomEvent('away')); // else it is refused: so would they be
    const wait = Math.min(LONGEST_MS, 500 * 2 ** this.#failures) * (0.5 + Math.random() / 2);
    this.#timer = setTimeout(() => this.#run(), wait);
  }

  async #read(response, aborter) {
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    let text = '';
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return;
      this.#heard(aborter);
      text += value;
      const frames = text.split('\n\n');
      text = frames.pop();
      for (const frame of frames) this.#take(frame);
    }
  }

  #take(frame) {
    const fields = Object.fromEntries(frame.split('\n').filter((line) => line[0] !== ':').map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)]));
    if (this.state !== 'live' && this.#aborter) {
      this.#failures = 0;
      this.#say('live');
    }
    if (fields.event) this.dispatchEvent(new CustomEvent(fields.event, { detail: JSON.parse(fields.data) }));
  }
}
