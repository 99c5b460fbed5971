export { launchFirefox } from '../../../../tools/testing/launchFirefox.js';
