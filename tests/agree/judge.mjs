// node judge.mjs < pairs: what npm's packages make of pairs of texts, a JSON
// line in, a JSON line out. null where they refuse a pair.

import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';

const require = createRequire(new URL('../interop/package.json', import.meta.url));
const { distance } = require('fastest-levenshtein');
const rouge = require('js-rouge');

const words = (text) => text.split(/\s+/u).filter((word) => word !== '');

// Two lists of words as texts of a letter for each word.
function asLetters(a, b) {
  const numbers = new Map();
  const letter = (word) => {
    if (!numbers.has(word)) numbers.set(word, String.fromCharCode(0x100 + numbers.size));
    return numbers.get(word);
  };
  return [a.map(letter).join(''), b.map(letter).join('')];
}

function rate(a, b) {
  return a.length > 0 ? distance(a, b) / a.length : null;
}

// One sentence, its words parted by spaces. js-rouge throws at an empty text.
function rougeL(reference, hypothesis, beta) {
  const [a, b] = [words(reference), words(hypothesis)];
  if (a.length === 0 || b.length === 0) return null;
  const options = { beta, caseSensitive: true, segmenter: (text) => [text], tokenizer: words };
  return rouge.l(b.join(' '), a.join(' '), options);
}

for await (const line of createInterface({ input: process.stdin })) {
  const { reference, hypothesis, apart } = JSON.parse(line);
  const [a, b] = [words(reference), words(hypothesis)];
  process.stdout.write(`${JSON.stringify({
    wer: rate(...asLetters(a, b)),
    cer: rate(a.join(' '), b.join(' ')),
    rouge_l: rougeL(reference, hypothesis, 1),
    rouge_l_recall: rougeL(reference, hypothesis, 2),
    rouge_l_normalised: rougeL(apart[0], apart[1], 1),
  })}\n`);
}
