import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { Writable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { withGatheredRequests, writeOnceATurn } from './requestPipe.js';

/** Notes what comes in one piece. */
function recorder(): { stream: Writable; pieces: string[][] } {
  const pieces: string[][] = [];
  const stream = new Writable({
    write(chunk: Buffer, _encoding, done) {
      pieces.push([chunk.toString()]);
      done();
    },
    writev(chunks, done) {
      pieces.push(chunks.map(({ chunk }) => (chunk as Buffer).toString()));
      done();
    },
  });
  writeOnceATurn(stream);
  return { stream, pieces };
}

test('writes what is said in one turn in one piece and in its order, callbacks of promises included', async () => {
  const { stream, pieces } = recorder();
  stream.write('a');
  stream.write('b', 'utf8');
  const later = Promise.resolve().then(() => stream.write('c'));
  expect(pieces).toEqual([]);
  await later;
  await new Promise(setImmediate);
  expect(pieces).toEqual([['a', 'b', 'c']]);
  stream.write('d');
  await new Promise(setImmediate);
  expect(pieces).toEqual([['a', 'b', 'c'], ['d']]);
});

test('says nothing on a stream that is destroyed in the same turn', async () => {
  const { stream, pieces } = recorder();
  stream.write('a');
  stream.destroy();
  await new Promise(setImmediate);
  expect(pieces).toEqual([]);
});

test('finds the pipe of a process that is started', async () => {
  const script = 'process.stdin.destroy(); new (require("node:net").Socket)({ fd: 3 }).pipe(process.stdout)';
  const child = await withGatheredRequests(() =>
    Promise.resolve(
      spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'pipe', 'pipe', 'pipe'] }),
    ),
  );
  await once(child, 'spawn');
  const pipe = child.stdio[3];
  if (!(pipe instanceof Writable) || !child.stdout) throw new Error('no pipe');
  pipe.write('one ');
  expect(pipe.writableCorked).toBe(1);
  pipe.write('two');
  await new Promise(process.nextTick);
  expect(pipe.writableCorked).toBe(0);
  pipe.end();
  expect(await text(child.stdout)).toBe('one two');
});
