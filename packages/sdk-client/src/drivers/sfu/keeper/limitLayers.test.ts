import { describe, expect, it } from 'vitest';
import { settle } from '../../../testing/index.js';
import type { Sent } from '../SfuSender.js';
import { limitLayers, rests } from './limitLayers.js';

interface Encoding {
  active: boolean;
  rid?: string;
  scalabilityMode?: string;
  scaleResolutionDownBy?: number;
  maxBitrate?: number;
}

const named = (...rids: string[]) => rids.map((rid) => ({ rid }));

/** A sender as strict as those of browsers: parameters are good for one change, and changes do not overlap. */
class StrictSender {
  readonly set: boolean[][] = [];
  #encodings: Encoding[];
  #transaction = 0;
  #isBusy = false;

  constructor(encodings: readonly Partial<Encoding>[]) {
    this.#encodings = encodings.map((encoding) => ({ ...encoding, active: true }));
  }

  get first(): Encoding | undefined {
    return this.#encodings[0];
  }

  get active(): (string | undefined)[] {
    return this.#encodings.filter(({ active }) => active).map(({ rid }) => rid);
  }

  get isOn(): boolean {
    return this.#encodings.every(({ active }) => active);
  }

  getParameters() {
    return { transactionId: String(++this.#transaction), encodings: structuredClone(this.#encodings) };
  }

  async setParameters(parameters: ReturnType<StrictSender['getParameters']>): Promise<void> {
    if (this.#isBusy || parameters.transactionId !== String(this.#transaction))
      throw new DOMException('getParameters was not called before', 'InvalidStateError');
    this.#isBusy = true;
    await Promise.resolve();
    this.#isBusy = false;
    this.#encodings = parameters.encodings;
    this.set.push(parameters.encodings.map(({ active }) => active));
  }
}

/** One publication, and the way to say what is wanted of it; resolves when the browser has done it. */
function publication(encodings: Partial<Encoding>[], sender = new StrictSender(encodings)) {
  const producer = { closed: false, rtpSender: sender, rtpParameters: { encodings } };
  const sent = new Map([['p', { producer } as unknown as Sent]]);
  const demands = new Map<string, number>();
  const errors: unknown[] = [];
  const want = async (layer?: number) => {
    if (layer !== undefined) demands.set('p', layer);
    limitLayers({ sent, demands }, (error) => errors.push(error));
    await settle();
  };
  return { sender, producer, demands, errors, want };
}

describe('layers', () => {
  it.each([
    [2, ['r0', 'r1', 'r2']],
    [1, ['r0', 'r1']],
    [0, ['r0']],
    [-1, []],
    [undefined, ['r0', 'r1', 'r2']],
  ])('up to %s are sent', async (wanted, active) => {
    const { sender, want } = publication(named('r0', 'r1', 'r2'));
    await want(wanted);
    expect(sender.active).toEqual(active);
  });

  it('are told by their names, in whatever order a browser has them', async () => {
    const other = new StrictSender(named('r2', 'r1', 'r0'));
    const { want } = publication(named('r0', 'r1', 'r2'), other);
    await want(0);
    expect(other.active).toEqual(['r0']);
  });

  it('of one stream are all or none', async () => {
    const { sender, demands, want } = publication([{}]);
    await want(-1);
    expect([sender.isOn, rests({ demands, sent: new Map() }, 'p')]).toEqual([false, true]);
    await want(0);
    expect([sender.isOn, rests({ demands, sent: new Map() }, 'p')]).toEqual([true, false]);
  });

  it.each([
    [2, { scalabilityMode: 'L3T3_KEY', scaleResolutionDownBy: 1, maxBitrate: 900_000 }],
    [1, { scalabilityMode: 'L2T3_KEY', scaleResolutionDownBy: 2, maxBitrate: 300_000 }],
    [0, { scalabilityMode: 'L1T3', scaleResolutionDownBy: 4, maxBitrate: 100_000 }],
  ])('up to %s of those in one stream are sent, in a picture that is no larger', async (wanted, as) => {
    const { sender, want } = publication([{ scalabilityMode: 'L3T3_KEY', maxBitrate: 900_000 }]);
    await want(wanted);
    expect(sender.first).toEqual({ active: true, ...as });
    // They rest as they are, and come back as wanted.
    await want(-1);
    expect(sender.first).toEqual({ ...as, active: false });
    await want(2);
    expect(sender.first).toMatchObject({
      active: true,
      scalabilityMode: 'L3T3_KEY',
      scaleResolutionDownBy: 1,
    });
    expect(sender.first?.maxBitrate).toBe(900_000);
  });

  it.each([
    ['there is one size', 'L1T3', 'L1T3'],
    ['the browser does not know of sizes', 'L3T3_KEY', undefined],
  ])('in one stream are left as they are where %s', async (_, published, known) => {
    const sender = new StrictSender([known === undefined ? {} : { scalabilityMode: known }]);
    const { want } = publication([{ scalabilityMode: published }], sender);
    await want(0);
    expect(sender.set).toEqual([]);
  });

  it('change one after the other, to what is wanted when it is their turn', async () => {
    const { sender, want } = publication(named('r0', 'r1', 'r2'));
    await Promise.all([want(0), want(-1), want(1)]);
    expect(sender.set).toEqual([[true, true, false]]);
    await want(1);
    expect(sender.set).toHaveLength(1);
  });

  it('are tried again when a browser has refused', async () => {
    const { sender, errors, want } = publication(named('r0', 'r1'));
    const setParameters = sender.setParameters.bind(sender);
    sender.setParameters = () => Promise.reject(new DOMException('no', 'OperationError'));
    await want(0);
    expect([errors.length, sender.active]).toEqual([1, ['r0', 'r1']]);
    sender.setParameters = setParameters;
    await want();
    expect([errors.length, sender.active]).toEqual([1, ['r0']]);
  });

  it('of what has ended are left alone', async () => {
    const { sender, producer, want } = publication(named('r0', 'r1'));
    producer.closed = true;
    await want(0);
    expect(sender.set).toEqual([]);
  });
});
