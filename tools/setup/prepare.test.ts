import { describe, expect, it } from 'vitest';
import { isOldNode } from './prepare.mjs';

describe('isOldNode', () => {
  it.each(['18.20.4', '20.9.0', '20.18.3'])('refuses %s', (version) => {
    expect(isOldNode(version)).toBe(true);
  });

  it.each(['20.19.0', '20.20.2', '22.1.0', '24.0.0'])('accepts %s', (version) => {
    expect(isOldNode(version)).toBe(false);
  });
});
