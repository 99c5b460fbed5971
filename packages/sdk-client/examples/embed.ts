import { Room } from '@parlor/sdk-client';

/** Joins a room, shows everyone in `stage`, and sends camera and microphone. */
export async function embed(stage: HTMLElement, url: string, token: string): Promise<Room> {
  const room = new Room();
  room.on('trackSubscribed', (track) => stage.append(track.attach()));
  room.on('trackUnsubscribed', (track) => track.detach().forEach((element) => element.remove()));
  room.on('audioPlaybackStatusChanged', (playing) => {
    if (!playing) stage.addEventListener('click', () => void room.startAudio(), { once: true });
  });
  await room.connect(url, token, { room: 'standup' });
  await room.localParticipant.enableCameraAndMicrophone();
  return room;
}
