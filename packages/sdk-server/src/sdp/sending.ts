import type { MediaKind, RtpCapabilities } from '@parlor/protocol';
import type { Consumer, Producer } from '../core/types.js';
import { isParlorError } from '../errors.js';
import { receivableCodecs } from './codecs.js';
import { MAX_MEDIA_MID } from './incoming.js';
import type { MLine } from './mlines.js';
import type { SessionState, Turn } from './SessionState.js';
import { msidOf } from './streams.js';

/** Gives every wanted track a section of an offer, old ones first: sections are never taken away. */
export async function placeInOffer(turn: Turn): Promise<void> {
  const { state } = turn;
  const reserved = new Set<MLine>();
  const places = state.missing.map((producer) => {
    const free = state.lines.find((line) => !reserved.has(line) && canCarry(line, producer.kind));
    const line =
      free ??
      state.lines.add({
        media: producer.kind,
        mid: state.lines.newMid(),
        origin: 'server',
        clientReceives: true,
      });
    reserved.add(line);
    return { line, producer, isNew: !free };
  });
  const capabilities = receivable(state);
  await Promise.all(
    places.map(async ({ line, producer, isNew }) => {
      const placed = await place(line, producer, { ...turn, capabilities });
      if (!placed && isNew) state.lines.remove(line);
    }),
  );
}

/** A section of the server that is free again, or one that the client keeps for receiving alone. */
function canCarry(line: MLine, kind: MediaKind): boolean {
  if (line.media !== kind || line.rejected || line.slot || !line.clientReceives || hasOpenConsumer(line))
    return false;
  if (line.origin === 'server') return true;
  return line.producerKey === undefined && line.mid !== undefined && line.mid.length <= MAX_MEDIA_MID;
}

const hasOpenConsumer = ({ consumer }: MLine): boolean => consumer !== undefined && !consumer.closed;

async function place(
  line: MLine,
  producer: Producer,
  turn: Turn & { capabilities: RtpCapabilities },
): Promise<boolean> {
  const { state, change, capabilities, refused } = turn;
  let consumer: Consumer;
  try {
    const { mid = '' } = line;
    consumer = await state.port.consume({ producerId: producer.id, rtpCapabilities: capabilities, mid });
  } catch (error) {
    if (!isParlorError(error)) throw error;
    const { code, message } = error;
    // It has gone in the meantime.
    if (code === 'PRODUCER_NOT_FOUND') return false;
    if (code === 'NOT_JOINED' || code === 'TRANSPORT_NOT_FOUND') throw error;
    state.unplayable.add(producer.id);
    refused.push({ code, message, kind: producer.kind, producer });
    return false;
  }
  change.onUndo(() => {
    consumer.close();
  });
  const { codecs, headerExtensions = [] } = consumer.rtpParameters;
  const sendExtensions = headerExtensions.map(({ id, uri }) => ({ id, uri }));
  state.extensions.learn(sendExtensions);
  Object.assign(line, {
    // What stood in for codecs while nothing flowed: listed twice, a codec is taken once, and by the wrong number.
    ...(!line.producer && { recvCodecs: [], recvExtensions: [] }),
    consumer,
    msid: msidOf(producer),
    sendCodecs: codecs.map((codec) => state.payloadTypes.claim(canonical(state, codec)) ?? codec),
    sendExtensions,
  } satisfies Partial<MLine>);
  return true;
}

/** As the room has it: parameters differ from publisher to publisher, and one connection must see one codec. */
function canonical(state: SessionState, codec: MLine['sendCodecs'][number]): MLine['sendCodecs'][number] {
  const kind = codec.mimeType.startsWith('audio/') ? 'audio' : 'video';
  return codecsFor(state, kind).find(({ payloadType }) => payloadType === codec.payloadType) ?? codec;
}

const codecsFor = (state: SessionState, kind: MediaKind) =>
  receivableCodecs({
    kind,
    capabilities: state.capabilities,
    payloadTypes: state.payloadTypes,
    decodable: state.decodable(kind),
  });

/** What the client can be sent, and with which header extensions. */
function receivable(state: SessionState): RtpCapabilities {
  const kinds = ['audio', 'video'] satisfies MediaKind[];
  return {
    codecs: kinds.flatMap((kind) =>
      codecsFor(state, kind).map(({ payloadType, ...codec }) => ({
        ...codec,
        kind,
        preferredPayloadType: payloadType,
      })),
    ),
    headerExtensions: kinds.flatMap((kind) =>
      state.extensions.sendable(kind).map(({ id, uri }) => ({ kind, uri, preferredId: id })),
    ),
  };
}
