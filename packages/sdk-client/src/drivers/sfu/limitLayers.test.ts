import type { types } from 'mediasoup-client';
import { describe, expect, it } from 'vitest';
import { limitLayers } from './limitLayers.js';

/** A sender as strict as those of browsers: parameters are good for one change, and changes do not overlap. */
class StrictSender {
  readonly set: boolean[][] = [];
  #encodings: { rid?: string; active: boolean }[];
  #transaction = 0;
  #isBusy = false;

  constructor(rids: readonly (string | undefined)[]) {
    this.#encodings = rids.map((rid) => ({ ...(rid !== undefined && { rid }), active: true }));
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

function publication(...rids: (string | undefined)[]) {
  const sender = new StrictSender(rids);
  const encodings = rids.map((rid) => (rid === undefined ? {} : { rid }));
  const producer = { closed: false, rtpSender: sender, rtpParameters: { encodings } };
  return { sender, producer: producer as unknown as types.Producer };
}

describe('layers', () => {
  it.each([
    [2, ['r0', 'r1', 'r2']],
    [1, ['r0', 'r1']],
    [0, ['r0']],
    [-1, []],
    [undefined, ['r0', 'r1', 'r2']],
  ])('up to %s are sent', async (wanted, active) => {
    const { sender, producer } = publication('r0', 'r1', 'r2');
    await limitLayers(producer, () => wanted);
    expect(sender.active).toEqual(active);
  });

  it('are told by their names, in whatever order a browser has them', async () => {
    const { sender, producer } = publication('r0', 'r1', 'r2');
    const other = new StrictSender(['r2', 'r1', 'r0']);
    await limitLayers({ ...producer, rtpSender: other } as unknown as types.Producer, () => 0);
    expect(other.active).toEqual(['r0']);
    expect(sender.set).toEqual([]);
  });

  it('of one stream are all or none', async () => {
    const { sender, producer } = publication(undefined);
    await limitLayers(producer, () => -1);
    expect(sender.isOn).toBe(false);
    await limitLayers(producer, () => 0);
    expect(sender.isOn).toBe(true);
  });

  it('change one after the other, to what is wanted when it is their turn', async () => {
    const { sender, producer } = publication('r0', 'r1', 'r2');
    let wanted = 2;
    const changes = [0, -1, 1].map((layer) => {
      wanted = layer;
      return limitLayers(producer, () => wanted);
    });
    await Promise.all(changes);
    expect(sender.set).toEqual([[true, true, false]]);
  });

  it('go on changing after a browser has refused once', async () => {
    const { sender, producer } = publication('r0', 'r1');
    const refused = sender.setParameters.bind(sender);
    sender.setParameters = () => Promise.reject(new DOMException('no', 'OperationError'));
    await expect(limitLayers(producer, () => 0)).rejects.toThrow('no');
    sender.setParameters = refused;
    await limitLayers(producer, () => 0);
    expect(sender.active).toEqual(['r0']);
  });

  it('of what has ended are left alone', async () => {
    const { sender, producer } = publication('r0', 'r1');
    await limitLayers({ ...producer, closed: true } as unknown as types.Producer, () => 0);
    expect(sender.set).toEqual([]);
  });
});
