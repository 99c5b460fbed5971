import { isParlorError } from '@parlor/sdk-client';
import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { errorText } from '../lib/errorText.js';
import { useCall, useCallState } from '../state/context.js';
import { Brand } from '../ui/Brand.js';

/** After the call: why it is over, and the way back. */
export const LeftPage = (): JSX.Element => {
  const call = useCall();
  const { endedBecause, joining } = useCallState();
  const [failure, setFailure] = useState<string>();
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    heading.current?.focus();
  }, []);
  const rejoin = async () => {
    try {
      await call.rejoin();
    } catch (error) {
      setFailure(errorText(isParlorError(error) ? error.code : 'INTERNAL'));
    }
  };
  const home = () => {
    call.store.dispatch({ type: 'backToLobby' });
    void call.openDevices();
  };
  return (
    <main class="left">
      <Brand />
      <h1 ref={heading} tabIndex={-1}>
        {endedBecause === undefined ? 'You left the call' : 'The call ended for you'}
      </h1>
      {endedBecause !== undefined && <p data-testid="ended-because">{endedBecause}</p>}
      {failure !== undefined && (
        <p class="form-error" role="alert">
          {failure}
        </p>
      )}
      <div class="left-buttons">
        {call.isOpenRoom && (
          <button type="button" class="button primary" disabled={joining} onClick={() => void rejoin()}>
            {joining ? 'Joining…' : 'Rejoin'}
          </button>
        )}
        <button type="button" class={`button ${call.isOpenRoom ? 'quiet' : 'primary'}`} onClick={home}>
          Back to the start
        </button>
      </div>
    </main>
  );
};
