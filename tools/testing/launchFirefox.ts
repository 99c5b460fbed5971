import { firefox, type Browser } from '@playwright/test';

/** Debian's Firefox with fake devices, by WebDriver BiDi: it is the stock one, not Playwright's patched one. */
export const launchFirefox = (): Promise<Browser> =>
  firefox.launch({
    channel: 'moz-firefox',
    executablePath: process.env['PARLOR_FIREFOX'] ?? '/usr/bin/firefox-esr',
    headless: true,
    // Those of the configuration are for Chromium.
    args: [],
    firefoxUserPrefs: {
      'media.navigator.streams.fake': true,
      'media.navigator.permission.disabled': true,
      'media.autoplay.default': 0,
      // Names of mDNS need a resolver, which not every machine has.
      'media.peerconnection.ice.obfuscate_host_addresses': false,
      // Nothing is asked of Mozilla's servers.
      'services.settings.server': 'data:,',
    },
  });
