const ADJECTIVES = [
  'amber',
  'bright',
  'calm',
  'clever',
  'cosy',
  'golden',
  'gentle',
  'happy',
  'lucky',
  'mellow',
  'quiet',
  'silver',
  'sunny',
  'swift',
  'velvet',
  'warm',
];
const NOUNS = [
  'attic',
  'balcony',
  'cabin',
  'canyon',
  'garden',
  'harbor',
  'island',
  'lagoon',
  'lantern',
  'library',
  'meadow',
  'orchard',
  'river',
  'studio',
  'terrace',
  'willow',
];

const pick = (words: readonly string[], random: () => number): string =>
  words[Math.floor(random() * words.length)] ?? '';

/** A room name that is easy to say and hard to meet by chance, such as `sunny-harbor-417`. */
export const friendlyRoomName = (random: () => number = Math.random): string =>
  `${pick(ADJECTIVES, random)}-${pick(NOUNS, random)}-${String(100 + Math.floor(random() * 900))}`;
