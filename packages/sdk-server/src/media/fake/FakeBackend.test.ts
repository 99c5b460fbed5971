import { describe, test } from 'vitest';
import { backendContract } from '../../testing/backendContract.js';
import { FakeBackend } from './FakeBackend.js';

describe('FakeBackend', () => {
  for (const { name, run } of backendContract) test(name, () => run(new FakeBackend()));
});
