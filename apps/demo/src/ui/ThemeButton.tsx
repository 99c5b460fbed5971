import type { JSX } from 'preact';
import { theme, toggleTheme } from '../lib/theme.js';
import { IconButton } from './IconButton.js';

export const ThemeButton = (): JSX.Element => {
  const dark = theme() === 'dark';
  return (
    <IconButton
      icon={dark ? 'sun' : 'moon'}
      label="Dark theme"
      hint={dark ? 'Use the light theme' : 'Use the dark theme'}
      pressed={dark}
      size="small"
      onClick={toggleTheme}
    />
  );
};
