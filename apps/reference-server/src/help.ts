import { envName, flagName, SETTINGS, type Setting } from './settings.js';

/** Where a setting comes from: its flag, if it has one, and its environment variable. */
const spellings = (setting: Setting): string => {
  const flag = `--${flagName(setting.name)}${setting.value ? ` <${setting.value}>` : ''}`;
  return setting.secret ? envName(setting.name) : `${flag}, ${envName(setting.name)}`;
};

export const HELP = `parlor-server: audio and video rooms

Usage
  parlor-server [settings]           runs the server
  parlor-server token [options]      prints a token for a client; "parlor-server token --help" tells more

Settings (flags go before the environment)
${SETTINGS.map((setting) => `  ${spellings(setting)}\n      ${setting.help} Default: ${setting.fallback}.`).join('\n')}
`;

/** The same as a table for the README. */
export const SETTINGS_TABLE = [
  '| environment | flag | default | |',
  '|---|---|---|---|',
  ...SETTINGS.map((setting: Setting) => {
    const flag = setting.secret ? '' : `\`--${flagName(setting.name)}\``;
    return `| \`${envName(setting.name)}\` | ${flag} | ${setting.fallback} | ${setting.help} |`;
  }),
].join('\n');
