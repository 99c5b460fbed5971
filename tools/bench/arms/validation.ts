import { ProtooRequests } from '../../../packages/protocol/src/index.js';
import { serveArm } from '../harness/serveArm.js';
import { videoParameters } from './media.js';

export interface ValidationMethods {
  /** Microseconds of CPU for each message: its text is read. */
  parse(data: Batches): number;
  /** The same: what was read is checked, right after that. */
  validate(data: Batches): number;
  /** Length of a message, bytes. */
  size(): number;
}

/** Of messages that are read and checked together: as few as wait in a turn of a server's event loop. */
export interface Batches {
  batches: number;
  messages: number;
}

/** What a client sends to publish its camera. Each one has an id of its own, and cameras of one browser the same codecs. */
const request = (id: number) => ({
  request: true,
  id,
  method: 'produce',
  data: {
    transportId: `transport-${String(id)}`,
    kind: 'video',
    rtpParameters: videoParameters(id),
    appData: { source: 'camera' },
  },
});

type Message = ReturnType<typeof request>;

/** Does `first` and then `second` with each batch; microseconds of the second for each message. */
function timed<T>(
  { batches, messages }: Batches,
  first: (text: string) => T,
  second: (of: T) => void,
): number {
  let micros = 0;
  for (let batch = 0; batch < batches; batch++) {
    const all = Array.from({ length: messages }, (_, id) =>
      first(JSON.stringify(request(batch * messages + id))),
    );
    const before = process.cpuUsage();
    for (const one of all) second(one);
    const { user, system } = process.cpuUsage(before);
    micros += user + system;
  }
  return micros / (batches * messages);
}

const read = (text: string) => JSON.parse(text) as Message;

serveArm<ValidationMethods>(
  {
    parse: (data) => timed(data, (text) => text, read),
    validate: (data) =>
      timed(data, read, (message) => {
        ProtooRequests.produce.parse(message.data);
      }),
    size: () => JSON.stringify(request(0)).length,
  },
  () => {},
);
