import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import type { Call } from './Call.js';
import type { CallState } from './callState.js';

export const CallContext = createContext<Call | undefined>(undefined);

export const useCall = (): Call => {
  const call = useContext(CallContext);
  if (!call) throw new Error('Render this inside <CallContext.Provider>.');
  return call;
};

/** The view state; a component that reads it is drawn again when it changes. */
export const useCallState = (): CallState => useCall().store.state.value;
