import { render } from 'preact';
import { App } from './App.js';
import { readPageParams } from './lib/pageParams.js';
import { startTheme } from './lib/theme.js';
import { Phone } from './phone/Phone.js';
import { Call } from './state/Call.js';
import './styles/index.css';

const root = document.getElementById('app');
if (!root) throw new Error('index.html has no #app element.');

startTheme();
const params = readPageParams(location.href);
const faults = params.faults ? (await import('./faults/openFaults.js')).openFaults() : undefined;
const platform = faults && { platform: faults.platform };
const call = new Call({ ...(params.topology && { topology: params.topology }), ...platform });
const phone = new Phone(call, { ...platform });
render(<App call={call} phone={phone} params={params} />, root);
faults?.show(call.room);
void call.openDevices();
