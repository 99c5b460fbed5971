import { CallPage } from './CallPage.js';

declare global {
  interface Window {
    call: CallPage;
  }
}

window.call = new CallPage();
