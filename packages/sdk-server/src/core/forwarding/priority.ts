/** What is known of one video for one receiver. */
export interface Standing {
  readonly isScreen: boolean;
  /** By the receiver. */
  readonly isPinned: boolean;
  readonly isSpeaking: boolean;
}

/**
 * Of video, as the media server takes it: once everybody has the least, who has more gets so many layers more before
 * the next gets any. The steps are larger than any number of layers, so the order is strict.
 */
export const PRIORITY = { screen: 255, pinned: 150, speaker: 60, other: 1 } as const;

export function priorityOf({ isScreen, isPinned, isSpeaking }: Standing): number {
  if (isScreen) return PRIORITY.screen;
  if (isPinned) return PRIORITY.pinned;
  return isSpeaking ? PRIORITY.speaker : PRIORITY.other;
}
