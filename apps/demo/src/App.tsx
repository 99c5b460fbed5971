import type { JSX } from 'preact';
import { CallPage } from './call/CallPage.js';
import { JoinPage } from './join/JoinPage.js';
import { LeftPage } from './left/LeftPage.js';
import type { PageParams } from './lib/pageParams.js';
import type { Call } from './state/Call.js';
import { CallContext } from './state/context.js';
import { Announcer } from './ui/Announcer.js';
import { Toasts } from './ui/Toasts.js';

export const App = ({ call, params }: { call: Call; params: PageParams }): JSX.Element => {
  const { stage } = call.store.state.value;
  return (
    <CallContext.Provider value={call}>
      {stage === 'lobby' && <JoinPage params={params} />}
      {stage === 'call' && <CallPage />}
      {stage === 'left' && <LeftPage />}
      <Toasts />
      <Announcer />
    </CallContext.Provider>
  );
};
