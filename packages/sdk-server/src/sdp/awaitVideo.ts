import { systemTimer, type Timer } from '../core/timer.js';
import type { Consumer } from '../core/types.js';

/** Milliseconds until another key frame is asked for; twice as many after each that was in vain. */
const ASK_AFTER = 2000;
/** After two minutes of them there is none to be had. */
const MOST = 6;

/**
 * A video begins, and goes on after a rest, with a key frame, for which the worker asks its publisher twice. Where both
 * requests are lost nothing is ever sent, and browsers ask for nothing where no packet comes. Clients of the SDK see that
 * by themselves; for those that speak SDP alone the server looks whether it has sent anything.
 */
export function awaitVideo(consumer: Consumer, timer: Timer = systemTimer): void {
  if (consumer.kind !== 'video') return;
  const { producer } = consumer;
  let stop = () => {};
  let hasSent = false;
  /** Packets that had been sent when it was last looked, or it began; undefined: it is not known. */
  let before: number | undefined = 0;

  const look = async (attempt: number): Promise<void> => {
    if (consumer.closed || !consumer.forwarding.active) return;
    const { packets } = await consumer.stats();
    hasSent = packets > 0;
    if (before !== undefined) {
      if (packets > before) return;
      await consumer.requestKeyFrame();
    }
    before = packets;
    if (attempt < MOST) wait(attempt + 1);
  };
  const wait = (attempt: number): void => {
    stop = timer.after(ASK_AFTER * 2 ** attempt, () => {
      // Fails where it has just ended.
      look(attempt).catch(() => undefined);
    });
  };
  const begin = () => {
    stop();
    before = hasSent ? undefined : 0;
    if (!consumer.closed) wait(0);
  };

  producer.on('resumed', begin);
  consumer
    .on('demandChanged', begin)
    .on('layersChanged', (layers) => {
      if (!layers) begin();
    })
    .once('closed', () => {
      stop();
      producer.off('resumed', begin);
    });
  wait(0);
}
