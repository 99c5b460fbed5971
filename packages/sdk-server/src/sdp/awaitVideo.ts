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
  /** How often it has begun, or ended: what was under way then counts no more. */
  let turn = 0;
  let hasSent = false;
  /** Packets that had been sent when it was last looked, or it began; undefined: it is not known. */
  let before: number | undefined = 0;

  const look = async (attempt: number): Promise<void> => {
    const begun = turn;
    if (!consumer.forwarding.active) return;
    const { packets } = await consumer.stats();
    if (turn !== begun) return;
    hasSent = packets > 0;
    if (before !== undefined) {
      if (packets > before) return;
      await consumer.requestKeyFrame();
    }
    before = packets;
    if (turn === begun && attempt < MOST) wait(attempt + 1);
  };
  const wait = (attempt: number): void => {
    stop = timer.after(ASK_AFTER * 2 ** attempt, () => {
      // Fails where it has just ended.
      look(attempt).catch(() => undefined);
    });
  };
  const end = () => {
    turn += 1;
    stop();
  };
  const begin = () => {
    end();
    before = hasSent ? undefined : 0;
    wait(0);
  };

  producer.on('resumed', begin);
  consumer
    .on('demandChanged', begin)
    .on('layersChanged', (layers) => {
      if (!layers) begin();
    })
    .once('closed', () => {
      end();
      producer.off('resumed', begin);
      consumer.off('demandChanged', begin);
    });
  wait(0);
}
