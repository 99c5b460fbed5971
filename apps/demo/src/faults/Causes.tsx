import type { JSX } from 'preact';
import type { FaultKit } from './FaultKit.js';
import type { FaultSettings } from './settings.js';
import { Slider } from './Slider.js';
import { Switch } from './Switch.js';

type Keys<V> = { [K in keyof FaultSettings]: FaultSettings[K] extends V ? K : never }[keyof FaultSettings];

const SHARE = { unit: '%', max: 100, step: 5 } as const;
const LATENESS = { unit: 'ms', max: 2000, step: 50 } as const;

/** What can be broken. */
export const Causes = ({ kit }: { kit: FaultKit }): JSX.Element => {
  const settings = kit.settings.value;
  const slider = (key: Keys<number>, label: string, unit: 'share' | 'lateness') => {
    const range = unit === 'share' ? SHARE : LATENESS;
    return {
      ...range,
      label,
      value: settings[key],
      onMove: (value: number) => {
        kit.set({ [key]: value });
      },
      onSet: (value: number) => {
        kit.note(`${label}: ${String(value)} ${range.unit}`);
      },
    };
  };
  const toggle = (key: Keys<boolean>, label: string) => ({
    label,
    on: settings[key],
    onToggle: (on: boolean) => {
      kit.note(`${label}: ${on ? 'on' : 'off'}`);
      kit.set({ [key]: on });
    },
  });
  const noMedia = { disabled: kit.mediaProblem !== undefined };
  return (
    <>
      <fieldset class="fault-group">
        <legend>Signalling</legend>
        <div class="fault-row">
          <button
            type="button"
            class="button quiet compact"
            onClick={() => {
              kit.cut();
            }}
          >
            Cut the socket
          </button>
          <span class="fault-hint">Once; it may connect again at once.</span>
        </div>
        <Switch {...toggle('serverDown', 'Server down')} hint="Sockets are cut, and none opens." />
        <Switch {...toggle('muted', 'Muted line')} hint="Sockets look open, and nothing passes." />
        <Slider {...slider('messagesLost', 'Messages lost', 'share')} />
        <Slider {...slider('messagesDoubled', 'Messages doubled', 'share')} />
        <Slider {...slider('messageDelay', 'Delay each way', 'lateness')} />
      </fieldset>
      <fieldset class="fault-group">
        <legend>Media</legend>
        {kit.mediaProblem !== undefined && <p class="notice">{kit.mediaProblem}</p>}
        <Slider {...slider('sentLost', 'Sent frames lost', 'share')} {...noMedia} />
        <Slider {...slider('sentLate', 'Sent frames late by', 'lateness')} {...noMedia} />
        <Slider {...slider('receivedLost', 'Received frames lost', 'share')} {...noMedia} />
        <Slider {...slider('receivedLate', 'Received frames late by', 'lateness')} {...noMedia} />
        <Switch
          {...toggle('iceFails', 'ICE fails')}
          {...noMedia}
          hint="Connections that begin or restart from now on find no way."
        />
      </fieldset>
      <p class="fault-note">
        To kill a media worker, restart the server or refuse a token, use{' '}
        <code>@parlor/sdk-server/testing</code>: only the server can do that.
      </p>
    </>
  );
};
