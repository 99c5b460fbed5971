import { isParlorError, type ErrorCode } from '../errors.js';
import { chooseCodecs } from './codecs.js';
import { isReceiving, isSending, type SdpCodec, type Section } from './description.js';
import { producerKey, received } from './incoming.js';
import { kindOf, type MLine } from './mlines.js';
import { codecsOf } from './sections.js';
import type { Refusal, SessionState, Turn } from './SessionState.js';
import { appDataOf } from './streams.js';

/** Refusals of one track: the others of the same offer are none the worse for it. */
const OF_ONE_TRACK: ReadonlySet<ErrorCode> = new Set([
  'FORBIDDEN',
  'PUBLISH_REFUSED',
  'LIMIT_REACHED',
  'UNSUPPORTED_MEDIA',
  'ALREADY_SENT',
]);

/** Brings a section to what the client's offer says of it. @throws what producing throws */
export async function takeOffered(line: MLine, section: Section, turn: Turn): Promise<void> {
  const { state } = turn;
  line.clientReceives = isReceiving(section.direction);
  if (section.rejected || !kindOf(section)) {
    line.sctp = section.sctp !== undefined && state.port.info.sctpParameters !== undefined;
    line.rejected = !line.sctp;
    if (line.rejected) release(line, turn);
    // Before the client hears of it: what comes on streams that nobody listens to is lost.
    else if (section.sctp) await state.openData(section.sctp.maxMessageSize);
    return;
  }
  line.rejected = false;
  await takeSent(line, section, turn);
  checkConsumer(line, section, turn);
  if (codecsOf(line).some((codec) => isListed(codec, section))) return;
  // Nothing flows in it, but a section needs codecs.
  const codecs = choose(line, section, state);
  if (codecs) line.recvCodecs = codecs;
  else line.rejected = true;
}

/** What the client sends in a section, or no longer sends. @throws what producing throws */
export async function takeSent(line: MLine, section: Section, turn: Turn): Promise<void> {
  if (isSending(section.direction)) await produce(line, section, turn);
  else stopReceiving(line, turn);
}

/** Ends, pauses or resumes what is sent in a section, as the client takes it. */
export function checkConsumer(line: MLine, section: Section, { state, change, refused }: Turn): void {
  const { consumer, clientReceives } = line;
  if (!consumer || consumer.closed) return;
  const [codec] = line.sendCodecs;
  if (codec && !isListed(codec, section)) {
    const { producer, kind } = consumer;
    const message = `the client cannot play ${codec.mimeType}`;
    refused.push({ code: 'CANNOT_CONSUME', message, kind, producer });
    state.unplayable.add(producer.id);
    line.consumer = undefined;
    change.onCommit(() => {
      consumer.close();
    });
    return;
  }
  change.onCommit(() => {
    // Fails where the track has ended meanwhile: nothing is left to pause or resume then.
    (clientReceives ? consumer.resume() : consumer.pause()).catch(() => undefined);
  });
}

/** Everything of a section that is used no more. */
export function release(line: MLine, turn: Turn): void {
  const { state, change } = turn;
  stopReceiving(line, turn);
  line.slot = false;
  const { consumer } = line;
  line.consumer = undefined;
  if (!consumer || consumer.closed) return;
  // Who closes a section does not want the track in another one.
  state.declined.add(consumer.producer.id);
  change.onCommit(() => {
    consumer.close();
  });
}

function stopReceiving(line: MLine, { change }: Turn): void {
  const { producer } = line;
  line.producer = undefined;
  line.producerKey = undefined;
  line.rids = [];
  if (producer)
    change.onCommit(() => {
      producer.close();
    });
}

async function produce(line: MLine, section: Section, turn: Turn): Promise<void> {
  const { state, change } = turn;
  const kind = kindOf(section);
  const key = producerKey(section);
  const [codec] = line.recvCodecs;
  // What the host application has closed stays closed until the client sends something else.
  if (!kind || (line.producerKey === key && codec && isListed(codec, section))) return;
  if (line.producer) {
    // Of two producers in one section the worker takes the second for an impostor.
    line.producer.close();
    stopReceiving(line, turn);
    change.onUndo(() => {
      line.producerKey = undefined;
    });
  }
  const codecs = choose(line, section, state);
  if (!codecs) {
    line.rejected = line.sendCodecs.length === 0;
    refuse(turn, section, { kind, code: 'UNSUPPORTED_MEDIA', message: noCodec(section, kind) });
    return;
  }
  line.recvCodecs = codecs;
  try {
    const { rtpParameters, extensions, rids } = received({
      section,
      codecs,
      mid: line.mid ?? '',
      extensions: state.extensions.acceptable(section.extensions, kind),
      ridTaken: state.isRidTaken(line),
    });
    const appData = appDataOf(kind, section.msid, state.producers);
    const producer = await state.port.produce({ kind, rtpParameters, appData });
    change.onUndo(() => {
      producer.close();
    });
    line.producer = producer;
    line.producerKey = key;
    line.recvExtensions = extensions;
    line.rids = rids;
  } catch (error) {
    if (!isParlorError(error) || !OF_ONE_TRACK.has(error.code)) throw error;
    refuse(turn, section, { kind, code: error.code, message: error.message });
  }
}

const isListed = ({ payloadType }: SdpCodec, { codecs }: Section): boolean =>
  codecs.some((codec) => codec.payloadType === payloadType);

function choose(line: MLine, { codecs: offered }: Section, state: SessionState): SdpCodec[] | undefined {
  const kind = kindOf(line);
  const { capabilities, payloadTypes } = state;
  return kind && chooseCodecs({ offered, kind, capabilities, payloadTypes });
}

function noCodec({ codecs }: Section, kind: string): string {
  const names = [...new Set(codecs.map(({ mimeType }) => mimeType))];
  return `no ${kind} codec in common: the client has ${names.join(', ') || 'none'}`;
}

function refuse({ refused }: Turn, { mid }: Section, refusal: Omit<Refusal, 'mid' | 'producer'>): void {
  refused.push({ ...refusal, mid });
}
