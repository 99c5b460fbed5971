import type { RoomEvents } from '../types.js';
import type { DeviceManager } from './DeviceManager.js';
import type { Playback } from './Playback.js';

type Emit = <K extends keyof RoomEvents>(event: K, ...args: RoomEvents[K]) => void;

/** Brings what happens to devices and to sound to those who listen to the room. */
export function forwardDevices(devices: DeviceManager, playback: Playback, emit: Emit): void {
  devices
    .on('mediaDevicesError', (error, subject) => {
      emit('mediaDevicesError', error, subject);
    })
    .on('mediaDevicesChanged', (all) => {
      emit('mediaDevicesChanged', all);
    })
    .on('activeDeviceChanged', (kind, deviceId) => {
      emit('activeDeviceChanged', kind, deviceId);
    });
  playback.on('changed', (canPlay) => {
    emit('audioPlaybackStatusChanged', canPlay);
  });
}
