import type { JSX } from 'preact';
import { CallPage } from './call/CallPage.js';
import { JoinPage } from './join/JoinPage.js';
import { LeftPage } from './left/LeftPage.js';
import type { PageParams } from './lib/pageParams.js';
import { PhoneContext } from './phone/context.js';
import type { Phone } from './phone/Phone.js';
import { RingPanel } from './phone/RingPanel.js';
import type { Call } from './state/Call.js';
import { CallContext } from './state/context.js';
import { Announcer } from './ui/Announcer.js';
import { Toasts } from './ui/Toasts.js';

interface AppProps {
  readonly call: Call;
  readonly phone: Phone;
  readonly params: PageParams;
}

export const App = ({ call, phone, params }: AppProps): JSX.Element => {
  const { stage } = call.store.state.value;
  return (
    <CallContext.Provider value={call}>
      <PhoneContext.Provider value={phone}>
        {stage === 'lobby' && <JoinPage params={params} />}
        {stage === 'call' && <CallPage />}
        {stage === 'left' && <LeftPage />}
        <Toasts />
        <Announcer />
        <RingPanel />
      </PhoneContext.Provider>
    </CallContext.Provider>
  );
};
