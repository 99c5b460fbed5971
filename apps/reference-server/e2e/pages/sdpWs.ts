import { SdpCallClient, type SdpCallOptions } from './SdpCallClient.js';

declare global {
  interface Window {
    call: SdpCallClient;
    createCall(options: SdpCallOptions): SdpCallClient;
  }
}

window.createCall = (options) => (window.call = new SdpCallClient(options));
