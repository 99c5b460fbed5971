export {
  FakeBackend,
  FakeConsumer,
  FakeMediaRoom,
  FakeProducer,
  FakeTransport,
} from '../media/fake/FakeBackend.js';
export { Faults, type SignallingFaults } from './faults/Faults.js';
export type { LineFaults } from './faults/FaultyLine.js';
export { TestServer } from './faults/TestServer.js';
export { backendContract, type ContractCase } from './backendContract.js';
export { sampleAudio, sampleDtls, sampleVideo } from './rtpSamples.js';
export {
  adapterContract,
  type AdapterCase,
  type AdapterHost,
  type StartAdapterHost,
} from './adapterContract.js';
