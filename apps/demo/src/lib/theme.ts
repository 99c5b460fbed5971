import { signal } from '@preact/signals';
import { loadPreferences, savePreferences, type Theme } from './preferences.js';

const system = window.matchMedia('(prefers-color-scheme: dark)');
const chosen = signal(loadPreferences().theme);
const fromSystem = signal<Theme>(system.matches ? 'dark' : 'light');

export const theme = (): Theme => chosen.value ?? fromSystem.value;

const show = (): void => {
  document.documentElement.dataset['theme'] = theme();
};

export const startTheme = (): void => {
  system.addEventListener('change', ({ matches }) => {
    fromSystem.value = matches ? 'dark' : 'light';
    show();
  });
  show();
};

export const toggleTheme = (): void => {
  chosen.value = theme() === 'dark' ? 'light' : 'dark';
  savePreferences({ theme: chosen.value });
  show();
};
