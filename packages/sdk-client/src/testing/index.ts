export { createFakeDrivers, FakeDriver } from '../drivers/fake/FakeDriver.js';
export type * from '../drivers/MediaDriver.js';
export { meshDriver } from '../drivers/mesh/MeshDriver.js';
export { sfuDriver } from '../drivers/sfu/SfuDriver.js';
export type { ChannelFactory, ChannelOptions, SignalChannel } from '../signaling/SignalChannel.js';
export {
  contractInMemory,
  driverContract,
  type DriverContractCase,
  type DriverHarness,
  type DriverSide,
  type Heard,
} from './driverContract.js';
export { FakeDataChannel } from './FakeDataChannel.js';
export { FakeElementWatch } from './FakeElementWatch.js';
export { FakeClock, settle } from './FakeClock.js';
export { FakeMediaStream, FakeMediaStreamTrack, type FakeTrackInit } from './fakeMedia.js';
export { Faults, type SignallingFaults } from './faults/Faults.js';
export type { LineFaults } from './faults/FaultySocket.js';
export type { FrameFaults, MediaFaults } from './faults/mediaFaults.js';
export { FakeMediaDevices } from './FakeMediaDevices.js';
export { FakeNetwork, FakePeerConnection } from './FakePeerConnection.js';
export { FakePage, FakePlatform } from './FakePlatform.js';
export { MemoryCalls, type MemoryCall } from './MemoryCalls.js';
export { MemoryChannel } from './MemoryChannel.js';
export { MemoryRoom, type MemoryMedia, type MemoryPeer } from './MemoryRoom.js';
export { MemoryServer } from './MemoryServer.js';
export { sessionHarness } from './sessionHarness.js';
