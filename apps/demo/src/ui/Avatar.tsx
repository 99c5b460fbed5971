import type { JSX } from 'preact';
import { avatarColor, initials } from '../lib/identity.js';

/** Initials on a colour of their own, for somebody without a picture. */
export const Avatar = ({ id, name }: { id: string; name: string }): JSX.Element => (
  <span class="avatar" style={{ backgroundColor: avatarColor(id) }} aria-hidden="true">
    {initials(name)}
  </span>
);
