import type { JSX } from 'preact';

export const Brand = (): JSX.Element => (
  <span class="brand">
    <svg width="26" height="26" viewBox="0 0 32 32" aria-hidden="true">
      <rect width="32" height="32" rx="9" fill="var(--accent)" />
      <path d="M8 13a5 5 0 0 1 5-5h6a5 5 0 0 1 0 10h-4l-4 4v-4.4A5 5 0 0 1 8 13Z" fill="#fff" />
      <circle cx="13.5" cy="13" r="1.5" fill="var(--accent)" />
      <circle cx="18.5" cy="13" r="1.5" fill="var(--accent)" />
    </svg>
    Parlor
  </span>
);
