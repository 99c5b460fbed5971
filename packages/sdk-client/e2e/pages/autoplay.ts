import { Room } from '../../src/index.js';

/*
 * Watches the room that the address names (`?server=&room=`) and reports on the console: what a test evaluates in a
 * page counts as a user's gesture, which would lift the block that is tested.
 */

const address = new URL(location.href);
const room = new Room();
const button = document.createElement('button');
button.textContent = 'Start sound';
button.style.cssText = 'position: fixed; inset: 0; width: 100%; height: 100%';
document.body.append(button);

const report = (...words: unknown[]) => {
  console.log(words.join(' '));
};

room.on('audioPlaybackStatusChanged', (canPlay) => {
  report('can play', canPlay);
});
room.on('trackSubscribed', (track) => {
  const element = track.attach();
  document.body.append(element);
  element.addEventListener('playing', () => {
    report('playing', track.source);
  });
});
button.addEventListener('click', () => {
  room.startAudio().then(
    () => {
      report('started', room.canPlaybackAudio);
    },
    (error: unknown) => {
      report('failed', error);
    },
  );
});
void room.connect(String(address.searchParams.get('server')), undefined, {
  room: String(address.searchParams.get('room')),
});
