import { Room } from '@parlor/sdk-client';
import type { MeshPage, ServerAddress } from './types.js';

const SIZE = { width: 640, height: 360, frameRate: 30 };
const room = new Room({ topology: 'p2p', videoCaptureDefaults: { resolution: SIZE } });

const connect = ({ url, token }: ServerAddress) => room.connect(url, token, { room: 'mesh' });

const page: MeshPage = {
  async send(server) {
    await connect(server);
    await room.localParticipant.setCameraEnabled(true);
  },
  async watch(server) {
    const shown = new Promise<void>((resolve) => {
      room.on('trackSubscribed', (track) => {
        const element = track.attach();
        document.body.append(element);
        if (element instanceof HTMLVideoElement) {
          element.requestVideoFrameCallback(() => {
            resolve();
          });
        }
      });
    });
    await connect(server);
    await shown;
  },
};

Object.assign(window, { mesh: page });
