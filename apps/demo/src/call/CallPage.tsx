import type { JSX } from 'preact';
import { useCallState } from '../state/context.js';
import { AudioSinks } from './AudioSinks.js';
import { Banners } from './Banners.js';
import { ChatPanel } from './ChatPanel.js';
import { ControlBar } from './ControlBar.js';
import { DevicesDialog } from './DevicesDialog.js';
import { HelpDialog } from './HelpDialog.js';
import { PeoplePanel } from './PeoplePanel.js';
import { Stage } from './Stage.js';
import { TopBar } from './TopBar.js';
import { useShortcuts } from './useShortcuts.js';

export const CallPage = (): JSX.Element => {
  const { panel, dialog } = useCallState();
  useShortcuts();
  return (
    <div class="call">
      <TopBar />
      <div class="call-body">
        <main class="stage" aria-label="Call">
          <Banners />
          <Stage />
        </main>
        {panel === 'chat' && <ChatPanel />}
        {panel === 'people' && <PeoplePanel />}
      </div>
      <ControlBar />
      <AudioSinks />
      {dialog === 'devices' && <DevicesDialog />}
      {dialog === 'help' && <HelpDialog />}
    </div>
  );
};
