import { RestClient } from './rtcRest/RestClient.js';

declare global {
  interface Window {
    rest: RestClient;
    createRestClient(token: string): RestClient;
  }
}

window.createRestClient = (token) => (window.rest = new RestClient(token));
