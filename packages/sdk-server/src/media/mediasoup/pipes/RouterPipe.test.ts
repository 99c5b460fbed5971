import { beforeEach, describe, expect, test } from 'vitest';
import { Emitter } from '../../../events.js';
import type {
  IncomingStream,
  IncomingStreamEvents,
  OutgoingStream,
  OutgoingStreamEvents,
  PipeAddress,
  PipeEnd,
  PipeEndEvents,
  StreamDescription,
} from './PipeEnd.js';
import { RouterPipe } from './RouterPipe.js';

/** What happens while one end waits for the other: they may be far from each other. */

class Outgoing extends Emitter<OutgoingStreamEvents> implements OutgoingStream {
  readonly description: StreamDescription = { kind: 'audio', rtpParameters: { codecs: [] }, paused: false };
  paused = false;
  closed = false;
  readonly wanted: boolean[] = [];
  setWanted(wanted: boolean): void {
    this.wanted.push(wanted);
  }
  requestKeyFrame(): void {}
  close(): void {
    if (this.closed) return;
    this.closed = true;
    this.emit('closed');
  }
}

class Incoming extends Emitter<IncomingStreamEvents> implements IncomingStream {
  readonly producerId = 'copy';
  closed = false;
  readonly paused: boolean[] = [];
  setPaused(paused: boolean): void {
    this.paused.push(paused);
  }
  close(): void {
    if (this.closed) return;
    this.closed = true;
    this.emit('closed');
  }
}

class End extends Emitter<PipeEndEvents> implements PipeEnd {
  readonly address: PipeAddress;
  connectedTo: PipeAddress | undefined;
  closed = 0;
  readonly outgoing = new Outgoing();
  readonly incoming = new Incoming();
  answer: Promise<void> = Promise.resolve();
  constructor(port: number) {
    super();
    this.address = { ip: '192.0.2.1', port };
  }
  connect(other: PipeAddress): Promise<void> {
    this.connectedTo = other;
    return this.answer;
  }
  send(): Promise<Outgoing> {
    return Promise.resolve(this.outgoing);
  }
  async receive(): Promise<Incoming> {
    await this.answer;
    return this.incoming;
  }
  close(): void {
    this.closed += 1;
    this.emit('closed');
  }
}

describe('RouterPipe', () => {
  let here: End;
  let there: End;
  let pipe: RouterPipe;
  beforeEach(async () => {
    [here, there] = [new End(1), new End(2)];
    pipe = await RouterPipe.connect([Promise.resolve(here), Promise.resolve(there)]);
  });

  /** Carries a producer; `meanwhile` happens before the other end has answered. */
  async function carry(meanwhile: () => void) {
    let arrive: () => void = () => undefined;
    there.answer = new Promise((resolve) => {
      arrive = resolve;
    });
    const carrying = pipe.carry('producer', 'first');
    await Promise.resolve();
    meanwhile();
    arrive();
    return await carrying;
  }

  test('tells each end where the other one is', () => {
    expect([here.connectedTo?.port, there.connectedTo?.port]).toEqual([2, 1]);
  });

  test('closes the one end when the other cannot be opened or connected', async () => {
    const [open, refused] = [new End(3), new Error('no port is free')];
    await expect(RouterPipe.connect([Promise.resolve(open), Promise.reject(refused)])).rejects.toBe(refused);
    expect(open.closed).toBe(1);
    const unreachable = new End(4);
    unreachable.answer = Promise.reject(refused);
    await expect(RouterPipe.connect([Promise.resolve(open), Promise.resolve(unreachable)])).rejects.toBe(
      refused,
    );
    expect([open.closed, unreachable.closed]).toEqual([2, 1]);
  });

  test('ends with either of its ends, once', () => {
    let told = 0;
    pipe.on('closed', () => (told += 1));
    there.close();
    pipe.close();
    expect(told).toBe(1);
    expect(here.closed).toBe(1);
  });

  test('passes on a pause that came while the other end made its copy', async () => {
    await carry(() => {
      here.outgoing.paused = true;
    });
    expect(there.incoming.paused).toEqual([true]);
    here.outgoing.emit('resumed');
    expect(there.incoming.paused).toEqual([true, false]);
  });

  test('leaves no copy of a producer that ended while it was made', async () => {
    const carried = await carry(() => {
      here.outgoing.close();
    });
    expect([carried.closed, there.incoming.closed]).toEqual([true, true]);
  });

  test('sends nothing to an end that cannot make a copy', async () => {
    there.answer = Promise.reject(new Error('unknown codec'));
    await expect(pipe.carry('producer', 'first')).rejects.toThrow('unknown codec');
    expect(here.outgoing.closed).toBe(true);
  });

  test('goes both ways', async () => {
    const carried = await pipe.carry('producer', 'second');
    carried.setWanted(false);
    expect([there.outgoing.wanted, here.outgoing.wanted]).toEqual([[false], []]);
    let told = 0;
    carried.on('closed', () => (told += 1));
    here.incoming.close();
    expect([there.outgoing.closed, told]).toEqual([true, 1]);
  });
});
