import { describe, expect, it } from 'vitest';
import { inviteLink, readPageParams } from './pageParams.js';

describe('readPageParams', () => {
  it('signals to where the page came from', () => {
    expect(readPageParams('https://call.example/demo/?room=tea')).toEqual({
      room: 'tea',
      name: undefined,
      token: undefined,
      server: 'https://call.example/ws',
      topology: undefined,
      faults: false,
      problem: undefined,
    });
  });

  it('takes another server, a name and a token', () => {
    const params = readPageParams(
      'http://localhost:5173/?server=http://127.0.0.1:3000&name=%20Ada%20&token=abc',
    );
    expect(params).toMatchObject({
      server: 'http://127.0.0.1:3000/ws',
      name: 'Ada',
      token: 'abc',
      room: undefined,
    });
  });
});

describe('topology', () => {
  it.each(['auto', 'sfu', 'p2p'] as const)('may be %s', (topology) => {
    expect(readPageParams(`https://call.example/?topology=${topology}`)).toMatchObject({
      topology,
      problem: undefined,
    });
  });

  it('is told to be wrong when it is anything else', () => {
    const { topology, problem } = readPageParams('https://call.example/?topology=P2P');
    expect(topology).toBeUndefined();
    expect(problem).toBe('The address asks for topology "P2P". It can be "auto", "sfu" or "p2p".');
  });
});

describe('faults', () => {
  it.each(['?faults', '?room=tea&faults=', '?faults=1'])('are asked for by %s', (query) => {
    expect(readPageParams(`https://call.example/${query}`).faults).toBe(true);
  });
});

describe('inviteLink', () => {
  it('carries the room but neither name nor token', () => {
    expect(inviteLink('https://call.example/demo/?name=Ada&token=secret#x', 'tea time')).toBe(
      'https://call.example/demo/?room=tea+time',
    );
  });

  it('keeps the topology: who comes by the link must come the same way', () => {
    expect(inviteLink('https://call.example/demo/?topology=p2p&name=Ada', 'tea')).toBe(
      'https://call.example/demo/?room=tea&topology=p2p',
    );
  });

  it('leaves the faults here', () => {
    expect(inviteLink('https://call.example/demo/?faults', 'tea')).toBe(
      'https://call.example/demo/?room=tea',
    );
  });

  it('keeps the server', () => {
    expect(inviteLink('http://a.example/?server=http%3A%2F%2Fb.example', 'r')).toContain(
      'server=http%3A%2F%2Fb.example',
    );
  });
});
