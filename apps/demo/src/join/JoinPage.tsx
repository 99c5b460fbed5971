import type { JSX } from 'preact';
import type { PageParams } from '../lib/pageParams.js';
import { Brand } from '../ui/Brand.js';
import { DeviceSelects } from '../ui/DeviceSelects.js';
import { ThemeButton } from '../ui/ThemeButton.js';
import { JoinForm } from './JoinForm.js';
import { Preview } from './Preview.js';

export const JoinPage = ({ params }: { params: PageParams }): JSX.Element => (
  <div class="join">
    <header class="join-head">
      <Brand />
      <ThemeButton />
    </header>
    <main class="join-main">
      <section class="join-devices" aria-label="Camera and microphone">
        <Preview />
        <DeviceSelects />
      </section>
      <section class="join-card" aria-labelledby="join-title">
        <h1 id="join-title">{params.room === undefined ? 'Start a call' : 'Join the call'}</h1>
        <p class="lead">Check how you look and sound, then walk in.</p>
        <JoinForm params={params} />
      </section>
    </main>
  </div>
);
