import type { JSX } from 'preact';
import { useCallState } from '../state/context.js';
import { Avatar } from '../ui/Avatar.js';
import { Icon } from '../ui/Icon.js';
import { WayLine } from './MediaWay.js';
import { SidePanel } from './SidePanel.js';

export const PeoplePanel = (): JSX.Element => {
  const { people, speakers } = useCallState();
  return (
    <SidePanel title={`People (${String(people.length)})`}>
      <ul class="people">
        {people.map(({ id, name, isLocal, micOn, camera }) => (
          <li key={id} class={speakers.includes(id) ? 'speaking' : ''}>
            <Avatar id={id} name={name} />
            <span class="people-name">
              {name}
              {isLocal && <span class="muted"> (you)</span>}
            </span>
            <span
              class={micOn ? '' : 'is-off'}
              role="img"
              aria-label={micOn ? 'Microphone on' : 'Microphone off'}
            >
              <Icon name={micOn ? 'mic' : 'micOff'} size={18} />
            </span>
            <span class={camera ? '' : 'is-off'} role="img" aria-label={camera ? 'Camera on' : 'Camera off'}>
              <Icon name={camera ? 'camera' : 'cameraOff'} size={18} />
            </span>
          </li>
        ))}
      </ul>
      <WayLine />
    </SidePanel>
  );
};
