import { ForeignClient, type ForeignOptions } from './ForeignClient.js';

declare global {
  interface Window {
    client: ForeignClient;
    createClient(options: ForeignOptions): ForeignClient;
  }
}

window.createClient = (options) => (window.client = new ForeignClient(options));
