import { ends } from './ends.js';
import { media } from './media.js';
import { paths } from './paths.js';
import { people } from './people.js';
import { refusals } from './refusals.js';
import type { Scenario } from './steps.js';

/** What golden transcripts are recorded of. */
export const scenarios: Scenario[] = [...people, ...media, ...paths, ...refusals, ...ends];
