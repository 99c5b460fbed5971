import { CallClient } from './CallClient.js';

declare global {
  interface Window {
    caller: CallClient;
    createCaller(...args: ConstructorParameters<typeof CallClient>): void;
  }
}

window.createCaller = (...args) => {
  window.caller = new CallClient(...args);
};
