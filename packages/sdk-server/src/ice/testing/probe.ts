import { stunProbe } from '../stunProbe.js';
import { parseTurnUrl } from '../turnUrl.js';

const [url = ''] = process.argv.slice(2);
// The question alone does not keep the process alive.
const alive = setInterval(() => {}, 1000);
const roundTripMs = await stunProbe(parseTurnUrl(url), new AbortController().signal).finally(() => {
  clearInterval(alive);
});
process.stdout.write(`answered in ${roundTripMs.toFixed(2)} ms\n`);
