import { describe, expect, it } from 'vitest';
import { FakeNetwork } from './testing/FakeNetwork.js';
import { ManualClock } from './testing/ManualClock.js';
import { parseTurnUrl } from './turnUrl.js';
import { TurnWatch } from './TurnWatch.js';

function watch(urls: string[]) {
  const clock = new ManualClock();
  const network = new FakeNetwork();
  const options = { intervalMs: 10_000, retryMs: 1000, timeoutMs: 3000, failures: 3, successes: 2 };
  const watched = new TurnWatch(urls.map(parseTurnUrl), { ...options, clock, probe: network.probe });
  const events: string[] = [];
  watched.on('died', (reason) => events.push(reason));
  watched.on('recovered', () => events.push('recovered'));
  return { clock, network, watched, events };
}

describe('TurnWatch', () => {
  it('asks every ten seconds, after a failure every second', async () => {
    const { clock, network, watched } = watch(['turn:a']);
    network.set('a udp 3478', 5);
    watched.start();
    await clock.pass(9999);
    expect(network.asked).toHaveLength(1);
    network.set('a udp 3478', 'refused');
    await clock.pass(1);
    expect(network.asked).toHaveLength(2);
    await clock.pass(1000);
    expect(network.asked).toHaveLength(3);
  });

  it('shrugs off failures that are not in a row', async () => {
    const { clock, network, watched, events } = watch(['turn:a']);
    network.set('a udp 3478', 'refused');
    watched.start();
    await clock.pass(1000);
    network.set('a udp 3478', 5);
    await clock.pass(1000);
    network.set('a udp 3478', 'refused');
    await clock.pass(11_000);
    expect(network.asked).toHaveLength(5);
    expect(watched.alive).toBe(true);
    await clock.pass(1000);
    expect(watched.alive).toBe(false);
    expect(events).toEqual(['a udp 3478: ECONNREFUSED']);
  });

  it('does not come back for one answer, nor say twice that it is gone', async () => {
    const { clock, network, watched, events } = watch(['turn:a']);
    network.set('a udp 3478', 'refused');
    watched.start();
    await clock.pass(5000);
    network.set('a udp 3478', 5);
    await clock.pass(1000);
    network.set('a udp 3478', 'refused');
    await clock.pass(15_000);
    expect(watched.alive).toBe(false);
    expect(events).toHaveLength(1);
    network.set('a udp 3478', 5);
    await clock.pass(12_000);
    expect(watched.alive).toBe(true);
    expect(events).toEqual([expect.any(String), 'recovered']);
  });

  it('is alive when one address answers, the others asked only before it', async () => {
    const { clock, network, watched, events } = watch([
      'turn:a?transport=udp',
      'turn:a?transport=tcp',
      'turns:a:443',
    ]);
    network.set('a tcp 3478', 40);
    watched.start();
    await clock.pass(3000);
    expect(network.asked).toEqual(['a udp 3478', 'a tcp 3478']);
    expect(network.aborted).toEqual(['a udp 3478']);
    expect(watched.roundTripMs).toBe(40);
    network.set('a tcp 3478', 'refused');
    await clock.pass(60_000);
    expect(events).toEqual([
      'a udp 3478: no answer in 3000 ms; a tcp 3478: ECONNREFUSED; a tls 443: no answer in 3000 ms',
    ]);
  });

  it('smooths the round trip', async () => {
    const { clock, network, watched } = watch(['turn:a']);
    expect(watched.roundTripMs).toBeUndefined();
    network.set('a udp 3478', 20);
    watched.start();
    await clock.pass(0);
    network.set('a udp 3478', 60);
    await clock.pass(10_000);
    expect(watched.roundTripMs).toBe(30);
  });

  it('takes what it cannot ask for alive', async () => {
    const { clock, network, watched } = watch(['turns:a?transport=udp']);
    watched.start();
    await clock.pass(60_000);
    expect(network.asked).toEqual([]);
    expect(watched.alive).toBe(true);
  });
});
