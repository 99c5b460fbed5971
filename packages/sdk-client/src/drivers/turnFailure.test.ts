import { describe, expect, it } from 'vitest';
import { turnFailure, TurnFailures } from './turnFailure.js';

const event = (errorCode: number, url: string | null = 'turn:a.test', errorText = '') => ({
  url: url as string,
  errorCode,
  errorText,
});

describe('turnFailure', () => {
  it.each([
    [401, 'TURN_UNAUTHORIZED', /expired.*join again/],
    [441, 'TURN_UNAUTHORIZED', /secret/],
    [486, 'TURN_OVERLOADED', /quota/],
    [508, 'TURN_OVERLOADED', /quota/],
    [701, 'TURN_UNREACHABLE', /firewall/],
    [403, 'TURN_FAILED', /no relay address/],
    [500, 'TURN_FAILED', /no relay address/],
  ])('%s is %s', (errorCode, code, message) => {
    const failure = turnFailure(event(errorCode));
    expect(failure?.code).toBe(code);
    expect(failure?.message).toMatch(message);
    expect(failure?.message).toMatch(new RegExp(`^TURN server turn:a.test .*\\(${String(errorCode)}\\)\\.$`));
  });

  it('repeats what the server said', () => {
    const failure = turnFailure(event(486, 'turns:a.test:443?transport=tcp', 'Allocation Quota Reached'));
    expect(failure?.message).toContain('turns:a.test:443?transport=tcp');
    expect(failure?.message).toContain('(486 Allocation Quota Reached)');
  });

  it.each(['stun:a.test', 'stuns:a.test', '', null])('takes no notice of %j', (url) => {
    expect(turnFailure(event(701, url))).toBeUndefined();
  });
});

describe('TurnFailures', () => {
  it('tells each failure of each server once', () => {
    const failures = new TurnFailures();
    expect(failures.add(event(701))?.code).toBe('TURN_UNREACHABLE');
    expect(failures.add(event(701))).toBeUndefined();
    expect(failures.add(event(701, 'turn:b.test'))?.code).toBe('TURN_UNREACHABLE');
    expect(failures.add(event(401))?.code).toBe('TURN_UNAUTHORIZED');
    expect(failures.add(event(701, 'stun:a.test'))).toBeUndefined();
  });

  it('names the most telling one', () => {
    const failures = new TurnFailures();
    expect(failures.worst).toBeUndefined();
    const codes = [701, 500, 486, 401].map((errorCode) => {
      failures.add(event(errorCode));
      return failures.worst?.code;
    });
    expect(codes).toEqual(['TURN_UNREACHABLE', 'TURN_FAILED', 'TURN_OVERLOADED', 'TURN_UNAUTHORIZED']);
    failures.add(event(701, 'turn:b.test'));
    expect(failures.worst?.code).toBe('TURN_UNAUTHORIZED');
  });

  it('begins anew', () => {
    const failures = new TurnFailures();
    failures.add(event(401));
    failures.clear();
    expect(failures.worst).toBeUndefined();
    expect(failures.add(event(401))?.code).toBe('TURN_UNAUTHORIZED');
  });
});
